import type { TaskStatus } from '../core/task.ts';
import type { TaskRecord } from './records.ts';
import type { ServiceTime } from './service-time.ts';

/** What is wrong with the times of a task. */
export type TimeDoubt = 'time_missing' | 'time_unreadable' | 'time_in_future' | 'times_contradict';

/** The moment that a task's age is counted from, or what is wrong with its times. */
export function sinceOf({ begin, end }: TaskRecord, status: TaskStatus, nowMs: number): number | TimeDoubt {
  const doubt = doubtOf(begin, nowMs) ?? doubtOf(end, nowMs);
  if (doubt !== undefined) return doubt;
  if (begin.type !== 'time') return 'time_missing';
  // what a running task's end_time holds is not documented
  if (status === 'DOING' || end.type !== 'time') return begin.atMs;
  return end.atMs < begin.atMs ? 'times_contradict' : end.atMs;
}

function doubtOf(time: ServiceTime, nowMs: number): TimeDoubt | undefined {
  if (time.type === 'unreadable') return 'time_unreadable';
  return time.type === 'time' && time.atMs > nowMs ? 'time_in_future' : undefined;
}
