import { toPrintable } from '../core/json.ts';
import type { TaskStatus } from '../core/task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { Fate } from './fate.ts';

/** One of many tasks: what became of it, and why. */
export interface ManyTask extends Fate {
  /** Made printable; only a task with the reason `odd_id` may have one that is none. */
  readonly taskId: string;
  readonly path: string | undefined;
  readonly status: TaskStatus | 'unknown';
  /** Absent where the times are in doubt. */
  readonly ageMs: number | undefined;
}

/** So many tasks an answer holds: it has a limit of a few megabytes. */
export const MOST_TASKS = 1_000;

export function toManyTask(task: TaskRecord, ageMs: number | undefined, fate: Fate): ManyTask {
  const taskId = toPrintable(task.rawId ?? '').slice(0, 128);
  return { taskId, path: task.path, status: task.status ?? 'unknown', ageMs, ...fate };
}
