import type { AccountSettings } from '../config/targets.ts';
import type { AccessKey, Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { noAnswer } from '../net/answers.ts';
import { withoutEcho } from '../net/echo.ts';
import type { Attempt, Retrier, RetryDeadline } from '../net/retry.ts';
import type { Transport } from '../net/transport.ts';
import { type AssumedKey, exchangeOf, parseAssumed } from './assume-exchange.ts';
import { CONTENT_TYPE, REMEMBER_REFUSAL_MS } from './credentials.ts';
import type { KeySource } from './key-source.ts';
import { invalidAnswer, toRefused } from './refused-answer.ts';
import type { Renewable } from './renewing-send.ts';
import { signRequest } from './signer.ts';
import { createTokenCache } from './token-cache.ts';
import { createTokenWatch } from './token-watch.ts';

interface Dependencies {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

const RENEWAL = { renewBeforeMs: 5 * 60_000, spreadMs: 0 } as const;

/**
 * The keys of the agency in another account: one for all targets there, assumed with the function's own key. `current` throws
 * `iam_rejected` when the agency is refused, now or lately, and `upstream_*` when the service cannot be reached or its answer
 * cannot be used.
 */
export function createAssumedKeys(
  account: AccountSettings,
  requestTimeoutMs: number,
  own: KeySource,
  { transport, retrier, runtime }: Dependencies,
): Renewable<AssumedKey> {
  const exchange = exchangeOf(account);
  const { service, url, body } = exchange;

  async function attempt(key: AccessKey, remainingMs: number): Promise<Attempt<AssumedKey>> {
    const request = { method: 'POST', url, body } as const;
    const headers = signRequest(request, { 'content-type': CONTENT_TYPE }, key, runtime.now());
    const sentAtMs = runtime.now();
    const sent = await transport.send({ ...request, headers }, Math.min(requestTimeoutMs, remainingMs));
    if ('failure' in sent) return noAnswer(service, sent.failure);
    const { reply } = sent;
    if (reply.status !== exchange.status || reply.truncated !== undefined) {
      const refused = `${service} refused the function the agency in the target's account`;
      return toRefused(service, refused, withoutEcho(reply, [key.securityToken]), sentAtMs);
    }
    const assumed = parseAssumed(reply, exchange, sentAtMs);
    return typeof assumed === 'string' ? invalidAnswer(service, assumed) : { value: assumed };
  }

  async function assume(key: AccessKey, deadline: RetryDeadline): Promise<AssumedKey> {
    try {
      const assumed = await retrier.run(deadline, (remainingMs) => attempt(key, remainingMs));
      own.accept(key);
      return assumed;
    } catch (error) {
      if (error instanceof ServiceError && error.upstream?.status === 401) own.refuse(key);
      throw error;
    }
  }

  async function fetch(deadline: RetryDeadline, call: Call): Promise<AssumedKey> {
    const { name } = account;
    try {
      const assumed = await own.use(
        call,
        (key) => assume(key, deadline),
        () => true,
      );
      deadline.log.debug('iam.agency', { account: name });
      return assumed;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { code: outcome, why: reason, upstream } = error;
      const answered = { upstream_status: upstream?.status, err_code: upstream?.errCode };
      deadline.log[outcome === 'iam_rejected' ? 'error' : 'warn']('iam.agency', {
        account: name,
        outcome,
        reason,
        ...answered,
      });
      throw error;
    }
  }

  const cache = createTokenCache({ service, host: url.host, fetch, refusedForMs, ...RENEWAL }, runtime);
  const message = "a fresh key of the agency in the target's account has just been refused";
  const watch = createTokenWatch(cache.discard, message, runtime);
  return {
    watch,
    current: async (call) => {
      const refusal = watch.refusal();
      if (refusal !== undefined) throw refusal;
      return cache.get(call);
    },
  };
}

/** What the function's own key was refused for is the key's, and is remembered there. */
function refusedForMs({ code, upstream }: ServiceError): number | undefined {
  return code === 'iam_rejected' && upstream !== undefined && upstream.status !== 401 ? REMEMBER_REFUSAL_MS : undefined;
}
