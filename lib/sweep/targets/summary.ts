import type { Log } from '../../core/log.ts';
import { addCounts, NO_COUNTS } from '../counts.ts';
import { isFailed, type SweepSummary } from '../summary.ts';

/** What came of a run over several targets: the counts of all, and how many targets there were. */
export function sumUp(
  summaries: readonly SweepSummary[],
  {
    dryRun,
    fannedOut,
    durationMs,
  }: { readonly dryRun: boolean; readonly fannedOut: number; readonly durationMs: number },
): SweepSummary {
  const reason = summaries.find((summary) => summary.reason !== undefined)?.reason;
  return {
    event: 'sweep.done',
    dry_run: dryRun,
    ...summaries.reduce(addCounts, NO_COUNTS),
    remaining: summaries.reduce((sum, { remaining }) => sum + remaining, 0),
    duration_ms: durationMs,
    targets: summaries.length + fannedOut,
    failed_targets: summaries.filter(isFailed).length,
    ...(fannedOut > 0 && { fanned_out: fannedOut }),
    ...(reason !== undefined && { reason }),
  };
}

/** Writes what came of one target, at every log level. @param log the target's */
export function logTarget(summary: SweepSummary, log: Log): void {
  const { event: _, ...fields } = summary;
  const outcome = isFailed(summary) ? 'failed' : 'done';
  log.record(outcome === 'failed' ? 'error' : 'info', 'sweep.target', { outcome, ...fields });
}
