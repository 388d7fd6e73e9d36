import { isOutOfTime, ServiceError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { ACCEPTED_STATUSES, TASK_NOT_FOUND } from '../core/status.ts';
import type { ShareId } from '../core/task.ts';
import type { AuthorizedSent } from '../iam/credentials.ts';
import { noAnswer, upstreamRequestId } from '../net/answers.ts';
import type { Reply } from '../net/request.ts';
import type { FailedAttempt } from '../net/retry.ts';
import { failedReply, namingShare } from './failures.ts';

/** How a DELETE that did not fail ended. */
export type DeleteOutcome = 'accepted' | 'already_gone';

/** One attempt of a DELETE, with what became of its request. */
type DeleteAttempt = ({ readonly value: Reply } | FailedAttempt) & { readonly sent: AuthorizedSent };

export interface Deleted {
  readonly outcome: DeleteOutcome;
  /** How often the DELETE was sent. */
  readonly sends: number;
  readonly upstreamStatus: number;
  readonly upstreamRequestId: string | undefined;
}

export interface DeleteFailed {
  readonly failure: ServiceError;
  /** How often the DELETE was sent. */
  readonly sends: number;
}

export function toDeleteAttempt(sent: AuthorizedSent, shareId: ShareId, nowMs: number): DeleteAttempt {
  if ('withheld' in sent) return { sent, failure: sent.withheld };
  if ('failure' in sent) return { sent, ...noAnswer('SFS Turbo', sent.failure) };
  if (isAccepted(sent.reply)) return { sent, value: sent.reply };
  const failed = failedReply(sent.reply, nowMs);
  return { sent, ...failed, failure: namingShare(failed.failure, shareId) };
}

/**
 * Whether an answer says that the DELETE was accepted. The status line decides, and the body is documented as empty; but a
 * whole page in place of it is some proxy's, whose 200 means nothing.
 */
function isAccepted({ status, body, truncated }: Reply): boolean {
  if (!ACCEPTED_STATUSES.has(status) || truncated === 'too_large') return false;
  return body.trim() === '' || parseJson(body) !== undefined;
}

/** What all attempts of a DELETE came to. @param wasListed whether the task was seen in a listing */
export function judgeAttempts(
  attempts: readonly [...DeleteAttempt[], DeleteAttempt],
  wasListed: boolean,
): Deleted | DeleteFailed {
  const sends = attempts.reduce((sum, { sent }) => sum + sent.sends, 0);
  const mayBeDone = attempts.some(mayHaveDeleted);
  const last = attempts[attempts.length - 1] ?? attempts[0];
  if ('value' in last) return { sends, ...endedAs('accepted', last.value) };
  if ((mayBeDone || wasListed) && 'reply' in last.sent && isTaskNotFound(last.failure, last.sent.reply)) {
    return { sends, ...endedAs('already_gone', last.sent.reply) };
  }
  return { sends, failure: tellFate(failureOf(attempts, sends), mayBeDone) };
}

function endedAs(outcome: DeleteOutcome, reply: Reply) {
  return { outcome, upstreamStatus: reply.status, upstreamRequestId: upstreamRequestId(reply) };
}

function isTaskNotFound({ upstream }: ServiceError, { status }: Reply): boolean {
  return status === 404 && upstream?.errCode === TASK_NOT_FOUND;
}

/** Whether a failed attempt may have been carried out: 3xx and 4xx are refusals, whole or truncated. */
function mayHaveDeleted({ sent }: DeleteAttempt): boolean {
  return sent.mayHaveArrived || ('reply' in sent && (sent.reply.status >= 500 || sent.reply.status < 300));
}

/** The last failure. When the run's time is over, the caller must hear of the last request and not of the missing permit. */
function failureOf(attempts: readonly DeleteAttempt[], sends: number): ServiceError {
  const failures = attempts.flatMap((attempt) => ('failure' in attempt ? [attempt.failure] : []));
  const told = failures.findLast((failure) => sends === 0 || !isOutOfTime(failure));
  return told ?? new ServiceError('upstream_timeout', 'no time was left to ask SFS Turbo again');
}

/**
 * Our own messages tell a caller whether the task may be gone. What was said to us is passed on as it is, unless it hides that
 * an earlier attempt may have been carried out; SFS Turbo's 500 says nothing about the task, so it is passed on as it is.
 */
export function tellFate(failure: ServiceError, mayBeDone: boolean): ServiceError {
  const tell = (fate: string): ServiceError => failure.reworded(`${failure.message}${fate}`, { mayBeDone });
  switch (failure.code) {
    case 'iam_rejected':
    case 'upstream_invalid':
    case 'upstream_unavailable':
    case 'upstream_timeout':
      return tell(mayBeDone ? '; the DELETE may have been carried out' : '; the DELETE was not carried out');
    case 'upstream_bad_request':
    case 'upstream_forbidden':
    case 'upstream_conflict':
    case 'upstream_throttled':
    case 'task_not_found':
      return mayBeDone ? tell('; the DELETE may have been carried out') : failure;
    case 'upstream_error':
      return tell('');
    default:
      return failure;
  }
}
