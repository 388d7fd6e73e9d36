import type { Call } from '../core/call.ts';
import type { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';

/** Why an attempt may be made again. */
export type RetryKind = 'transient' | 'throttled';

/**
 * The numbers of the AWS SDKs' current standard mode: base of the back-off, and what a retry takes out of the budget.
 */
export const RETRY_RULES: Readonly<Record<RetryKind, { readonly baseMs: number; readonly cost: number }>> = {
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

export interface Retrier {
  /**
   * Runs `attempt` until it succeeds, fails for good, has used up its attempts or the budget, or the next one would not
   * fit before the deadline.
   *
   * @param deadline read anew before each attempt, since a shared flight may gain callers who have more time
   * @throws {ServiceError} the last failure
   */
  readonly run: <T>(
    deadline: Pick<Call, 'deadlineAtMs' | 'log'>,
    attempt: (number: number, remainingMs: number) => Promise<Attempt<T>>,
  ) => Promise<T>;
}

/** The one retry loop. Its budget belongs to this instance: when most calls fail, retrying stops making things worse. */
export function createRetrier(maxAttempts: number, runtime: Runtime): Retrier {
  let budgetTokens = BUDGET_TOKENS;

  async function run<T>(
    deadline: Pick<Call, 'deadlineAtMs' | 'log'>,
    attempt: (number: number, remainingMs: number) => Promise<Attempt<T>>,
  ): Promise<T> {
    let spentTokens = 1;
    for (let number = 1; ; number += 1) {
      const result = await attempt(number, deadline.deadlineAtMs - runtime.now());
      if ('value' in result) {
        budgetTokens = Math.min(BUDGET_TOKENS, budgetTokens + spentTokens);
        return result.value;
      }
      const { failure, retry, retryAfterMs } = result;
      if (retry === undefined || number >= maxAttempts) throw failure;

      const { cost } = RETRY_RULES[retry];
      const waitMs = Math.max(backoffMs(retry, number, runtime.random), retryAfterMs ?? 0);
      const fits = runtime.now() + waitMs + SHORTEST_ATTEMPT_MS < deadline.deadlineAtMs;
      if (!fits || budgetTokens < cost) throw failure;

      budgetTokens -= cost;
      spentTokens = cost;
      deadline.log.debug('retry', { reason: failure.code, attempts: number, retry_in_ms: Math.round(waitMs) });
      await runtime.sleep(waitMs);
    }
  }

  return { run };
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
