import { type ServiceError, toServiceError } from '../../lib/core/errors.ts';
import { describeBug, type LogFields } from '../../lib/core/log.ts';
import type { Apps } from './apps.ts';
import type { Invocation } from './invocation.ts';

/** What a route answers with. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly upstreamRequestId?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Why it is a failure, for the log only. */
  readonly reason?: string | undefined;
}

/** What every gateway takes: FunctionGraph's wants all four keys, and plain strings as header values. */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

export function toResponse(answer: Answer, requestId: string): GatewayResponse {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
  };
  if (answer.upstreamRequestId !== undefined) headers['x-upstream-request-id'] = answer.upstreamRequestId;
  if (answer.headers !== undefined) Object.assign(headers, answer.headers);
  return { statusCode: answer.status, headers, body: JSON.stringify(answer.body), isBase64Encoded: false };
}

const OWN_WORDS: ReadonlySet<string> = new Set(['invalid_input', 'feature_invalid', 'media_type', 'body_too_large']);

/** A failure as the table in `status.ts` has it; a bug says nothing but that it is one. */
export function toErrorAnswer(error: ServiceError): Answer {
  const { status, errCode, message, upstream, retryAfterMs, allow } = error;
  return {
    status,
    // these messages are ours: they name the field, and never its value
    reason: error.reason ?? (OWN_WORDS.has(error.code) ? message : undefined),
    body: { errCode, errMsg: message },
    upstreamRequestId: upstream?.requestId,
    headers: {
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(allow !== undefined && { allow: allow.join(', ') }),
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }),
    },
  };
}

/** Any thrown value as an answer. What operators must know of it goes to the log. */
export function answerFailure(thrown: unknown, { requestId }: Invocation, logs: Apps['logs']): Answer {
  const error = toServiceError(thrown);
  const log = logs(requestId);
  if (error.code === 'internal') log.error('bug', { bug: describeBug(error.cause) });
  if (error.code === 'misconfigured') log.error('config.faults', { faults: error.faults });
  return toErrorAnswer(error);
}

/** The line of an HTTP request, which tells of it when nothing else does. */
export function requestLine(route: string, method: string, answer: Answer, durationMs: number): LogFields {
  const body = answer.body as { errCode?: string } | null;
  return {
    route,
    method,
    status: answer.status,
    err_code: body?.errCode,
    reason: answer.reason,
    duration_ms: durationMs,
  };
}
