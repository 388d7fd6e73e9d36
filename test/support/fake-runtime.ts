import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';

/** A runtime whose time stands still until it is told to pass; a sleep lets it pass at once. */
export interface FakeRuntime extends Runtime {
  /** Sleeps that were asked for, in order, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Every line logged so far. */
  readonly lines: readonly string[];
  readonly advance: (ms: number) => void;
}

export interface FakeWorldOptions {
  readonly startMs?: number;
  /** The highest number unless told, so that every back-off is the longest. */
  readonly random?: () => number;
}

export function createFakeRuntime({
  startMs = Date.UTC(2026, 0, 1),
  random = () => 1,
}: FakeWorldOptions = {}): FakeRuntime {
  const sleeps: number[] = [];
  const lines: string[] = [];
  let nowMs = startMs;

  return {
    sleeps,
    lines,
    advance: (ms) => {
      nowMs += ms;
    },
    now: () => nowMs,
    monotonicNow: () => nowMs,
    random,
    sleep: async (ms) => {
      sleeps.push(ms);
      nowMs += ms;
      await nodeRuntime.sleep(0);
    },
    write: (line) => lines.push(line),
  };
}
