import { ServiceError } from '../core/errors.ts';
import { failedAnswer, type ServiceName } from '../net/answers.ts';
import type { Reply } from '../net/request.ts';
import type { FailedAttempt } from '../net/retry.ts';

/** What an answer means that has no token and no key in it. @param refused who refused whom, for the message of a refusal */
export function toRefused(service: ServiceName, refused: string, reply: Reply, nowMs: number): FailedAttempt {
  const failed = failedAnswer(service, reply, nowMs);
  const { upstream } = failed.failure;
  switch (reply.status) {
    case 400:
    case 401:
    case 403:
    case 404:
      return { failure: new ServiceError('iam_rejected', `${refused} (${reply.status})`, { upstream }) };
    case 409: // documented for SFS Turbo only
      return invalidAnswer(service, 'the undocumented status 409');
    case 500: {
      // not passed on as SFS Turbo's 500 is: the task has not been touched
      const failure = new ServiceError('upstream_unavailable', `${service} is not available (500)`, { upstream });
      return { ...failed, failure };
    }
    default:
      return failed;
  }
}

export function invalidAnswer(service: ServiceName, what: string): FailedAttempt {
  return { failure: new ServiceError('upstream_invalid', `${service} answered with ${what}`) };
}
