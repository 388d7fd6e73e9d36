import { setTimeout as sleep } from 'node:timers/promises';

/** The outside world but the network. Production takes the defaults; tests pass a clock and randomness of their own. */
export interface World {
  /** Wall clock in milliseconds since the epoch: the one that also sees a freeze. */
  readonly now: () => number;
  /** Evenly spread over [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes one finished log line, newline included. */
  readonly write: (line: string) => void;
}

export const realWorld: World = {
  now: Date.now,
  random: Math.random,
  sleep: (ms) => sleep(ms),
  // not console.log: Lambda's puts a prefix before each line, which then is no JSON
  write: (line) => process.stdout.write(line),
};
