import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { withoutEcho } from './echo.ts';
import type { Request, Sent } from './request.ts';
import { parseRetryAfterMs } from './retry.ts';
import type { Transport } from './transport.ts';

/**
 * Sends one request of a call: with a permit, where the call has a rate limit, and within the call's time.
 *
 * @param prepare makes the request once the permit is there, because a signature must not wait for minutes
 * @throws {ServiceError} `out_of_time` when there was no permit in time, or the call was stopped; nothing was sent
 */
export type PermittedSend = (prepare: () => Request, call: Call) => Promise<Sent>;

const SECRET_HEADERS = ['x-auth-token', 'authorization', 'x-security-token'] as const;

export function createPermittedSend(requestTimeoutMs: number, transport: Transport, runtime: Runtime): PermittedSend {
  return async (prepare, { permits, deadlineAtMs, stop }) => {
    const release = await permits?.acquire();
    try {
      if (stop?.aborted) throw new ServiceError('out_of_time', 'it was stopped before this was sent');
      const limitMs = Math.min(requestTimeoutMs, deadlineAtMs - runtime.now());
      if (limitMs <= 0) return { failure: { kind: 'timeout' }, sends: 0, mayHaveArrived: false };
      const request = prepare();
      // with a rate limit every request is counted, so none may go out twice on one permit
      const resend = permits === undefined ? 'always' : 'never';
      const sent = await transport.send(request, limitMs, resend);
      if ('failure' in sent) return sent;
      const { status, headers } = sent.reply;
      if (status === 429) permits?.pause(parseRetryAfterMs(headers['retry-after'], runtime.now()));
      const secrets = SECRET_HEADERS.map((name) => request.headers[name]);
      return { ...sent, reply: withoutEcho(sent.reply, secrets) };
    } finally {
      release?.();
    }
  };
}
