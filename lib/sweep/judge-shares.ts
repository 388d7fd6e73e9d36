import pMap from 'p-map';
import { ServiceError } from '../core/errors.ts';
import type { ShareId } from '../core/task.ts';
import { type Candidate, chooseOldest } from '../tasks/deleting/choose-oldest.ts';
import type { Chosen } from '../tasks/deleting/delete-chosen.ts';
import { type CountsChange, countStaying } from './counts.ts';
import { judgeShare } from './judge-share.ts';
import { rotated } from './rotated.ts';
import type { Run } from './run.ts';
import { overCapReport } from './task-report.ts';

/** Lists and judges each share. Keeps only the tasks that still fit under the cap, so that memory stays bounded. */
export async function judgeShares(shareIds: readonly ShareId[], run: Run): Promise<Chosen> {
  const { settings, runtime, progress, reportTask, observer } = run;
  let chosen: readonly Candidate[] = [];
  let credentialsRefused = false;

  async function judgeNext(shareId: ShareId): Promise<void> {
    if (credentialsRefused) {
      progress.add({ failed_shares: 1 });
      return;
    }
    const judged = await judgeShare(shareId, run);
    progress.add(judged.counts);
    credentialsRefused ||= judged.credentialsRefused;
    const divided = chooseOldest([...chosen, ...judged.due], settings.maxDeletes);
    chosen = divided.chosen;
    progress.add(countStaying(divided.overCap, runtime.now()));
    observer.onStaying?.(divided.overCap);
    for (const candidate of divided.overCap) reportTask(overCapReport(candidate, runtime.now()));
  }

  // a random start, so that runs that run out of time do not always leave out the same shares
  await pMap(rotated(shareIds, runtime.random), judgeNext, { concurrency: settings.concurrency });
  progress.add(failIfNoneSupported(run));
  return { chosen, credentialsRefused };
}

/** A run in which no share supports tasks has read nothing, so it must end as a failed one. */
function failIfNoneSupported({ progress, log, observer }: Run): CountsChange {
  const { shares, unsupported_shares: unsupported } = progress.counts();
  if (unsupported === 0 || unsupported < shares) return {};
  const reason = 'not one share supports these tasks';
  log.error('sweep.share', { outcome: 'failed', reason, shares });
  observer.onShareFailure?.(undefined, new ServiceError('upstream_bad_request', reason));
  return { failed_shares: unsupported, unsupported_shares: -unsupported };
}
