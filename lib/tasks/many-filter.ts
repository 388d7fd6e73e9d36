import type { ShareId, TaskId, TaskStatus } from '../core/task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { Candidate } from './deleting/choose-oldest.ts';
import { type Doubt, type Judge, soundness, type Verdict } from './deleting/verdict.ts';

/** A task that may meet the filters, but whose id, status or times are in doubt. It stays. */
export interface Doubtful {
  readonly task: TaskRecord;
  readonly doubt: Doubt;
}

/** Which tasks are meant. */
export interface Filters {
  readonly statuses: ReadonlySet<TaskStatus>;
  /** Since the end of a task, or since its beginning while it runs. */
  readonly olderThanMs?: number | undefined;
  readonly pathPrefix?: string | undefined;
  /** Never others than these. */
  readonly only?: ReadonlySet<TaskId> | undefined;
}

/** Calls a task due while it meets the filters. */
export function createFilter(filters: Filters): Judge {
  const { statuses, olderThanMs = 0 } = filters;
  const one = (task: TaskRecord, nowMs: number): Verdict => {
    const sound = soundness(task, nowMs);
    if ('doubt' in sound) return { type: 'skip', doubt: sound.doubt };
    const { status, sinceMs } = sound;
    const meets = mayMeet(task, filters) && statuses.has(status) && nowMs - sinceMs >= olderThanMs;
    return meets
      ? { type: 'due', sinceMs, dueSinceMs: sinceMs + olderThanMs }
      : { type: 'keep', reason: 'filtered', sinceMs };
  };
  return {
    one: (task, _shareId, nowMs) => one(task, nowMs),
    all: (tasks, _shareId, nowMs) => tasks.map((task) => ({ task, verdict: one(task, nowMs) })),
  };
}

/** Whether id, path and status meet the filters, as far as they are certain. A task in doubt that fails here was not asked for. */
function mayMeet({ taskId, status, path }: TaskRecord, { statuses, pathPrefix, only }: Filters): boolean {
  if (only !== undefined && (taskId === undefined || !only.has(taskId))) return false;
  if (pathPrefix !== undefined && path?.startsWith(pathPrefix) !== true) return false;
  return status === undefined || statuses.has(status);
}

/** The tasks of a share that meet the filters, and those that might if there were no doubt. */
export function divideList(
  tasks: readonly TaskRecord[],
  query: Filters & { readonly shareId: ShareId },
  judge: Judge,
  listedAtMs: number,
): { readonly due: readonly Candidate[]; readonly doubtful: readonly Doubtful[] } {
  const due: Candidate[] = [];
  const doubtful: Doubtful[] = [];
  for (const { task, verdict } of judge.all(tasks, query.shareId, listedAtMs)) {
    if (verdict.type === 'due') {
      const { sinceMs, dueSinceMs } = verdict;
      due.push({ shareId: query.shareId, task, sinceMs, dueSinceMs, listedAtMs });
    }
    if (verdict.type === 'skip' && mayMeet(task, query)) doubtful.push({ task, doubt: verdict.doubt });
  }
  return { due, doubtful };
}
