import { type ServiceError, toServiceError } from '../../lib/core/errors.ts';
import { describeBug, type Log } from '../../lib/core/log.ts';

/** What a route answers with. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly upstreamRequestId?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log, where the answer is a failure. */
  readonly failure?: { readonly errCode: string; readonly reason: string | undefined };
}

/** What every gateway takes: FunctionGraph's wants all four keys, and plain strings as header values. */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

export function toResponse({ status, body, headers, upstreamRequestId }: Answer, requestId: string): GatewayResponse {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...(upstreamRequestId !== undefined && { 'x-upstream-request-id': upstreamRequestId }),
      ...headers,
    },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

// the messages of these name the field, and never its value
const LOGGED_MESSAGES: ReadonlySet<string> = new Set([
  'invalid_input',
  'feature_invalid',
  'media_type',
  'body_too_large',
]);

/** A failure as the table in `status.ts` has it. A bug tells the caller only that it is one. */
function toErrorAnswer(error: ServiceError): Answer {
  const { code, status, errCode, message, upstream, retryAfterMs, allow, reason } = error;
  return {
    status,
    body: { errCode, errMsg: message },
    failure: { errCode, reason: reason ?? (LOGGED_MESSAGES.has(code) ? message : undefined) },
    upstreamRequestId: upstream?.requestId,
    headers: {
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(allow !== undefined && { allow: allow.join(', ') }),
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }),
    },
  };
}

/** Any thrown value as an answer. What operators must know of it goes to the log. */
export function answerFailure(thrown: unknown, log: Log): Answer {
  const error = toServiceError(thrown);
  if (error.code === 'internal') log.error('bug', { bug: describeBug(error.cause) });
  if (error.code === 'misconfigured') log.error('config.faults', { faults: error.faults });
  return toErrorAnswer(error);
}
