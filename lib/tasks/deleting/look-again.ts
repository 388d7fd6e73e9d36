import { ServiceError } from '../../core/errors.ts';
import { TASK_NOT_FOUND } from '../../core/status.ts';
import type { ShareId, TaskRef } from '../../core/task.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import type { Deleting } from './deleting.ts';
import type { Ending } from './ending.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { ranOutOfTime } from './failures.ts';

type Needed = Pick<Deleting, 'sfsTurbo' | 'judge' | 'deletingCall' | 'runtime'>;

// long enough to get a permit, and short beside the five minutes that the service's cache may be late
const LOOK_VALID_FOR_MS = 5_000;

/**
 * Shows a running task again just before it is cancelled. It may have finished since it was listed, and its result may be the
 * only one of its directory.
 *
 * @returns the evidence that the task still runs and is due, or why it is not deleted
 * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ShowFsTask.html
 */
export async function lookAgain(listed: TaskRecord, ref: TaskRef, deleting: Needed): Promise<Evidence | Ending> {
  try {
    const shown = await deleting.sfsTurbo.showTask(ref, deleting.deletingCall);
    if (shown.taskId === ref.taskId && shown.path === listed.path) return judgeShown(shown, ref.shareId, deleting);
    return { type: 'unshown', error: new ServiceError('upstream_invalid', 'SFS Turbo showed another task') };
  } catch (error) {
    if (ranOutOfTime(error, deleting.deletingCall)) return { type: 'out_of_time' };
    const { code, upstream } = error instanceof ServiceError ? error : {};
    if (code === 'task_not_found' && upstream?.errCode === TASK_NOT_FOUND) return { type: 'gone' };
    return { type: 'unshown', error };
  }
}

function judgeShown(task: TaskRecord, shareId: ShareId, { judge, runtime }: Needed): Evidence | Ending {
  const shownAtMs = runtime.now();
  const verdict = judge.one(task, shareId, shownAtMs);
  if (verdict.type === 'skip') return { type: 'not_due', task, verdict };
  if (task.status !== 'DOING') {
    return { type: 'not_due', task, verdict: { type: 'keep', reason: 'finished', sinceMs: verdict.sinceMs } };
  }
  if (verdict.type === 'keep') return { type: 'not_due', task, verdict };
  return evidenceOf(shownAtMs, LOOK_VALID_FOR_MS, runtime.now);
}
