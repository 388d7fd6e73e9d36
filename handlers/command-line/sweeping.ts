import type { CommandLineSweepApp } from '../../lib/app.ts';
import type { SweepOverrides } from '../../lib/sweep/overrides.ts';
import type { SweptNow } from '../../lib/sweep/sweep-now.ts';
import type { TaskReport } from '../../lib/sweep/task-report.ts';
import type { Session } from './session.ts';

/** One run of a sweep, with its progress. */
export async function sweepOnce(
  { app, caller, call, frame: { progress } }: Session<CommandLineSweepApp>,
  overrides: SweepOverrides,
): Promise<SweptNow> {
  let listed = 0;
  let toDelete = 0;
  const onTask = ({ verdict }: TaskReport): void => {
    listed += 1;
    if (verdict === 'delete') toDelete += 1;
    if (toDelete === 0) progress.read(listed);
    else if (overrides.dryRun === false) progress.start(toDelete);
  };
  const swept = await app.sweepNow(overrides, caller, call, { onTask });
  progress.clear();
  return swept;
}
