import { ServiceError, type UpstreamAnswer } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { CODE_BY_UPSTREAM_STATUS } from '../core/status.ts';
import { parseErrorBody } from './error-body.ts';
import { type FailedAttempt, parseRetryAfterMs, type RetryKind, retryKindOf } from './retry.ts';
import { type FailureKind, type Reply, TransportFailure } from './transport.ts';

/** How the other side is called in messages. */
export type ServiceName = 'IAM' | 'SFS Turbo' | 'Feishu';

/** What a caller is told when the service said nothing useful about waiting. */
const DEFAULT_RETRY_AFTER_MS = 5_000;
// a longer wait is no use to a caller, and may be a mistake of the service's clock
const MAX_TOLD_RETRY_AFTER_MS = 3_600_000;

const RETRY_BY_FAILURE: Readonly<Record<FailureKind, RetryKind | undefined>> = {
  unreachable: 'transient',
  reset: 'transient',
  timeout: 'transient',
  untrusted: undefined,
  garbage: undefined,
};

/** The id that the service gave to the request; log and caller need it to ask Huawei Cloud about it. */
export function upstreamRequestId(reply: Reply): string | undefined {
  const id = reply.headers['x-request-id'];
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? id : undefined;
}

/** What is known of an answer that is a failure. */
export function toUpstreamAnswer(reply: Reply): UpstreamAnswer {
  return { status: reply.status, requestId: upstreamRequestId(reply), ...parseErrorBody(reply.body) };
}

// what an echo is known by; the rest of a token need not fit into a message
const ECHO_LENGTH = 32;

/** The answer as it is passed on: one that repeats what let the request in says nothing. */
export function withoutEcho(reply: Reply, secrets: readonly (string | undefined)[]): Reply {
  // of a success no text is passed on; of a failure it is decoded and written anew, so that no escape hides an echo
  const body = reply.status < 300 ? '' : (JSON.stringify(parseJson(reply.body)) ?? reply.body);
  const told = `${body}\n${upstreamRequestId(reply)}`;
  const echoes = secrets.some((secret) => secret !== undefined && told.includes(secret.slice(0, ECHO_LENGTH)));
  return echoes ? { ...reply, headers: {}, body: '' } : reply;
}

/** An attempt that got no answer, or one that broke off. */
export function noAnswer(service: ServiceName, failure: TransportFailure): FailedAttempt {
  const options = { cause: failure };
  const retry = RETRY_BY_FAILURE[failure.kind];
  switch (failure.kind) {
    case 'unreachable':
      return { retry, failure: new ServiceError('upstream_unavailable', `${service} cannot be reached`, options) };
    case 'reset':
      return {
        retry,
        failure: new ServiceError('upstream_unavailable', `${service} broke off the connection`, options),
      };
    case 'timeout':
      return { retry, failure: new ServiceError('upstream_timeout', `${service} did not answer in time`, options) };
    case 'untrusted':
      return { retry, failure: new ServiceError('upstream_invalid', `${service} has no valid certificate`, options) };
    case 'garbage':
      return { retry, failure: new ServiceError('upstream_invalid', `${service} did not answer in HTTP`, options) };
    default:
      failure.kind satisfies never;
      throw failure;
  }
}

/**
 * An answer that is no success, by the table in `status.ts`. A failure status is believed only with one of the documented
 * error bodies, or where gateways are known to answer without (429, 502, 503, 504).
 */
export function failedAnswer(service: ServiceName, reply: Reply, nowMs: number): FailedAttempt {
  if (reply.cut === 'reset' || reply.cut === 'timeout') {
    return noAnswer(service, new TransportFailure(reply.cut, true));
  }
  const upstream = toUpstreamAnswer(reply);
  const retry = retryKindOf(reply.status, upstream.errCode);
  const code = CODE_BY_UPSTREAM_STATUS.get(reply.status);
  const invalid = (problem: string): FailedAttempt => ({
    failure: new ServiceError('upstream_invalid', `${service} ${problem}`, { upstream }),
    retry,
  });

  if (reply.cut === 'too_large') return invalid('answered with more than 64 KiB');
  if (code === undefined) return invalid(`answered with the undocumented status ${reply.status}`);
  switch (code) {
    case 'upstream_throttled': {
      const retryAfterMs = parseRetryAfterMs(reply.headers['retry-after'], nowMs);
      const options = {
        upstream,
        retryAfterMs: Math.min(retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, MAX_TOLD_RETRY_AFTER_MS),
      };
      return {
        failure: new ServiceError(code, upstream.errMsg || `${service} throttles`, options),
        retry,
        retryAfterMs,
      };
    }
    case 'upstream_unavailable':
      return { failure: new ServiceError(code, `${service} is not available (${reply.status})`, { upstream }), retry };
    case 'upstream_timeout':
      return { failure: new ServiceError(code, `${service} did not answer its gateway in time`, { upstream }), retry };
    default:
      if (upstream.errCode === undefined) return invalid(`answered ${reply.status} without a readable error`);
      return { failure: new ServiceError(code, upstream.errMsg ?? '', { upstream }), retry };
  }
}
