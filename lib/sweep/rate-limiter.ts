import type { Permits } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { backoffMs, MAX_BACKOFF_MS } from '../net/retry.ts';

export interface RateLimits {
  readonly ratePerSecond: number;
  /** Requests in flight. */
  readonly concurrency: number;
}

/** One run's measure of its requests. */
export interface RateLimiter {
  /** The way through it for requests that must have gone out before `closesAtMs`. */
  readonly until: (closesAtMs: number) => Permits;
}

const WINDOW_MS = 1_000;

/**
 * Lets requests out one after another, in the order in which they came.
 *
 * A request counts against the rate from when it leaves until one second after its answer: it arrived somewhere in
 * between, so the service sees no more than the rate in any second, however long each one was under way. Requests that
 * were sent just one second apart could arrive closer than that.
 */
export function createRateLimiter({ ratePerSecond, concurrency }: RateLimits, runtime: Runtime): RateLimiter {
  const mostInFlight = Math.min(concurrency, ratePerSecond);
  const answeredAtMs: number[] = [];
  let inFlight = 0;
  let pausedUntilMs = 0;
  let pauses = 0;
  let last: Promise<void> = Promise.resolve();
  let onAnswer = (): void => {};

  function waitMs(nowMs: number): number {
    let [oldest] = answeredAtMs;
    // the second half is for a clock that was set back
    while (oldest !== undefined && (oldest <= nowMs - WINDOW_MS || oldest > nowMs + WINDOW_MS)) {
      answeredAtMs.shift();
      [oldest] = answeredAtMs;
    }
    const pauseMs = Math.max(0, pausedUntilMs - nowMs);
    const isFull = inFlight + answeredAtMs.length >= ratePerSecond;
    return oldest === undefined || !isFull ? pauseMs : Math.max(pauseMs, oldest + WINDOW_MS - nowMs);
  }

  async function waitForLeave(closesAtMs: number): Promise<void> {
    for (;;) {
      const nowMs = runtime.now();
      const ms = waitMs(nowMs);
      if (nowMs + ms >= closesAtMs) throw new ServiceError('out_of_time', 'no permit to send in time');
      if (inFlight >= mostInFlight) {
        // every request ends by its own limit, so this does too
        await new Promise<void>((resolve) => {
          onAnswer = resolve;
        });
      } else if (ms > 0) {
        await runtime.sleep(ms);
      } else {
        return;
      }
    }
  }

  async function acquire(closesAtMs: number): Promise<() => void> {
    const before = last;
    let letNext = (): void => {};
    last = new Promise((resolve) => {
      letNext = resolve;
    });
    await before;
    try {
      await waitForLeave(closesAtMs);
      inFlight += 1;
    } finally {
      letNext();
    }
    return () => {
      inFlight -= 1;
      answeredAtMs.push(runtime.now());
      onAnswer();
    };
  }

  function pause(retryAfterMs: number | undefined): void {
    const nowMs = runtime.now();
    // answers of requests that were under way together tell of one and the same throttling
    if (nowMs >= pausedUntilMs) pauses = nowMs - pausedUntilMs < MAX_BACKOFF_MS ? pauses + 1 : 1;
    const ms = retryAfterMs ?? backoffMs('throttled', pauses, runtime.random);
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + ms);
  }

  return {
    until: (closesAtMs) => ({
      acquire: () => acquire(closesAtMs),
      pause,
      isOpen: () => Math.max(runtime.now(), pausedUntilMs) < closesAtMs,
    }),
  };
}
