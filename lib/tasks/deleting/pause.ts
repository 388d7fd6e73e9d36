import type { Runtime } from '../../core/runtime.ts';
import { backoffMs, MAX_BACKOFF_MS } from '../../net/retry.ts';

/** The time for which nothing goes out, since the service throttles. */
interface Pause {
  /** Begins a pause, or lengthens the current one. Without `Retry-After` it lasts for the back-off. */
  readonly begin: (retryAfterMs: number | undefined) => void;
  /** Milliseconds since the epoch; in the past when there is no pause. */
  readonly endsAtMs: () => number;
  readonly waitMs: (nowMs: number) => number;
}

export function createPause({ now, random }: Pick<Runtime, 'now' | 'random'>): Pause {
  let endsAtMs = 0;
  let pausesInARow = 0;
  return {
    begin: (retryAfterMs) => {
      const nowMs = now();
      // requests under way together are throttled together: their answers count as one pause
      if (nowMs >= endsAtMs) pausesInARow = nowMs - endsAtMs < MAX_BACKOFF_MS ? pausesInARow + 1 : 1;
      const pauseMs = retryAfterMs ?? backoffMs('throttled', pausesInARow, random);
      endsAtMs = Math.max(endsAtMs, nowMs + pauseMs);
    },
    endsAtMs: () => endsAtMs,
    waitMs: (nowMs) => Math.max(0, endsAtMs - nowMs),
  };
}
