import type { Call } from '../../core/call.ts';
import type { Caller } from '../../core/caller.ts';
import type { Runtime } from '../../core/runtime.ts';
import type { AllowedShares, ProjectId, ShareId } from '../../core/task.ts';
import type { SfsTurbo } from '../../sfs-turbo/client.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import type { CancelTask } from '../cancel.ts';
import type { Candidate } from './choose-oldest.ts';
import type { Ending } from './ending.ts';
import type { PermittedCall } from './failures.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import type { RateLimits } from './rate-window.ts';
import type { Judge } from './verdict.ts';

/** The parts of an app that deleting many tasks needs. */
export interface DeletingApp {
  readonly config: {
    readonly allowedShares: AllowedShares;
    readonly maxAttempts: number;
    readonly requestTimeoutMs: number;
  };
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
  readonly runtime: Runtime;
  /** Requests under way when a run stops get this long to end; 1,500 ms unless told. */
  readonly drainMs?: number | undefined;
}

/** The requests of one run: how many, and until when. */
export interface Pace {
  readonly limits: RateLimits;
  readonly rateLimiter: RateLimiter;
  /** For requests of the listing phase. */
  readonly listingCall: PermittedCall;
  /** For requests of the deleting phase. */
  readonly deletingCall: PermittedCall;
  /** No request goes out from then on; milliseconds since the epoch. */
  readonly closesAtMs: number;
}

/** What the deleting phase is given. */
export interface Deleting extends DeletingApp, Pace {
  /** For the audit lines, and for the shares of the caller's key. */
  readonly caller: Caller;
  /** Those of this run; ALLOWED_SHARES and the caller's hold as well. */
  readonly shares: AllowedShares;
  readonly projectId?: ProjectId | undefined;
  /** Of one run. */
  readonly maxDeletes: number;
  readonly dryRun: boolean;
  readonly judge: Judge;
  /** Told what came of each task, in the order in which they end. */
  readonly onEnding: (candidate: Candidate, ending: Ending) => void;
  /** Told why a share could not be listed again. */
  readonly onListFailure: (error: unknown, shareId: ShareId) => void;
  readonly onPage: (page: readonly TaskRecord[]) => void;
}

// The handler keeps back 500 ms for its own answer, so the reserve is two seconds.
export const DRAIN_MS = 1_500;
// A dry run sends no DELETE that must end well, and a person may be waiting for it: it drains for at most a quarter of its time.
const DRY_RUN_DRAIN_PART = 0.25;
// Listing must leave time for DELETEs: a run that only lists would leave everything to the next run, which would do the same.
const LISTING_PART = 0.75;

/** @param rateLimiter one that others share; of this run alone unless told */
export function startPace(
  limits: RateLimits,
  dryRun: boolean,
  call: Call,
  { runtime, drainMs }: Pick<DeletingApp, 'runtime' | 'drainMs'>,
  rateLimiter: RateLimiter = createRateLimiter(limits, runtime, call.stop),
): Pace {
  const { listingClosesAtMs, closesAtMs } = planTimes(dryRun, runtime.now(), call.deadlineAtMs, drainMs);
  return {
    limits,
    rateLimiter,
    listingCall: { ...call, permits: rateLimiter.until(listingClosesAtMs) },
    deletingCall: { ...call, permits: rateLimiter.until(closesAtMs) },
    closesAtMs,
  };
}

function planTimes(dryRun: boolean, nowMs: number, deadlineAtMs: number, longestDrainMs = DRAIN_MS) {
  const drainMs = dryRun ? Math.min(longestDrainMs, (deadlineAtMs - nowMs) * DRY_RUN_DRAIN_PART) : longestDrainMs;
  const closesAtMs = deadlineAtMs - drainMs;
  return { listingClosesAtMs: nowMs + (closesAtMs - nowMs) * (dryRun ? 1 : LISTING_PART), closesAtMs };
}
