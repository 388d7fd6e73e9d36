import { type Call, withinDeadline } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { noAnswer, type ServiceName } from '../net/answers.ts';
import type { RetryDeadline } from '../net/retry.ts';
import { createRefusals } from './refusals.ts';

/** What a token cache must know of a token. */
export interface Expiring {
  readonly expiresAtMs: number;
}

export interface TokenCache<T extends Expiring> {
  /**
   * The current token, fetched when missing or about to expire. Concurrent callers share one fetch.
   *
   * @throws {ServiceError} what the fetch throws, or threw where that is remembered; `upstream_timeout` when the caller's own
   *   time is up first
   */
  readonly get: (call: Call) => Promise<T>;
  /** Forgets a token that was refused, unless a newer one has taken its place. */
  readonly discard: (token: T) => void;
}

interface TokenFetch<T extends Expiring> {
  readonly service: ServiceName;
  /** Host and port of who makes the tokens, for the log. */
  readonly host: string;
  /**
   * @param deadline the latest of those who wait for the token
   * @param call the one that came first
   */
  readonly fetch: (deadline: RetryDeadline, call: Call) => Promise<T>;
  /**
   * For how many milliseconds nobody asks again after a failure that asking cannot mend, and may make worse: it is told to
   * all who come. Nothing for any other failure.
   */
  readonly refusedForMs: (error: ServiceError) => number | undefined;
  /** How long before its expiry a token is renewed, and over which time before that renewals are spread. */
  readonly renewBeforeMs?: number;
  readonly spreadMs?: number;
}

// covers clock skew and the requests that are still to be made with the token; spread, so that instances which started
// together do not renew together
const RENEW_BEFORE_MS = 120_000;
const RENEW_SPREAD_MS = 60_000;
// older than this, a fetch under way is one that a freeze has stopped: nobody joins it
const JOIN_WITHIN_MS = 2_000;

interface Flight<T> {
  readonly startedAtMs: number;
  readonly deadline: { deadlineAtMs: number; readonly log: Call['log'] };
  readonly token: Promise<T>;
}

/** Keeps one token to its issuer's expiry. State belongs to this instance. */
export function createTokenCache<T extends Expiring>(
  { service, host, fetch, refusedForMs, renewBeforeMs = RENEW_BEFORE_MS, spreadMs = RENEW_SPREAD_MS }: TokenFetch<T>,
  runtime: Runtime,
): TokenCache<T> {
  let cached: { readonly token: T; readonly renewAtMs: number } | undefined;
  let flight: Flight<T> | undefined;
  const refusals = createRefusals(runtime);

  async function get(call: Call): Promise<T> {
    const nowMs = runtime.now();
    if (cached !== undefined && nowMs < cached.renewAtMs) return cached.token;
    const refusal = refusals.current();
    if (refusal !== undefined) throw refusal;

    if (flight === undefined || nowMs - flight.startedAtMs > JOIN_WITHIN_MS) flight = takeOff(call);
    flight.deadline.deadlineAtMs = Math.max(flight.deadline.deadlineAtMs, call.deadlineAtMs);
    return withinDeadline(
      flight.token,
      call.deadlineAtMs - nowMs,
      () => noAnswer(service, { kind: 'timeout', host }).failure,
    );
  }

  function takeOff(call: Call): Flight<T> {
    const deadline = { deadlineAtMs: call.deadlineAtMs, log: call.log };
    const token = land(deadline, call).finally(() => {
      if (flight === started) flight = undefined;
    });
    token.catch(() => {}); // a prefetch may fail with nobody waiting
    const started: Flight<T> = { startedAtMs: runtime.now(), deadline, token };
    return started;
  }

  async function land(deadline: Flight<T>['deadline'], call: Call): Promise<T> {
    try {
      const token = await fetch(deadline, call);
      const renewAtMs = token.expiresAtMs - renewBeforeMs - runtime.random() * spreadMs;
      // a fetch that a freeze had stopped may end after the one that took its place
      if (cached === undefined || cached.renewAtMs < renewAtMs) cached = { token, renewAtMs };
      refusals.forget();
      return token;
    } catch (error) {
      const forMs = error instanceof ServiceError ? refusedForMs(error) : undefined;
      if (error instanceof ServiceError && forMs !== undefined) refusals.remember(error, forMs);
      throw error;
    }
  }

  return {
    get,
    discard: (token) => {
      if (cached?.token === token) cached = undefined;
    },
  };
}
