import type { TaskId, TaskStatus } from '../core/task.ts';
import type { ShareName } from '../targets/share-place.ts';

/** A task as people see it. */
export interface ShownTask {
  /** Absent when the id is not one that this function would put into a URL: such a task can only be looked at. */
  readonly taskId: TaskId | undefined;
  readonly path: string;
  readonly status: TaskStatus | undefined;
  /** How long it has been running, or since it ended. Absent when its times cannot be read. */
  readonly ageMs: number | undefined;
  readonly beganAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** The measured usage; absent unless the task succeeded. */
  readonly sizeBytes: number | undefined;
  /** What the service says about a failed task. */
  readonly message: string;
}

/** A task that the next sweep would delete. */
export interface DueTask {
  readonly share: ShareName;
  readonly task: ShownTask;
}

/** One of several tasks in an answer. */
export interface NamedTask {
  readonly share: ShareName;
  readonly taskId: string;
  readonly path: string;
}

export interface FailedTask extends NamedTask {
  /** `not_checked`: a task is looked at before its DELETE, which failed, so it stays. */
  readonly why: 'not_deleted' | 'may_be_deleted' | 'not_checked';
  readonly errCode: string;
}
