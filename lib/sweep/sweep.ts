import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import { deleteChosen } from '../tasks/deleting/delete-chosen.ts';
import { countStaying } from './counts.ts';
import { findShares } from './find-shares.ts';
import { judgeShares } from './judge-shares.ts';
import type { SweepObserver } from './observer.ts';
import { narrow, type SweepOverrides, whyDry } from './overrides.ts';
import { type SweepApp, startRun, toDeleting } from './run.ts';
import { logSummary, type SweepSummary, summarise } from './summary.ts';

import { deleteReport } from './task-report.ts';

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

    const shareIds = await findShares(run);
    const judged = await judgeShares(shareIds, run);
    for (const candidate of judged.chosen) run.reportTask(deleteReport(candidate, app.runtime.now()));
    const staying = settings.dryRun ? judged.chosen : await deleteChosen(judged, toDeleting(run, caller));
    run.progress.add(countStaying(staying, app.runtime.now()));
    observer.onStaying?.(staying);

    const summary = summarise(settings.dryRun, run.progress, whyDry(app.config.sweep, overrides));
    observer.onDone?.(summary);
    logSummary(summary, call.log);
    return summary;
  };
}
