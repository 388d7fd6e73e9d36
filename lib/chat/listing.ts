import type { Call } from '../call.ts';
import { ServiceError } from '../errors.ts';
import type { SfsTurbo } from '../sfs-turbo.ts';
import type { ShareId, TaskRecord } from '../task.ts';

/** A share's tasks as far as they could be read. */
export interface Listing {
  readonly tasks: readonly TaskRecord[];
  /** False when there was no time for every page. */
  readonly complete: boolean;
}

// five thousand tasks; a chat is no place for more
const MAX_PAGES = 50;

/**
 * Reads page after page up to the empty one, since the service's order is not documented and the newest task may be anywhere.
 *
 * @throws {ServiceError} what the first page failed with; a later one that fails for lack of time ends the listing instead
 */
export async function listTasks(
  sfsTurbo: Pick<SfsTurbo, 'listTaskPage'>,
  shareId: ShareId,
  call: Call,
): Promise<Listing> {
  const tasks = new Map<string, TaskRecord>();
  let marker: string | undefined;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const records = await readPage(sfsTurbo, shareId, marker, call);
    if (records === undefined) return { tasks: [...tasks.values()], complete: false };
    if (records.length === 0) return { tasks: [...tasks.values()], complete: true };

    const known = tasks.size;
    for (const [index, record] of records.entries()) tasks.set(record.rawId ?? `${page}/${index}`, record);
    marker = records.at(-1)?.rawId;
    // without a marker that leads further the same page would come for ever
    if (marker === undefined || tasks.size === known) break;
  }
  return { tasks: [...tasks.values()], complete: false };
}

async function readPage(
  sfsTurbo: Pick<SfsTurbo, 'listTaskPage'>,
  shareId: ShareId,
  marker: string | undefined,
  call: Call,
): Promise<readonly TaskRecord[] | undefined> {
  try {
    return await sfsTurbo.listTaskPage(shareId, marker, call);
  } catch (error) {
    const isLate = error instanceof ServiceError && error.code === 'upstream_timeout';
    if (marker !== undefined && isLate) return undefined;
    throw error;
  }
}
