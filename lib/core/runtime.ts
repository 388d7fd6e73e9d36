import { setTimeout as sleep } from 'node:timers/promises';

/** The outside world but the network. Production takes the defaults; tests pass a clock and randomness of their own. */
export interface Runtime {
  /** Wall clock in milliseconds since the epoch: the one that also sees a freeze. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. It may stand still while the function is frozen. */
  readonly monotonicNow: () => number;
  /** Evenly spread over [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes one finished log line, newline included. */
  readonly write: (line: string) => void;
}

/** The longest delay that Node's timers take; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Starts a span of time. What it returns says whether the span still lasts: the wall clock counts a freeze, and the monotonic
 * clock ends the span in time where the wall clock was set back.
 */
export function startSpan(
  { now, monotonicNow }: Pick<Runtime, 'now' | 'monotonicNow'>,
  lengthMs: number,
): () => boolean {
  const [endsAtMs, endsAtMonotonicMs] = [now() + lengthMs, monotonicNow() + lengthMs];
  return () => now() < endsAtMs && monotonicNow() < endsAtMonotonicMs;
}

export const nodeRuntime: Readonly<Runtime> = {
  now: Date.now,
  monotonicNow: () => performance.now(),
  random: Math.random,
  sleep: (ms) => sleep(Math.min(ms, MAX_TIMER_MS)),
  // not console.log: Lambda's puts a prefix before each line, which then is no JSON
  write: (line) => process.stdout.write(line),
};
