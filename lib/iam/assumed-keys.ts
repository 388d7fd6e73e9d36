import type { AccountSettings } from '../config/targets.ts';
import type { AccessKey, Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { noAnswer } from '../net/answers.ts';
import { withoutEcho } from '../net/echo.ts';
import type { Attempt, Retrier, RetryDeadline } from '../net/retry.ts';
import type { Transport } from '../net/transport.ts';
import { type AssumedKey, type Exchange, exchangeOf, parseAssumed } from './assume-exchange.ts';
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
  const { service, url } = exchange;

  async function assume(key: AccessKey, deadline: RetryDeadline): Promise<AssumedKey> {
    try {
      const assumed = await retrier.run(deadline, (remainingMs) =>
        assumeOnce(exchange, key, Math.min(requestTimeoutMs, remainingMs), { transport, runtime }),
      );
      own.accept(key);
      return assumed;
    } catch (error) {
      if (error instanceof ServiceError && error.upstream?.status === 401) own.refuse(key);
      throw error;
    }
  }

  async function fetch(deadline: RetryDeadline, call: Call): Promise<AssumedKey> {
    try {
      const assumed = await own.use(
        call,
        (key) => assume(key, deadline),
        () => true,
      );
      deadline.log.debug('iam.agency', { account: account.name });
      return assumed;
    } catch (error) {
      if (error instanceof ServiceError) logFailure(error, account.name, deadline);
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

async function assumeOnce(
  exchange: Exchange,
  key: AccessKey,
  limitMs: number,
  { transport, runtime }: Pick<Dependencies, 'transport' | 'runtime'>,
): Promise<Attempt<AssumedKey>> {
  const { service, url, body, secret } = exchange;
  const request = { method: 'POST', url, body } as const;
  const headers = signRequest(request, { 'content-type': CONTENT_TYPE }, key, runtime.now());
  const sentAtMs = runtime.now();
  const sent = await transport.send({ ...request, headers }, limitMs);
  if ('failure' in sent) return noAnswer(service, sent.failure);
  const { reply } = sent;
  if (reply.status !== exchange.status || reply.truncated !== undefined) {
    const refused = `${service} refused the function the agency in the target's account`;
    return toRefused(
      service,
      refused,
      withoutEcho(reply, [key.securityToken, headers['authorization'], secret]),
      sentAtMs,
    );
  }
  const assumed = parseAssumed(reply, exchange, sentAtMs);
  return typeof assumed === 'string' ? invalidAnswer(service, assumed) : { value: assumed };
}

function logFailure(
  { code: outcome, why: reason, upstream }: ServiceError,
  account: string,
  { log }: RetryDeadline,
): void {
  const answered = { upstream_status: upstream?.status, err_code: upstream?.errCode };
  log[outcome === 'iam_rejected' ? 'error' : 'warn']('iam.agency', { account, outcome, reason, ...answered });
}

/** What the function's own key was refused for is the key's, and is remembered there. */
function refusedForMs({ code, upstream }: ServiceError): number | undefined {
  return code === 'iam_rejected' && upstream !== undefined && upstream.status !== 401 ? REMEMBER_REFUSAL_MS : undefined;
}
