import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import { carryOut } from './carry-out.ts';
import type { SweepObserver } from './observer.ts';
import { narrow, type SweepOverrides, whyDry } from './overrides.ts';
import { type SweepApp, startRun } from './run.ts';
import { logSummary, type SweepSummary } from './summary.ts';

/** The caller of a run that nobody asked for. */
export const SCHEDULE: Readonly<Caller> = { name: 'sweep', shares: '*' };

/**
 * Lists every share, judges its tasks, and deletes the oldest that are due.
 *
 * Failures of shares and tasks are counted, not thrown.
 *
 * @param caller named in the audit lines; only those of its shares are swept
 * @throws {ServiceError} before anything is sent: `invalid_input` when the overrides name a share that is not swept,
 *   `forbidden` when they name one that the caller may not use, or when it may use none of those that are swept
 */
export type Sweep = (
  overrides: SweepOverrides,
  caller: Caller,
  call: Call,
  observer?: SweepObserver,
) => Promise<SweepSummary>;

export function createSweep(app: SweepApp): Sweep {
  return async (overrides, caller, call, observer = {}) => {
    const settings = narrow(app.config.sweep, overrides, caller, app.config.allowedShares);
    const run = startRun(settings, app, call, observer);
    const summary = await carryOut(run, caller, whyDry(app.config.sweep, overrides));
    observer.onDone?.(summary);
    logSummary(summary, call.log);
    return summary;
  };
}
