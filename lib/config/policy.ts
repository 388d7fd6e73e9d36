import * as v from 'valibot';
import { TASK_STATUSES, type TaskStatus } from '../core/task.ts';
import { DAY_MS, MINUTE_MS, parseDurationMs } from './duration.ts';

// What the variables of the sweep and the members of its rules have in common, so that neither can say what the other cannot.

/** Which tasks of a share are due. */
export interface PolicySettings {
  readonly statuses: ReadonlySet<TaskStatus>;
  /** Age of a finished task. */
  readonly minAgeMs: number;
  /** Age at which a running task counts as stuck. */
  readonly doingMinAgeMs: number;
  /** Newest results kept of each directory. */
  readonly keepLatest: number;
}

export const MAX_KEEP_LATEST = 1_000;

export function taskStatus(message: string) {
  return v.pipe(v.string(message), v.toUpperCase(), v.picklist(TASK_STATUSES, message));
}

const MAX_AGE_DAYS = 3_650;
const AGE_MESSAGE = `must be from 1m to ${MAX_AGE_DAYS}d`;
const DURATION_MESSAGE = 'must be a duration such as 90m, 24h, 7d, PT36H or P7D';

export const age = v.pipe(
  v.string(DURATION_MESSAGE),
  v.transform(parseDurationMs),
  v.number(DURATION_MESSAGE),
  v.minValue(MINUTE_MS, AGE_MESSAGE),
  v.maxValue(MAX_AGE_DAYS * DAY_MS, AGE_MESSAGE),
);
