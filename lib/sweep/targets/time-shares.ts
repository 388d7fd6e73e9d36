import type { Runtime } from '../../core/runtime.ts';

/** Divides the time of a run among those that are swept in it. */
interface TimeShares {
  /** Begins the next one. @returns when it must end, in milliseconds since the epoch */
  readonly begin: () => number;
  /** One has ended, and left its time to the others. */
  readonly end: () => void;
}

// In less time hardly a share can be listed, so that no run would come to its DELETEs. The start is rotated, so another run
// sweeps those for which no time was left.
const SHORTEST_SHARE_MS = 5_000;

/**
 * @param count how many there are
 * @param atOnce at most so many at a time
 * @param endsAtMs milliseconds since the epoch
 */
export function createTimeShares(count: number, atOnce: number, endsAtMs: number, now: Runtime['now']): TimeShares {
  let waiting = count;
  let running = 0;
  return {
    begin: () => {
      const nowMs = now();
      const isRoomForAll = waiting <= atOnce - running;
      const part = isRoomForAll ? 1 : Math.min(1, atOnce / (waiting + running));
      waiting -= 1;
      running += 1;
      return Math.min(endsAtMs, nowMs + Math.max(SHORTEST_SHARE_MS, (endsAtMs - nowMs) * part));
    },
    end: () => {
      running -= 1;
    },
  };
}
