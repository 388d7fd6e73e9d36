import type { Call } from '../core/call.ts';
import type { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';

/** Why an attempt may be made again. */
export type RetryKind = 'transient' | 'throttled';

/**
 * The numbers of the AWS SDKs' current standard mode: base of the back-off, and what a retry takes out of the budget.
 */
const RETRY_RULES: Readonly<Record<RetryKind, { readonly baseMs: number; readonly cost: number }>> = {
  transient: { baseMs: 50, cost: 14 },
  throttled: { baseMs: 1_000, cost: 5 },
};
export const MAX_BACKOFF_MS = 20_000;
const BUDGET_TOKENS = 500;
// an attempt that cannot even connect and be answered in this time is not worth starting
const SHORTEST_ATTEMPT_MS = 50;

/** Upstream statuses that a later attempt may not meet again. */
const KIND_BY_STATUS: ReadonlyMap<number, RetryKind> = new Map([
  [408, 'transient'],
  [429, 'throttled'],
  [500, 'transient'],
  [502, 'transient'],
  [503, 'transient'],
  [504, 'transient'],
]);

/** Codes whose documented remedy is to wait and try again, whatever status they come with. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'SFS.TURBO.0005', // internal server error; documented with 400 as well as 500
  'SFS.TURBO.0011', // another operation is in progress
  'SFS.TURBO.0036',
  'SFS.TURBO.0037', // operation conflict, client retry
  'SFS.TURBO.0103', // the file system is being processed
]);

export function retryKindOf(status: number, errCode: string | undefined): RetryKind | undefined {
  return (
    KIND_BY_STATUS.get(status) ?? (errCode !== undefined && TRANSIENT_CODES.has(errCode) ? 'transient' : undefined)
  );
}

export interface FailedAttempt {
  readonly failure: ServiceError;
  /** Absent: not worth another attempt. */
  readonly retry?: RetryKind | undefined;
  /** What `Retry-After` asked for. */
  readonly retryAfterMs?: number | undefined;
}
export type Attempt<T> = { readonly value: T } | FailedAttempt;

/** By when, and where to log. Read anew before each attempt, since a shared fetch may gain callers who have more time. */
export type RetryDeadline = Pick<Call, 'deadlineAtMs' | 'log'>;

export interface Retrier {
  /**
   * Makes attempts until one succeeds or fails for good, the attempts or the budget are used up, or the next one would not
   * fit before the deadline.
   *
   * @returns every attempt, in order; the last one counts
   */
  readonly attempts: <A extends Attempt<unknown>>(
    deadline: RetryDeadline,
    attempt: (remainingMs: number) => Promise<A>,
  ) => Promise<readonly [...A[], A]>;
  /**
   * The value of the last of {@link attempts}.
   *
   * @throws {ServiceError} its failure
   */
  readonly run: <T>(deadline: RetryDeadline, attempt: (remainingMs: number) => Promise<Attempt<T>>) => Promise<T>;
}

/** The one retry loop. Its budget belongs to this instance: when most calls fail, retrying stops making things worse. */
export function createRetrier(maxAttempts: number, runtime: Runtime): Retrier {
  let budgetTokens = BUDGET_TOKENS;

  /** How long to wait before another attempt; absent when there is to be none. */
  function waitMs(
    { retry, retryAfterMs = 0 }: FailedAttempt,
    number: number,
    deadlineAtMs: number,
  ): number | undefined {
    if (retry === undefined || number >= maxAttempts || budgetTokens < RETRY_RULES[retry].cost) return undefined;
    const ms = Math.max(backoffMs(retry, number, runtime.random), retryAfterMs);
    return runtime.now() + ms + SHORTEST_ATTEMPT_MS < deadlineAtMs ? ms : undefined;
  }

  async function attempts<A extends Attempt<unknown>>(
    deadline: RetryDeadline,
    attempt: (remainingMs: number) => Promise<A>,
  ): Promise<readonly [...A[], A]> {
    const earlier: A[] = [];
    let spentTokens = 1;
    for (let number = 1; ; number += 1) {
      const latest = await attempt(deadline.deadlineAtMs - runtime.now());
      if ('value' in latest) {
        budgetTokens = Math.min(BUDGET_TOKENS, budgetTokens + spentTokens);
        return [...earlier, latest];
      }
      const ms = waitMs(latest, number, deadline.deadlineAtMs);
      if (latest.retry === undefined || ms === undefined) return [...earlier, latest];

      earlier.push(latest);
      spentTokens = RETRY_RULES[latest.retry].cost;
      budgetTokens -= spentTokens;
      deadline.log.debug('retry', { reason: latest.failure.code, attempts: number, retry_in_ms: Math.round(ms) });
      await runtime.sleep(ms);
    }
  }

  return {
    attempts,
    run: async (deadline, attempt) => {
      const last = (await attempts(deadline, attempt)).at(-1);
      if (last === undefined) throw new TypeError('a retry loop without an attempt');
      if ('value' in last) return last.value;
      throw last.failure;
    },
  };
}

/** Full jitter: anything from nothing to the doubled base, so that callers who failed together do not return together. */
export function backoffMs(kind: RetryKind, attempts: number, random: Runtime['random']): number {
  return random() * Math.min(RETRY_RULES[kind].baseMs * 2 ** (attempts - 1), MAX_BACKOFF_MS);
}

// the three forms of RFC 9110, 5.6.7; the last one, asctime's, does not say that it is GMT
const HTTP_DATE = /^[A-Z][a-z]{2,8},? [A-Za-z0-9 -]+ \d{2}:\d{2}:\d{2} (GMT|\d{4})$/;

/**
 * `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). Anything else counts as absent.
 */
export function parseRetryAfterMs(value: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Date.parse alone would find a date in "in 3000" too
  if (!HTTP_DATE.test(text)) return undefined;
  const atMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
