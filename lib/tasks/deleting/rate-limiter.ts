import type { Permits } from '../../core/call.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Runtime } from '../../core/runtime.ts';
import { createPause } from './pause.ts';
import { createRateWindow, type RateLimits } from './rate-window.ts';

/** Limits the requests of one run. */
export interface RateLimiter {
  /** Permits for requests that must go out before `closesAtMs`. */
  readonly until: (closesAtMs: number) => Permits;
}

/**
 * Lets requests out one after another, in the order in which they asked.
 *
 * @param stop once it is aborted there is no permit any more
 */
export function createRateLimiter(limits: RateLimits, runtime: Runtime, stop?: AbortSignal): RateLimiter {
  const window = createRateWindow(limits);
  const pause = createPause(runtime);
  let lastPermit: Promise<unknown> = Promise.resolve();
  let onAnswer = (): void => {};

  function acquire(closesAtMs: number): Promise<() => void> {
    const permit = lastPermit.then(() => nextPermit(closesAtMs));
    // whoever asks next waits until this one has its permit or none
    lastPermit = permit.catch(() => {});
    return permit;
  }

  async function nextPermit(closesAtMs: number): Promise<() => void> {
    await waitForTurn(closesAtMs);
    window.sent();
    return () => {
      window.answered(runtime.now());
      onAnswer();
    };
  }

  async function waitForTurn(closesAtMs: number): Promise<void> {
    for (;;) {
      const nowMs = runtime.now();
      const waitMs = Math.max(pause.waitMs(nowMs), window.waitMs(nowMs));
      if (stop?.aborted || nowMs + waitMs >= closesAtMs)
        throw new ServiceError('out_of_time', 'no permit to send in time');
      if (window.isFull()) {
        // every request has a time limit, so an answer or a failure will come
        await new Promise<void>((resolve) => {
          onAnswer = resolve;
        });
      } else if (waitMs > 0) {
        await runtime.sleep(waitMs);
      } else {
        return;
      }
    }
  }

  return {
    until: (closesAtMs) => ({
      acquire: () => acquire(closesAtMs),
      pause: pause.begin,
      isOpen: () => !stop?.aborted && Math.max(runtime.now(), pause.endsAtMs()) < closesAtMs,
    }),
  };
}
