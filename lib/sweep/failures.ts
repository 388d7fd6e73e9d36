import { type ServiceError, toServiceError } from '../core/errors.ts';
import { describeBug, type Log } from '../core/log.ts';
import type { ShareId } from '../core/task.ts';
import { type PermittedCall, ranOutOfTime } from '../tasks/deleting/failures.ts';
import type { CountsChange } from './counts.ts';
import type { SweepObserver } from './observer.ts';

/** The fields of a log line that say what was answered. */
export function failureFields({ code, why, upstream }: ServiceError) {
  return {
    // refused credentials need somebody at once, whatever the upstream calls them: an alarm looks for this word
    outcome: code === 'iam_rejected' ? code : 'failed',
    reason: why,
    err_code: upstream?.errCode,
    upstream_status: upstream?.status,
    upstream_request_id: upstream?.requestId,
  };
}

/**
 * Logs why a share could not be read, and says what it counts as.
 *
 * @param shareId absent where the list of shares itself could not be read
 * @param call the call that failed
 */
export function logShareFailure(
  error: unknown,
  shareId: ShareId | undefined,
  call: PermittedCall,
  { onShareFailure }: SweepObserver,
): CountsChange {
  if (ranOutOfTime(error, call)) {
    call.log.debug('sweep.share', { share_id: shareId, outcome: 'out_of_time' });
    return { truncated: true };
  }
  const failure = toServiceError(error);
  if (failure.code === 'internal') logBug(failure.cause, call.log, shareId);
  call.log.error('sweep.share', { share_id: shareId, ...failureFields(failure) });
  onShareFailure?.(shareId, failure);
  return { failed_shares: 1 };
}

export function logBug(error: unknown, log: Log, shareId?: ShareId): void {
  log.error('bug', { share_id: shareId, bug: describeBug(error) });
}
