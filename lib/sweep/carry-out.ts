import type { Caller } from '../core/caller.ts';
import type { Candidate } from '../tasks/deleting/choose-oldest.ts';
import { type Chosen, deleteChosen } from '../tasks/deleting/delete-chosen.ts';
import { countStaying } from './counts.ts';
import { findShares } from './find-shares.ts';
import { judgeShares } from './judge-shares.ts';
import { type Run, toDeleting } from './run.ts';
import { type SweepSummary, summarise } from './summary.ts';
import { deleteReport, overCapReport } from './task-report.ts';

/**
 * Carries a run out in one project: lists every share, judges its tasks, and deletes the oldest that are due. Failures of
 * shares and tasks are counted, not thrown.
 *
 * @param reason why the run is dry although its event asks for a real one
 */
export async function carryOut(run: Run, caller: Caller, reason: string | undefined): Promise<SweepSummary> {
  const { settings, progress, runtime } = run;
  const shareIds = await findShares(run);
  const judged = keepToCap(await judgeShares(shareIds, run), run);
  for (const candidate of judged.chosen) run.reportTask(deleteReport(candidate, runtime.now()));
  const staying = settings.dryRun ? judged.chosen : await deleteChosen(judged, toDeleting(run, caller));
  noteStaying(staying, run);
  return summarise(settings.dryRun, progress, reason);
}

/** Leaves out what a run over several targets has no DELETEs left for. */
function keepToCap(judged: Chosen, run: Run): Chosen {
  if (run.cap === undefined) return judged;
  const granted = run.cap.take(judged.chosen.length);
  const overCap = judged.chosen.slice(granted);
  noteStaying(overCap, run);
  for (const candidate of overCap) run.reportTask(overCapReport(candidate, run.runtime.now()));
  return { ...judged, chosen: judged.chosen.slice(0, granted) };
}

function noteStaying(candidates: readonly Candidate[], { progress, runtime, observer }: Run): void {
  progress.add(countStaying(candidates, runtime.now()));
  observer.onStaying?.(candidates);
}
