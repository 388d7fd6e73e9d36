export interface RateLimits {
  readonly ratePerSecond: number;
  /** Requests in flight. */
  readonly concurrency: number;
}

/** The requests that count against the limits. */
interface RateWindow {
  readonly sent: () => void;
  readonly answered: (nowMs: number) => void;
  /** Whether no request may go out before an answer comes. */
  readonly isFull: () => boolean;
  /** Milliseconds until the rate allows one more request; 0 while it depends on answers alone. */
  readonly waitMs: (nowMs: number) => number;
}

const WINDOW_MS = 1_000;

/**
 * A request counts against the rate from when it leaves until one second after its answer. It arrived somewhere in between,
 * so the service sees no more than the rate in any second, however long each request was under way. Requests that were
 * sent just one second apart could arrive closer than that.
 */
export function createRateWindow({ ratePerSecond, concurrency }: RateLimits): RateWindow {
  const mostInFlight = Math.min(concurrency, ratePerSecond);
  const answeredAtMs: number[] = [];
  let inFlight = 0;

  function oldestAnswerMs(nowMs: number): number | undefined {
    let [oldest] = answeredAtMs;
    // an answer in the future: the clock was set back
    while (oldest !== undefined && (oldest <= nowMs - WINDOW_MS || oldest > nowMs + WINDOW_MS)) {
      answeredAtMs.shift();
      [oldest] = answeredAtMs;
    }
    return oldest;
  }

  return {
    sent: () => {
      inFlight += 1;
    },
    answered: (nowMs) => {
      inFlight -= 1;
      answeredAtMs.push(nowMs);
    },
    isFull: () => inFlight >= mostInFlight,
    waitMs: (nowMs) => {
      const oldestMs = oldestAnswerMs(nowMs);
      const isRateReached = inFlight + answeredAtMs.length >= ratePerSecond;
      return oldestMs === undefined || !isRateReached ? 0 : oldestMs + WINDOW_MS - nowMs;
    },
  };
}
