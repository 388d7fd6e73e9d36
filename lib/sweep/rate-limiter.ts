import { OutOfTime, type Pace } from '../core/call.ts';
import { backoffMs, MAX_BACKOFF_MS } from '../net/retry.ts';
import type { World } from '../core/runtime.ts';

export interface PacerLimits {
  readonly ratePerSecond: number;
  /** Requests in flight. */
  readonly concurrency: number;
}

/** One run's measure of its requests. */
export interface Pacer {
  /** The way through it for requests that must have gone out before `closesAtMs`. */
  readonly until: (closesAtMs: number) => Pace;
}

const WINDOW_MS = 1_000;

/**
 * Lets requests out one after another, in the order in which they came.
 *
 * A request counts against the rate from when it leaves until one second after its answer: it arrived somewhere in
 * between, so the service sees no more than the rate in any second, however long each one was under way. Requests that
 * were sent just one second apart could arrive closer than that.
 */
export function createPacer({ ratePerSecond, concurrency }: PacerLimits, world: World): Pacer {
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
      const nowMs = world.now();
      const ms = waitMs(nowMs);
      if (nowMs + ms >= closesAtMs) throw new OutOfTime('no leave to send in time');
      if (inFlight >= mostInFlight) {
        // every request ends by its own limit, so this does too
        await new Promise<void>((resolve) => {
          onAnswer = resolve;
        });
      } else if (ms > 0) {
        await world.sleep(ms);
      } else {
        return;
      }
    }
  }

  async function enter(closesAtMs: number): Promise<() => void> {
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
      answeredAtMs.push(world.now());
      onAnswer();
    };
  }

  function pause(retryAfterMs: number | undefined): void {
    const nowMs = world.now();
    // answers of requests that were under way together tell of one and the same throttling
    if (nowMs >= pausedUntilMs) pauses = nowMs - pausedUntilMs < MAX_BACKOFF_MS ? pauses + 1 : 1;
    const ms = retryAfterMs ?? backoffMs('throttled', pauses, world.random);
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + ms);
  }

  return {
    until: (closesAtMs) => ({
      enter: () => enter(closesAtMs),
      pause,
      isOpen: () => Math.max(world.now(), pausedUntilMs) < closesAtMs,
    }),
  };
}
