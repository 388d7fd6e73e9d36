import type { ShareId, TaskStatus } from '../../core/task.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import { sinceOf, type TimeDoubt } from '../../sfs-turbo/task-age.ts';

/** Why a task cannot be judged; such a task is never deleted. */
export type Doubt = 'odd_id' | 'unknown_status' | 'no_path' | 'odd_path' | TimeDoubt;

/** Why a task stays that is in no doubt. `filtered`: it does not meet the filters of who asked. */
export type KeepReason = 'protected' | 'status_not_swept' | 'too_young' | 'newest_of_path' | 'filtered';

/** `sinceMs`: the moment that the task's age is counted from; unknown where a protected task is in doubt. `dueSinceMs`: the moment that it became due. */
export type Verdict =
  | { readonly type: 'due'; readonly sinceMs: number; readonly dueSinceMs: number }
  | { readonly type: 'keep'; readonly reason: KeepReason; readonly sinceMs: number | undefined }
  | { readonly type: 'skip'; readonly doubt: Doubt };

/** A verdict by which a task stays. `finished`: the task was running when it was listed, and its result may be wanted. */
export type StayVerdict =
  | Exclude<Verdict, { readonly type: 'due' }>
  | { readonly type: 'keep'; readonly reason: 'finished'; readonly sinceMs: number | undefined };

export interface JudgedTask {
  readonly task: TaskRecord;
  readonly verdict: Verdict;
}

/** Says which tasks are due. Whoever chose a task, it goes only while the judge says so. */
export interface Judge {
  /** One task by itself, as it was just shown. */
  readonly one: (task: TaskRecord, shareId: ShareId, nowMs: number) => Verdict;
  /** All tasks of a share. The list must be whole. */
  readonly all: (tasks: readonly TaskRecord[], shareId: ShareId, nowMs: number) => readonly JudgedTask[];
}

/** What must be certain of a task before anything else of it counts. */
export function soundness(
  task: TaskRecord,
  nowMs: number,
):
  | { readonly status: TaskStatus; readonly sinceMs: number }
  | { readonly doubt: Exclude<Doubt, 'no_path' | 'odd_path'> } {
  const { taskId, status } = task;
  if (taskId === undefined) return { doubt: 'odd_id' };
  if (status === undefined) return { doubt: 'unknown_status' };
  const since = sinceOf(task, status, nowMs);
  return typeof since === 'string' ? { doubt: since } : { status, sinceMs: since };
}
