import type { Log } from '../core/log.ts';
import type { Runtime } from '../core/runtime.ts';
import { addCounts, type Counts, type CountsChange, NO_COUNTS } from './counts.ts';

/** How far a run is. */
export interface Progress {
  /** Adds what one step counted. */
  readonly add: (change: CountsChange) => void;
  readonly counts: () => Counts;
  /** Writes a line with the counts so far, unless the run or its last such line is less than ten seconds old. */
  readonly log: () => void;
  readonly durationMs: () => number;
}

const PROGRESS_EVERY_MS = 10_000;

export function createProgress(dryRun: boolean, log: Log, now: Runtime['now']): Progress {
  const startedAtMs = now();
  let loggedAtMs = startedAtMs;
  let counts: Counts = NO_COUNTS;
  return {
    add: (change) => {
      counts = addCounts(counts, change);
    },
    counts: () => counts,
    log: () => {
      const nowMs = now();
      if (nowMs - loggedAtMs < PROGRESS_EVERY_MS) return;
      loggedAtMs = nowMs;
      log.info('sweep.progress', { dry_run: dryRun, ...counts, duration_ms: nowMs - startedAtMs });
    },
    durationMs: () => now() - startedAtMs,
  };
}
