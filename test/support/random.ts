/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a test picks by chance, the same for the same seed. */
export interface Dice {
  /** A whole number from 0 to `below`, which is never reached. */
  readonly below: (below: number) => number;
  readonly oneOf: <T>(choices: readonly [T, ...T[]]) => T;
  readonly happens: (probability: number) => boolean;
}

export function createDice(seed: number): Dice {
  const random = createRandom(seed);
  // neighbouring seeds begin alike
  for (let skipped = 0; skipped < 8; skipped += 1) random();
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    oneOf: (choices) => choices[below(choices.length)] ?? choices[0],
    happens: (probability) => random() < probability,
  };
}
