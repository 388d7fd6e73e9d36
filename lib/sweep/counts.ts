import { MAX_RUNNING_TASKS } from '../core/task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { StayVerdict } from '../tasks/deleting/verdict.ts';

/**
 * What a run has counted. Each listed task is in `due` or in one of the counts of tasks that are not due, so that
 * `listed = due + kept_latest + too_young + status_not_swept + protected + finished + skipped_invalid`.
 */
export interface Counts {
  /** Shares that the run was to look at. */
  readonly shares: number;
  /** Tasks of the shares whose list was read whole. */
  readonly listed: number;
  /** Tasks that were due when they were listed, without those that a later check showed as not due. */
  readonly due: number;
  /** DELETEs that were accepted. */
  readonly deleted: number;
  /** Due tasks that their DELETE did not find, or that were gone before it was sent. */
  readonly already_gone: number;
  /** Due tasks whose DELETE was refused or got no answer, and running tasks that could not be shown. */
  readonly failed: number;
  /** Tasks that cannot be judged, such as one with an unreadable time. They stay. */
  readonly skipped_invalid: number;
  /** Tasks that stay only because they are the newest results of their path. */
  readonly kept_latest: number;
  /** Tasks that have not reached their age. */
  readonly too_young: number;
  /** Tasks whose status is not swept. */
  readonly status_not_swept: number;
  /** Tasks that a rule protects. */
  readonly protected: number;
  /** Tasks that were running and due when they were listed, and had finished when they were shown again. They stay. */
  readonly finished: number;
  /** Shares found by `*` that do not support tasks, while others do. */
  readonly unsupported_shares: number;
  /**
   * Shares whose list could not be read, and shares without support for tasks that were named or are the only ones found.
   * A list of shares that could not be read, or that has no allowed share, counts as one.
   */
  readonly failed_shares: number;
  /** Whether time ran out before everything was done. */
  readonly truncated: boolean;
  /** For how long tasks have been due that the run has left or could not delete: the longest time; 0 without any. */
  readonly longest_due_s: number;
  /** Running tasks of the share that has most of them, as they were when it was first listed. */
  readonly running_max: number;
  /** Shares with so many running tasks that the service refuses the next measurement. */
  readonly running_full_shares: number;
}

/** What one step adds. A number is negative where the step takes back what an earlier one counted. */
export type CountsChange = Readonly<Partial<Counts>>;

export const NO_COUNTS: Readonly<Counts> = {
  shares: 0,
  listed: 0,
  due: 0,
  deleted: 0,
  already_gone: 0,
  failed: 0,
  skipped_invalid: 0,
  kept_latest: 0,
  too_young: 0,
  status_not_swept: 0,
  protected: 0,
  finished: 0,
  unsupported_shares: 0,
  failed_shares: 0,
  truncated: false,
  longest_due_s: 0,
  running_max: 0,
  running_full_shares: 0,
};

type StayCount = 'kept_latest' | 'too_young' | 'status_not_swept' | 'protected' | 'finished' | 'skipped_invalid';

/** What tasks count as that are not due. */
export function countNotDue(verdicts: readonly StayVerdict[]): Readonly<Record<StayCount, number>> {
  const counts = { kept_latest: 0, too_young: 0, status_not_swept: 0, protected: 0, finished: 0, skipped_invalid: 0 };
  for (const verdict of verdicts) counts[nameOf(verdict)] += 1;
  return counts;
}

function nameOf(verdict: StayVerdict): StayCount {
  if (verdict.type === 'skip') return 'skipped_invalid';
  // only a cancel of many tasks has filters, and it has no counts
  if (verdict.reason === 'filtered') return 'status_not_swept';
  return verdict.reason === 'newest_of_path' ? 'kept_latest' : verdict.reason;
}

/** How many of a share's tasks run. */
export function countRunning(tasks: readonly TaskRecord[]): CountsChange {
  const running = tasks.filter(({ status }) => status === 'DOING').length;
  return { running_max: running, running_full_shares: running >= MAX_RUNNING_TASKS ? 1 : 0 };
}

/** What tasks count as that are due and stay. */
export function countStaying(tasks: readonly { readonly dueSinceMs: number }[], nowMs: number): CountsChange {
  const firstMs = tasks.reduce((first, { dueSinceMs }) => Math.min(first, dueSinceMs), nowMs);
  return { longest_due_s: Math.floor((nowMs - firstMs) / 1_000) };
}

export function addCounts(counts: Counts, change: CountsChange): Counts {
  const sumOf = (name: Exclude<keyof Counts, 'truncated'>): number => counts[name] + (change[name] ?? 0);
  return {
    shares: sumOf('shares'),
    listed: sumOf('listed'),
    due: sumOf('due'),
    deleted: sumOf('deleted'),
    already_gone: sumOf('already_gone'),
    failed: sumOf('failed'),
    skipped_invalid: sumOf('skipped_invalid'),
    kept_latest: sumOf('kept_latest'),
    too_young: sumOf('too_young'),
    status_not_swept: sumOf('status_not_swept'),
    protected: sumOf('protected'),
    finished: sumOf('finished'),
    unsupported_shares: sumOf('unsupported_shares'),
    failed_shares: sumOf('failed_shares'),
    truncated: counts.truncated || change.truncated === true,
    longest_due_s: Math.max(counts.longest_due_s, change.longest_due_s ?? 0),
    running_max: Math.max(counts.running_max, change.running_max ?? 0),
    running_full_shares: sumOf('running_full_shares'),
  };
}
