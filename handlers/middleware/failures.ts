import type { MiddlewareObj } from '@middy/core';
import { type ServiceError, toServiceError } from '../../lib/core/errors.ts';
import { describeBug, type LogFactory } from '../../lib/core/log.ts';
import type { Answer } from '../platform/answer.ts';
import type { HttpEvent } from './router.ts';

/** Turns whatever a chain throws into an answer. What operators must know of it goes to the log. */
export function failures(logs: LogFactory): MiddlewareObj<HttpEvent, Answer> {
  return {
    onError: (request) => {
      const error = toServiceError(request.error);
      const log = logs(request.event.invocation.requestId);
      if (error.code === 'internal') log.error('bug', { bug: describeBug(error.cause) });
      if (error.code === 'misconfigured') log.error('config.faults', { faults: error.faults });
      request.response = toAnswer(error);
    },
  };
}

// the messages of these name the field, or what is not allowed; in those of the function's own there is no value
const LOGGED_MESSAGES: ReadonlySet<string> = new Set([
  'invalid_input',
  'feature_invalid',
  'media_type',
  'forbidden',
  'upstream_bad_request',
  'upstream_forbidden',
  'body_too_large',
]);

/** A failure as the table in `status.ts` has it. A bug tells the caller only that it is one. */
function toAnswer(error: ServiceError): Answer {
  const { code, status, errCode, message, upstream, retryAfterMs, allow, reason, clockOffS, challenge } = error;
  return {
    status,
    body: { errCode, errMsg: message },
    failure: { errCode, reason: reason ?? (LOGGED_MESSAGES.has(code) ? message : undefined), clockOffS },
    upstreamRequestId: upstream?.requestId,
    headers: {
      ...(challenge !== undefined && { 'www-authenticate': challenge }),
      ...(allow !== undefined && { allow: allow.join(', ') }),
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }),
    },
  };
}
