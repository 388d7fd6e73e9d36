/** How many DELETEs are left to a run over several targets. */
export interface RunCap {
  /** Takes up to so many. @returns how many there were; they are never given back */
  readonly take: (count: number) => number;
}

/** @param count of the whole run */
export function createRunCap(count: number): RunCap {
  let left = count;
  return {
    take: (wanted) => {
      const taken = Math.min(left, wanted);
      left -= taken;
      return taken;
    },
  };
}
