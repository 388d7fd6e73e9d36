import type { Targets } from '../../config/targets.ts';
import type { Call } from '../../core/call.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Runtime } from '../../core/runtime.ts';
import { isAllowed } from '../../core/task.ts';
import { carryOut } from '../carry-out.ts';
import { logShareFailure } from '../failures.ts';
import type { SweepObserver } from '../observer.ts';
import { type Run, startRun } from '../run.ts';
import { logSummary, type SweepSummary, summarise } from '../summary.ts';
import type { Sweep } from '../sweep.ts';
import { fanOut } from './fan-out.ts';
import type { Lane } from './lanes.ts';
import { type Planned, planTargets } from './plan.ts';
import { createRunCap, type RunCap } from './run-cap.ts';
import { logTarget, sumUp } from './summary.ts';
import type { SweptTarget } from './swept-target.ts';
import { takeTurns } from './turns.ts';
import { refuseUntagged } from './untagged.ts';

/** What a sweep over several targets needs. */
export interface TargetsApp {
  readonly targets: Targets<SweptTarget>;
  readonly runtime: Runtime;
  /** As {@link DeletingApp} has it. */
  readonly drainMs?: number | undefined;
  /** Of one run over all targets; each has a cap of its own beside it. */
  readonly maxDeletes: number;
}

/**
 * Sweeps each target as {@link Sweep} sweeps the only one, by the target's own settings and in its own part of the time. A
 * target that fails stops no other.
 */
export function createTargetsSweep({ targets, runtime, drainMs, maxDeletes }: TargetsApp): Sweep {
  return async (overrides, caller, call, observer = {}) => {
    const startedAtMs = runtime.now();
    const planned = planTargets(targets, overrides, caller);
    await refuseUntagged(planned, call, runtime);
    const own = await fanOut(planned, overrides, call);
    const mostDeletes = Math.min(maxDeletes, overrides.maxDeletes ?? maxDeletes);
    // a dry target deletes nothing, so it takes nothing from those that do
    const caps = { dry: createRunCap(mostDeletes), real: createRunCap(mostDeletes) };
    const summaries = await takeTurns(own, call, runtime, (one, lane, endsAtMs) => {
      const cap = one.settings.dryRun ? caps.dry : caps.real;
      return sweepOne(one, { lane, cap, call: { ...call, deadlineAtMs: endsAtMs }, runtime, drainMs, observer });
    });

    const summary = sumUp(summaries, {
      dryRun: planned.every(({ settings }) => settings.dryRun),
      fannedOut: planned.length - own.length,
      durationMs: runtime.now() - startedAtMs,
    });
    observer.onDone?.(summary);
    logSummary(summary, call.log);
    return summary;
  };
}

interface Turn {
  readonly lane: Lane;
  readonly cap: RunCap;
  /** Its deadline is that of the target's turn. */
  readonly call: Call;
  readonly runtime: Runtime;
  readonly drainMs: number | undefined;
  readonly observer: SweepObserver;
}

async function sweepOne(planned: Planned, turn: Turn): Promise<SweepSummary> {
  const { lane, cap, call, runtime, drainMs } = turn;
  const { target, settings, caller, reason } = planned;
  const { name = '' } = target.settings;
  const observer = inTarget(name, turn.observer);
  const log = call.log.ofTarget(name);
  const shared = { rateLimiter: lane.rateLimiter, cap };
  const run = startRun(settings, { ...partsOf(target), runtime, drainMs }, { ...call, log }, observer, shared);
  let summary: SweepSummary;
  try {
    summary = await carryOut(await withShares(run, target), caller, reason);
  } catch (error) {
    // shares that cannot be told, or a bug: it must not cost the others their sweep
    run.progress.add(logShareFailure(error, undefined, run.listingCall, observer));
    summary = summarise(settings.dryRun, run.progress, reason);
  }
  logTarget(summary, log);
  observer.onTarget?.(name, summary);
  return summary;
}

/** Tells of each task and of each failed share which target it is in. */
function inTarget(name: string, observer: SweepObserver): SweepObserver {
  const { onTask, onEnding, onShareFailure } = observer;
  return {
    ...observer,
    ...(onTask && { onTask: (report) => onTask(report, name) }),
    ...(onEnding && { onEnding: (candidate, ending) => onEnding(candidate, ending, name) }),
    ...(onShareFailure && { onShareFailure: (shareId, failure) => onShareFailure(shareId, failure, name) }),
  };
}

/** The run with the shares that may be touched now, where tags choose them. */
async function withShares(run: Run, target: SweptTarget): Promise<Run> {
  const current = await target.withShares(run.listingCall);
  const { allowedShares } = current.settings;
  const { shares } = run.settings;
  const allowed = shares === '*' ? shares : new Set([...shares].filter((shareId) => isAllowed(shareId, allowedShares)));
  if (allowed !== '*' && allowed.size === 0) {
    throw new ServiceError('misconfigured', 'none of the shares to sweep has the tags of the target');
  }
  return { ...run, ...partsOf(current), settings: { ...run.settings, shares: allowed } };
}

function partsOf({
  settings: config,
  sfsTurbo,
  cancelTask,
}: SweptTarget): Pick<Run, 'config' | 'sfsTurbo' | 'cancelTask'> {
  return { config, sfsTurbo, cancelTask };
}
