import { isFull } from '../../core/task.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import type { ServiceTime } from '../../sfs-turbo/service-time.ts';
import type { ShownTask } from '../task-view.ts';

/** How many tasks one message shows: more would exceed the platforms' limits. */
export const TASKS_PER_MESSAGE = 10;

export function toShownTask(record: TaskRecord, nowMs: number): ShownTask {
  const { taskId, status, path = '', usedCapacityBytes, message } = record;
  const beganAtMs = toMs(record.begin);
  const endedAtMs = status === 'DOING' ? undefined : toMs(record.end);
  const sinceMs = endedAtMs ?? beganAtMs;
  return {
    taskId,
    path,
    status,
    // the clocks of the two sides differ, so a task may seem to begin in the future
    ageMs: sinceMs === undefined ? undefined : Math.max(0, nowMs - sinceMs),
    beganAtMs,
    endedAtMs,
    sizeBytes: status === 'SUCCESS' ? usedCapacityBytes : undefined,
    message,
  };
}

/** Whether as many of the tasks are running as SFS Turbo runs at once. */
export function areFull(tasks: readonly TaskRecord[]): boolean {
  return isFull(tasks.filter(({ status }) => status === 'DOING').length);
}

export function toMs(time: ServiceTime): number | undefined {
  return time.type === 'time' ? time.atMs : undefined;
}
