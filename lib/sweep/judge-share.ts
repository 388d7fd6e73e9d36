import { ServiceError } from '../core/errors.ts';
import type { ShareId } from '../core/task.ts';
import { listTasks, type Unsupported } from '../sfs-turbo/listing.ts';
import type { Candidate } from '../tasks/deleting/choose-oldest.ts';
import { areCredentialsRefused } from '../tasks/deleting/failures.ts';
import type { CountsChange } from './counts.ts';
import { logShareFailure } from './failures.ts';
import { judgeList } from './judge-list.ts';
import type { Run } from './run.ts';

/** What came of listing and judging one share. */
interface JudgedShare {
  readonly counts: CountsChange;
  readonly due: readonly Candidate[];
  readonly credentialsRefused: boolean;
}

/** Lists one share and judges its tasks. A failure is logged and counted, not thrown. */
export async function judgeShare(shareId: ShareId, run: Run): Promise<JudgedShare> {
  const { settings, sfsTurbo, runtime, listingCall, progress, reportTask, observer } = run;
  try {
    const tasks = await listTasks(sfsTurbo, shareId, listingCall, progress.log);
    if ('refusal' in tasks) {
      return { counts: countUnsupported(shareId, tasks, run), due: [], credentialsRefused: false };
    }
    const { due, staying, counts } = judgeList(shareId, tasks, settings, runtime.now());
    for (const report of staying) reportTask(report);
    if (counts.running_full_shares === 1) observer.onFullShare?.(shareId);
    return { counts, due, credentialsRefused: false };
  } catch (error) {
    const counts = logShareFailure(error, shareId, listingCall, observer);
    return { counts, due: [], credentialsRefused: areCredentialsRefused(error) };
  }
}

/** A share that was named must support tasks. The shares that `*` finds may be of a type without them. */
function countUnsupported(
  shareId: ShareId,
  { refusal }: Unsupported,
  { settings, log, listingCall, observer }: Run,
): CountsChange {
  const { upstream } = refusal;
  if (settings.shares !== '*') {
    const message = 'the share was named, and does not support these tasks';
    const failure = new ServiceError('upstream_bad_request', message, { upstream });
    return logShareFailure(failure, shareId, listingCall, observer);
  }
  log.info('sweep.share', {
    share_id: shareId,
    outcome: 'unsupported',
    err_code: upstream?.errCode,
    upstream_status: upstream?.status,
  });
  return { unsupported_shares: 1 };
}
