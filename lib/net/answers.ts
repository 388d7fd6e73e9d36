import { ServiceError, type ServiceErrorOptions, type UpstreamAnswer } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { CODE_BY_UPSTREAM_STATUS, type ErrorCode } from '../core/status.ts';
import { parseErrorBody } from './error-body.ts';
import type { FailureKind, Reply, TransportFailure } from './request.ts';
import { type FailedAttempt, parseRetryAfterMs, type RetryKind, retryKindOf } from './retry.ts';

/** The name of the other side in messages. */
export type ServiceName = 'IAM' | 'STS' | 'SFS Turbo' | 'Feishu' | 'FunctionGraph';

/** What a caller is told when the service said nothing useful about waiting. */
const DEFAULT_RETRY_AFTER_MS = 5_000;
// a longer wait is no use to a caller, and may be a mistake of the service's clock
const MAX_TOLD_RETRY_AFTER_MS = 3_600_000;

interface NoAnswer {
  readonly code: ErrorCode;
  readonly problem: string;
  readonly retry?: RetryKind;
}

const NO_ANSWER_BY_KIND: Readonly<Record<FailureKind, NoAnswer>> = {
  unreachable: { code: 'upstream_unavailable', problem: 'cannot be reached', retry: 'transient' },
  reset: { code: 'upstream_unavailable', problem: 'broke off the connection', retry: 'transient' },
  timeout: { code: 'upstream_timeout', problem: 'did not answer in time', retry: 'transient' },
  untrusted: { code: 'upstream_invalid', problem: 'has no valid certificate' },
  garbage: { code: 'upstream_invalid', problem: 'did not answer in HTTP' },
};

/** An attempt that got no answer, or one that broke off. Its reason, for the log only, names the host and the cause. */
export function noAnswer(service: ServiceName, failure: TransportFailure): FailedAttempt {
  const { code, problem, retry } = NO_ANSWER_BY_KIND[failure.kind];
  const options = { cause: failure.cause, reason: describeFailure(failure) };
  return { retry, failure: new ServiceError(code, `${service} ${problem}`, options) };
}

/** An attempt whose answer broke off; nothing where the answer is whole or too large. */
export function brokenOff(service: ServiceName, { truncated, host }: Reply): FailedAttempt | undefined {
  return truncated === 'reset' || truncated === 'timeout' ? noAnswer(service, { kind: truncated, host }) : undefined;
}

/** Host, kind and cause for the log: `127.0.0.1:9: unreachable, ECONNREFUSED`. */
export function describeFailure({ kind, host, cause }: TransportFailure): string {
  const code = isRecord(cause) && typeof cause['code'] === 'string' ? `, ${cause['code']}` : '';
  return `${host === undefined ? '' : `${host}: `}${kind}${code}`;
}

/** The id that the service gave to the request; log and caller need it to ask Huawei Cloud about it. */
export function upstreamRequestId(reply: Reply): string | undefined {
  const id = reply.headers['x-request-id'];
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? id : undefined;
}

/** What is known of an answer that is a failure. */
function toUpstreamAnswer(reply: Reply): UpstreamAnswer {
  return { status: reply.status, requestId: upstreamRequestId(reply), ...parseErrorBody(reply.body) };
}

/**
 * An answer that is no success, by the table in `status.ts`. A failure status is believed only with one of the documented
 * error bodies, or where gateways are known to answer without (429, 502, 503, 504).
 */
export function failedAnswer(service: ServiceName, reply: Reply, nowMs: number): FailedAttempt {
  const broken = brokenOff(service, reply);
  if (broken !== undefined) return broken;
  const upstream = toUpstreamAnswer(reply);
  const retry = retryKindOf(reply.status, upstream.errCode);
  const fail = (code: ErrorCode, message: string, options: ServiceErrorOptions = {}): FailedAttempt => ({
    failure: new ServiceError(code, message, { upstream, ...options }),
    retry,
  });
  const code = CODE_BY_UPSTREAM_STATUS.get(reply.status);

  if (reply.truncated === 'too_large') return fail('upstream_invalid', `${service} answered with more than 64 KiB`);
  switch (code) {
    case undefined:
      return fail('upstream_invalid', `${service} answered with the undocumented status ${reply.status}`);
    case 'upstream_throttled': {
      const retryAfterMs = parseRetryAfterMs(reply.headers['retry-after'], nowMs);
      const toldMs = Math.min(retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, MAX_TOLD_RETRY_AFTER_MS);
      return { ...fail(code, upstream.errMsg || `${service} throttles`, { retryAfterMs: toldMs }), retryAfterMs };
    }
    case 'upstream_unavailable':
      return fail(code, `${service} is not available (${reply.status})`);
    case 'upstream_timeout':
      return fail(code, `${service} did not answer its gateway in time`);
    default:
      if (upstream.errCode !== undefined) return fail(code, upstream.errMsg || `${service} gave no reason`);
      return fail('upstream_invalid', `${service} answered ${reply.status} without a readable error`);
  }
}
