import type { TimerApp } from '../../lib/app.ts';
import type { SweepOverrides } from '../../lib/sweep/overrides.ts';
import type { SweepSummary } from '../../lib/sweep/summary.ts';
import type { TaskReport } from '../../lib/sweep/task-report.ts';
import type { Deletion } from './deletions.ts';
import type { Session } from './session.ts';

/** What one run of a sweep did, or would do. */
export interface Swept {
  readonly summary: SweepSummary;
  /** Tasks that were to be deleted, oldest first. */
  readonly toDelete: readonly TaskReport[];
  readonly deletions: readonly Deletion[];
}

export async function sweepOnce(
  { app, caller, call, frame: { progress }, deletions }: Session<TimerApp>,
  overrides: SweepOverrides,
): Promise<Swept> {
  const toDelete: TaskReport[] = [];
  let count = 0;
  const onTask = (report: TaskReport): void => {
    count += 1;
    if (report.verdict !== 'delete') {
      progress.read(count);
      return;
    }
    toDelete.push(report);
    if (overrides.dryRun === false) progress.start(toDelete.length);
  };
  const summary = await app.sweep(overrides, caller, call, { onTask });
  progress.clear();
  return { summary, toDelete, deletions };
}
