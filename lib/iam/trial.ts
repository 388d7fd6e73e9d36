import type { Runtime } from '../core/runtime.ts';

/**
 * The request under way that tries a credential which is not known to be right. The others wait for it: many at once with a
 * wrong one would lock it.
 */
interface Trial {
  /** Resolves when the trial has ended; absent where none is under way, or it is too old to wait for. */
  readonly ended: () => Promise<unknown> | undefined;
  /** Makes the request that the others wait for. */
  readonly run: <T>(request: () => Promise<T>) => Promise<T>;
}

/** @param waitForYoungerMs an older trial is one that a freeze has stopped, or that waits for reasons of its target */
export function createTrial(waitForYoungerMs: number, { now }: Runtime): Trial {
  let trial: { readonly startedAtMs: number; readonly ended: Promise<unknown> } | undefined;

  return {
    ended: () => (trial !== undefined && now() - trial.startedAtMs <= waitForYoungerMs ? trial.ended : undefined),
    async run(request) {
      const result = request();
      const started = { startedAtMs: now(), ended: result.catch(() => {}) };
      trial = started;
      try {
        return await result;
      } finally {
        if (trial === started) trial = undefined;
      }
    },
  };
}
