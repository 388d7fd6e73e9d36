import type { TimerConfig } from '../config/read-config.ts';
import type { SweepSettings } from '../config/sweep.ts';
import type { Call } from '../core/call.ts';
import type { Log } from '../core/log.ts';
import type { Runtime } from '../core/runtime.ts';
import type { SfsTurbo } from '../sfs-turbo/client.ts';
import type { CancelTask } from '../tasks/cancel.ts';
import type { PermittedCall } from './failures.ts';
import { createProgress, type Progress } from './progress.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { createReportTask, type ReportTask } from './task-report.ts';

/** The parts of an app that a sweep needs. */
export interface SweepApp {
  readonly config: Pick<TimerConfig, 'allowedShares' | 'maxAttempts' | 'requestTimeoutMs' | 'sweep'>;
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
  readonly runtime: Runtime;
}

/** What the phases of one run share. */
export interface Run extends SweepApp {
  /** Those of the configuration, narrowed by the overrides. */
  readonly settings: SweepSettings;
  readonly log: Log;
  readonly rateLimiter: RateLimiter;
  /** For requests of the listing phase. */
  readonly listingCall: PermittedCall;
  /** For requests of the deleting phase. */
  readonly deletingCall: PermittedCall;
  /** No request goes out from then on; milliseconds since the epoch. */
  readonly closesAtMs: number;
  readonly progress: Progress;
  readonly reportTask: ReportTask;
}

// Requests under way when the sweep stops get this long to end. The handler keeps back 500 ms for its own answer, so the
// reserve is two seconds.
const DRAIN_MS = 1_500;
// A dry run sends no DELETE that must end well, and a person may be waiting for it: it drains for at most a quarter of its time.
const DRY_RUN_DRAIN_PART = 0.25;
// Listing must leave time for DELETEs: a run that only lists would leave everything to the next run, which would do the same.
const LISTING_PART = 0.75;

export function startRun(settings: SweepSettings, app: SweepApp, call: Call, onTask: ReportTask | undefined): Run {
  const { runtime } = app;
  const { log } = call;
  const rateLimiter = createRateLimiter(settings, runtime);
  const { listingClosesAtMs, closesAtMs } = planTimes(settings, runtime.now(), call.deadlineAtMs);
  return {
    ...app,
    settings,
    log,
    rateLimiter,
    listingCall: { ...call, permits: rateLimiter.until(listingClosesAtMs) },
    deletingCall: { ...call, permits: rateLimiter.until(closesAtMs) },
    closesAtMs,
    progress: createProgress(settings.dryRun, log, runtime.now),
    reportTask: createReportTask(settings.dryRun, log, onTask),
  };
}

function planTimes({ dryRun }: SweepSettings, nowMs: number, deadlineAtMs: number) {
  const drainMs = dryRun ? Math.min(DRAIN_MS, (deadlineAtMs - nowMs) * DRY_RUN_DRAIN_PART) : DRAIN_MS;
  const closesAtMs = deadlineAtMs - drainMs;
  return { listingClosesAtMs: nowMs + (closesAtMs - nowMs) * (dryRun ? 1 : LISTING_PART), closesAtMs };
}
