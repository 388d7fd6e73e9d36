import type { SweepSummary } from '../../lib/sweep/summary.ts';

/** The counts of a summary of which each listed task is in exactly one. */
const ENDINGS = [
  ...(['deleted', 'already_gone', 'failed', 'remaining'] as const),
  ...(['kept_latest', 'too_young', 'status_not_swept', 'protected', 'finished', 'skipped_invalid'] as const),
];

/** How many tasks a summary accounts for: as many as it says were listed, if it is right. */
export function accountedFor(summary: Readonly<Record<string, unknown>> | SweepSummary): number {
  const counts: Readonly<Record<string, unknown>> = { ...summary };
  return ENDINGS.map((name) => Number(counts[name])).reduce((sum, count) => sum + count);
}
