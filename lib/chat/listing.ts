import type { Call } from '../call.ts';
import { ServiceError } from '../errors.ts';
import { listTasks } from '../listing.ts';
import type { SfsTurbo } from '../sfs-turbo.ts';
import type { ShareId, TaskRecord } from '../task.ts';

/** A share's tasks as far as they could be read in time. */
export interface PartialListing {
  readonly tasks: readonly TaskRecord[];
  readonly complete: boolean;
}

/**
 * The list that a person is shown. In place of none, one that ends for lack of time: nothing is deleted by it, and it says
 * that it is not whole.
 *
 * @throws {ServiceError} what {@link listTasks} throws; `upstream_timeout` only when not one page came in time
 */
export async function listWhatFits(
  sfsTurbo: SfsTurbo,
  shareId: ShareId,
  call: Call,
): Promise<PartialListing | 'unsupported'> {
  // by id, since a list that changed meanwhile is read again from its start
  const seen = new Map<string, TaskRecord>();
  const remember = (page: readonly TaskRecord[]): void => {
    for (const task of page) seen.set(task.rawId ?? `without id ${seen.size}`, task);
  };
  try {
    const tasks = await listTasks(sfsTurbo, shareId, call, remember);
    return 'refusal' in tasks ? tasks.type : { tasks, complete: true };
  } catch (error) {
    const isLate = error instanceof ServiceError && error.code === 'upstream_timeout';
    if (!isLate || seen.size === 0) throw error;
    return { tasks: [...seen.values()], complete: false };
  }
}
