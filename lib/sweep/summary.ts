import type { Log } from '../core/log.ts';
import type { Counts } from './counts.ts';
import type { Progress } from './progress.ts';

/**
 * What a run did, as its last log line has it. Always `due = deleted + already_gone + failed + remaining`, so that these four
 * and the counts of tasks that are not due add up to `listed`.
 */
export interface SweepSummary extends Counts {
  readonly event: 'sweep.done';
  readonly dry_run: boolean;
  /** Due tasks that the run did not try to delete: dry run, cap, time, or a share that could not be listed again. */
  readonly remaining: number;
  readonly duration_ms: number;
  /** Of a run over `TARGETS`, as the next two. */
  readonly targets?: number;
  /** Targets in which tasks or shares failed. */
  readonly failed_targets?: number;
  /** Targets for which the function was invoked once more; absent where it was not. Their counts are those of other runs. */
  readonly fanned_out?: number;
  /** Why the run was dry although its event asked for a real one. */
  readonly reason?: string;
}

export function summarise(dryRun: boolean, progress: Progress, reason?: string): SweepSummary {
  const counts = progress.counts();
  return {
    event: 'sweep.done',
    dry_run: dryRun,
    ...counts,
    remaining: counts.due - counts.deleted - counts.already_gone - counts.failed,
    duration_ms: progress.durationMs(),
    ...(reason !== undefined && { reason }),
  };
}

/** Whether tasks or shares failed. To run out of time is no failure. */
export function isFailed({ failed, failed_shares: failedShares }: SweepSummary): boolean {
  return failed > 0 || failedShares > 0;
}

/** What failed in a run, to be put behind "the sweep failed". */
export function whatFailed(summary: SweepSummary): string {
  const { failed, due, failed_shares: failedShares, shares, targets, failed_targets: failedTargets } = summary;
  // a list of shares that cannot be read counts as one that failed, and is none of them
  if (shares === 0) return ': it found no share to look at';
  const inTargets = targets === undefined ? '' : ` in ${failedTargets} of ${targets} targets,`;
  return `${inTargets} for ${failed} of ${due} due tasks and ${failedShares} of ${shares} shares; the log says why`;
}

/** Writes the last line of a run, at every log level. */
export function logSummary(summary: SweepSummary, log: Log): void {
  const { event, ...fields } = summary;
  log.record(isFailed(summary) ? 'error' : 'info', event, fields);
}
