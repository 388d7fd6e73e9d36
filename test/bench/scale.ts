/** How much is measured: the more, the calmer the figures. */
export interface Scale {
  /** Of cold, first and warm; of a sweep at most so many as its plan has. */
  readonly rounds: number;
  readonly warm: {
    /** For each contender. */
    readonly processes: number;
    /** Of one round, without delay. */
    readonly calls: { readonly oneAtATime: number; readonly manyAtOnce: number };
    /** Rounds that are not counted, until hardly anything is compiled any more. */
    readonly warmUpRounds: number;
  };
  readonly apart: {
    /** For each contender. */
    readonly processes: number;
    readonly pausesS: readonly number[];
  };
  readonly sweep: readonly SweepPlan[];
  /** How many there are, from the fewest to the most. */
  readonly targets: readonly number[];
  /** Of the loop that many targets are compared with. */
  readonly loopDeletes: number;
}

export interface SweepPlan {
  readonly inFlight: number;
  readonly shares: number;
  readonly rounds: number;
}

export const FULL: Scale = {
  rounds: 9,
  warm: { processes: 3, calls: { oneAtATime: 500, manyAtOnce: 1_280 }, warmUpRounds: 3 },
  apart: { processes: 5, pausesS: [0, 0.5, 2, 5, 30] },
  // at 4 in flight a task takes 12.5 ms, so that 100 shares would take four minutes with their loop
  sweep: [
    { inFlight: 4, shares: 30, rounds: 1 },
    { inFlight: 32, shares: 100, rounds: 3 },
  ],
  targets: [1, 10, 100],
  loopDeletes: 4_000,
};

/** To see within two minutes whether something is far off; its figures are not for quoting. */
export const QUICK: Scale = {
  rounds: 3,
  warm: { processes: 1, calls: { oneAtATime: 200, manyAtOnce: 640 }, warmUpRounds: 2 },
  apart: { processes: 3, pausesS: [0, 0.5, 2, 5] },
  sweep: [
    { inFlight: 4, shares: 5, rounds: 1 },
    { inFlight: 32, shares: 20, rounds: 1 },
  ],
  targets: [1, 10],
  loopDeletes: 1_000,
};

/** Everything once, to see that it works. */
export const SMOKE: Scale = {
  rounds: 1,
  warm: { processes: 1, calls: { oneAtATime: 20, manyAtOnce: 128 }, warmUpRounds: 0 },
  apart: { processes: 1, pausesS: [0, 2] },
  sweep: [
    { inFlight: 4, shares: 1, rounds: 1 },
    { inFlight: 32, shares: 2, rounds: 1 },
  ],
  targets: [1, 2],
  loopDeletes: 100,
};
