import { ServiceError } from '../core/errors.ts';
import type { ShareId } from '../core/task.ts';
import { failedAnswer } from '../net/answers.ts';
import type { Reply } from '../net/request.ts';
import type { FailedAttempt } from '../net/retry.ts';

/** What an answer of SFS Turbo or its gateway means that is no success. */
export function failedReply(reply: Reply, nowMs: number): FailedAttempt {
  const attempt = failedAnswer('SFS Turbo', reply, nowMs);
  const { code, upstream } = attempt.failure;
  if (reply.status === 401 && reply.truncated === undefined) {
    const message = "SFS Turbo refused the function's credentials (401)";
    return { failure: new ServiceError('iam_rejected', message, { upstream }) };
  }
  // a proxy's or gateway's 404 says nothing of the task
  if (code === 'task_not_found' && upstream?.errCode?.startsWith('SFS.TURBO.') !== true) {
    return { failure: new ServiceError('upstream_invalid', 'SFS Turbo does not know this API (404)', { upstream }) };
  }
  return attempt;
}

/** A 200 whose body is not as documented. */
export function undocumented(): ServiceError {
  return new ServiceError('upstream_invalid', 'SFS Turbo answered 200 with something undocumented');
}

/** SFS Turbo has one answer to a share that is missing and to one that may not be touched, and does not say which it was. */
export function namingShare(failure: ServiceError, shareId: ShareId): ServiceError {
  const { code, message } = failure;
  return code === 'upstream_forbidden' ? failure.reworded(`${message} (share_id ${shareId})`) : failure;
}
