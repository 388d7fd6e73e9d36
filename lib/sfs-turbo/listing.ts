import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { ShareId } from '../core/task.ts';
import { retryKindOf } from '../net/retry.ts';
import type { SfsTurbo } from './client.ts';
import type { ShareRecord, TaskRecord } from './records.ts';

/** A share's tasks, or that it has none because it is of a kind that does not support them. */
type TaskListing = readonly TaskRecord[] | Unsupported;

export interface Unsupported {
  readonly type: 'unsupported';
  /** What the service said. */
  readonly refusal: ServiceError;
}

type TaskPages = Pick<SfsTurbo, 'listTaskPage'>;

// 100,000 tasks at the longest page there is; no share has been seen near it, and a list that goes on is one that never ends
const MAX_TASK_PAGES = 1_000;
// the task that the marker names may be deleted between two pages, again and again while another run deletes; more often
// than that something else is wrong
const MAX_RESTARTS = 5;
// 10,000 shares at 40 a page
const MAX_SHARE_PAGES = 250;

/** Codes of a 400 that say nothing about the kind of a share. */
const NOT_ABOUT_SUPPORT: ReadonlySet<string> = new Set([
  'SFS.TURBO.0001', // parameter error: the request is wrong, as after a change of the API
  'SFS.TURBO.0002', // the share is absent, or there is no permission
  'SFS.TURBO.0015', // no permission
  'SFS.TURBO.0038', // unknown error
  'SFS.TURBO.0123', // feature invalid: the request is wrong
]);

/**
 * All tasks of a share, or none: a list that is cut, repeats itself or does not end is no list.
 *
 * @param onPage told of each page as it comes, since a long list takes its time
 * @throws {ServiceError} what {@link SfsTurbo.listTaskPage} throws; `upstream_invalid` when the pages make no list
 */
export async function listTasks(
  sfsTurbo: TaskPages,
  shareId: ShareId,
  call: Call,
  onPage: (page: readonly TaskRecord[]) => void,
): Promise<TaskListing> {
  for (let restarts = 0; restarts <= MAX_RESTARTS; restarts += 1) {
    const listing = await listOnce(sfsTurbo, shareId, call, onPage);
    if (listing !== 'marker_gone') return listing;
  }
  throw noList('the list of tasks changed each time that it was read');
}

async function listOnce(
  sfsTurbo: TaskPages,
  shareId: ShareId,
  call: Call,
  onPage: (page: readonly TaskRecord[]) => void,
): Promise<TaskListing | 'marker_gone'> {
  const tasks: TaskRecord[] = [];
  const ids = new Set<string>();
  let marker: string | undefined;

  for (let pages = 0; pages < MAX_TASK_PAGES; pages += 1) {
    const page = await pageAt(sfsTurbo, shareId, marker, call);
    if (page === 'marker_gone' || 'refusal' in page) return page;
    onPage(page);
    if (page.length === 0) return tasks;
    for (const task of page) {
      if (task.rawId !== undefined) {
        if (ids.has(task.rawId)) throw noList('the list of tasks repeats itself');
        ids.add(task.rawId);
      }
      tasks.push(task);
    }
    marker = page.at(-1)?.rawId;
    if (marker === undefined || marker === '') throw noList('a page of tasks ends with one that has no id');
  }
  throw noList('the list of tasks does not end');
}

async function pageAt(
  sfsTurbo: TaskPages,
  shareId: ShareId,
  marker: string | undefined,
  call: Call,
): Promise<TaskListing | 'marker_gone'> {
  try {
    return await sfsTurbo.listTaskPage(shareId, marker, call);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (marker !== undefined && error.code === 'task_not_found') return 'marker_gone';
    if (marker === undefined && isUnsupported(error)) return { type: 'unsupported', refusal: error };
    throw error;
  }
}

/**
 * Which code a share gives whose type has no such tasks is not documented. Every code of a 400 that has no other meaning is
 * taken for it.
 */
export function isUnsupported({ code, upstream }: ServiceError): boolean {
  const errCode = upstream?.errCode ?? '';
  return (
    code === 'upstream_bad_request' &&
    errCode.startsWith('SFS.TURBO.') &&
    retryKindOf(400, errCode) === undefined &&
    !NOT_ABOUT_SUPPORT.has(errCode)
  );
}

/**
 * All shares of the project, of every type. A share that was added meanwhile may move others to the next page, so a share
 * that comes again is no fault; a page with nothing new is.
 *
 * @throws {ServiceError} what {@link SfsTurbo.listSharePage} throws; `upstream_invalid` when the pages make no list
 */
export async function listShares(sfsTurbo: SfsTurbo, call: Call): Promise<readonly ShareRecord[]> {
  const shares: ShareRecord[] = [];
  const ids = new Set<ShareId>();
  let offset = 0;

  for (let pages = 0; pages < MAX_SHARE_PAGES; pages += 1) {
    const page = await sfsTurbo.listSharePage(offset, call);
    if (page.length === 0) return shares;
    const known = ids.size;
    for (const share of page) {
      if (share.shareId !== undefined && ids.has(share.shareId)) continue;
      if (share.shareId !== undefined) ids.add(share.shareId);
      shares.push(share);
    }
    if (ids.size === known) throw noList('the list of shares repeats itself');
    offset += page.length;
  }
  throw noList('the list of shares does not end');
}

function noList(message: string): ServiceError {
  return new ServiceError('upstream_invalid', message);
}
