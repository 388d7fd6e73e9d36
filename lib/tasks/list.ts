import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ErrorCode } from '../core/status.ts';
import type { AllowedShares, ProjectId, ShareId, TaskStatus } from '../core/task.ts';
import type { Answered, SfsTurbo } from '../sfs-turbo/client.ts';
import type { DocumentedTask, ListedTask } from '../sfs-turbo/documented-task.ts';
import { sinceOf } from '../sfs-turbo/task-age.ts';
import { shareRefusal } from './share-refusal.ts';

/** Which tasks of a share, and how many. */
export interface ListQuery {
  readonly shareId: ShareId;
  readonly projectId?: ProjectId | undefined;
  /** The target, by its name. */
  readonly target?: string | undefined;
  /** The id of the last task on the page before. */
  readonly marker?: string | undefined;
  /** From 1 to 100. */
  readonly limit: number;
  readonly statuses?: ReadonlySet<TaskStatus> | undefined;
  readonly olderThanMs?: number | undefined;
  readonly pathPrefix?: string | undefined;
}

/** `age_s`: since the end, or since the beginning while the task runs; absent where the times are in doubt. */
type TaskWithAge = DocumentedTask & { readonly age_s?: number };

interface TaskPage {
  readonly tasks: readonly TaskWithAge[];
  /** Where the next page begins; absent at the end of the list. */
  readonly nextMarker?: string | undefined;
  /** Of the last answer. */
  readonly upstreamRequestId: string | undefined;
}

/**
 * One page of a share's tasks, in the service's order. A page of the service may be short, and a filter leaves tasks out, so
 * it reads on until the page is full, the list ends or time runs out.
 *
 * @throws {ServiceError} `forbidden` for a share or project that the caller may not use; `upstream_invalid` when the pages
 *   make no list; by the table in `status.ts`
 */
export type ListTasks = (query: ListQuery, caller: Caller, call: Call) => Promise<TaskPage>;

type Reader = Pick<SfsTurbo, 'readTaskPage'>;

const LONGEST_PAGE = 100;
// 100,000 tasks: no share has been seen near it, and what was found so far has to be held
const MAX_PAGES = 1_000;
// with less time than this another page is not begun
const PAGE_TIME_MS = 2_000;
// the marker of a page is a task, which somebody may delete meanwhile
const MAX_RESTARTS = 5;

export function createListTasks(allowedShares: AllowedShares, sfsTurbo: Reader, { now }: Runtime): ListTasks {
  return async (query, caller, call) => {
    const refusal = shareRefusal(query.shareId, caller, allowedShares);
    if (refusal !== undefined) throw refusal;
    for (let restarts = 0; restarts <= MAX_RESTARTS; restarts += 1) {
      const page = await readOn(query, call, sfsTurbo, now);
      if (page !== 'marker_gone') return page;
    }
    throw new ServiceError('upstream_invalid', 'the list of tasks changed each time that it was read');
  };
}

async function readOn(
  query: ListQuery,
  call: Call,
  sfsTurbo: Reader,
  now: Runtime['now'],
): Promise<TaskPage | 'marker_gone'> {
  const tasks: TaskWithAge[] = [];
  const ids = new Set([query.marker]);
  let nextMarker = query.marker;
  let upstreamRequestId: string | undefined;

  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await pageAfter(nextMarker, query, call, sfsTurbo);
    if (page === 'marker_gone') return page;
    if (page === 'later') break;
    ({ upstreamRequestId } = page);
    if (page.value.length === 0) return { tasks, upstreamRequestId };
    for (const task of page.value) {
      nextMarker = task.documented.task_id;
      if (ids.has(nextMarker)) throw new ServiceError('upstream_invalid', 'the list of tasks repeats itself');
      ids.add(nextMarker);
      if (matches(task, query, now())) tasks.push(withAge(task, now()));
      if (tasks.length === query.limit) return { tasks, nextMarker, upstreamRequestId };
    }
    if (call.deadlineAtMs - now() < PAGE_TIME_MS) break;
  }
  return { tasks, nextMarker, upstreamRequestId };
}

// a caller who goes on from the next marker meets the failure again if it lasts
const MAY_PASS: ReadonlySet<ErrorCode> = new Set([
  'upstream_timeout',
  'upstream_throttled',
  'upstream_unavailable',
  'upstream_error',
]);

/** `later`: the first page was read and this one failed for now, so the caller gets what was found. */
async function pageAfter(
  marker: string | undefined,
  query: ListQuery,
  call: Call,
  sfsTurbo: Reader,
): Promise<Answered<readonly ListedTask[]> | 'marker_gone' | 'later'> {
  try {
    const limit = isFiltered(query) ? LONGEST_PAGE : query.limit;
    return await sfsTurbo.readTaskPage({ ...query, marker, limit }, call);
  } catch (error) {
    if (!(error instanceof ServiceError) || marker === query.marker) throw error;
    if (error.code === 'task_not_found') return 'marker_gone';
    if (MAY_PASS.has(error.code)) return 'later';
    throw error;
  }
}

function isFiltered({ statuses, olderThanMs, pathPrefix }: ListQuery): boolean {
  return statuses !== undefined || olderThanMs !== undefined || pathPrefix !== undefined;
}

function matches(task: ListedTask, { statuses, olderThanMs, pathPrefix }: ListQuery, nowMs: number): boolean {
  if (statuses !== undefined && !statuses.has(task.documented.status)) return false;
  if (pathPrefix !== undefined && task.record.path?.startsWith(pathPrefix) !== true) return false;
  if (olderThanMs === undefined) return true;
  const ageMs = ageOf(task, nowMs);
  return ageMs !== undefined && ageMs >= olderThanMs;
}

function withAge(task: ListedTask, nowMs: number): TaskWithAge {
  const ageMs = ageOf(task, nowMs);
  return { ...task.documented, ...(ageMs !== undefined && { age_s: Math.floor(ageMs / 1_000) }) };
}

function ageOf({ documented, record }: ListedTask, nowMs: number): number | undefined {
  const since = sinceOf(record, documented.status, nowMs);
  return typeof since === 'string' ? undefined : nowMs - since;
}
