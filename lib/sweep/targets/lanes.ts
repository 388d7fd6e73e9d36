import { ServiceError } from '../../core/errors.ts';
import type { Runtime } from '../../core/runtime.ts';
import { createPause } from '../../tasks/deleting/pause.ts';
import { createRateLimiter, type RateLimiter } from '../../tasks/deleting/rate-limiter.ts';
import type { RateLimits } from '../../tasks/deleting/rate-window.ts';

/** What one target gets of the limits of its account and region, while it is swept. */
export interface Lane {
  /** Its pause is the target's alone. */
  readonly rateLimiter: RateLimiter;
  /** Gives its part back to the others. */
  readonly leave: () => void;
}

/**
 * Divides the requests of one account and region among the targets that are swept there at the time: no target waits for
 * another's answers, however long these are on their way.
 *
 * @param stop once it is aborted there is no permit any more
 * @returns enters the next target; there must never be more at once than requests in flight
 */
export function createLanes(limits: RateLimits, runtime: Runtime, stop: AbortSignal | undefined): () => Lane {
  const shared = createRateLimiter(limits, runtime, stop);
  const room = createRoom(Math.min(limits.concurrency, limits.ratePerSecond));

  return () => {
    const place = room.enter();
    const pause = createPause(runtime);
    let lastPermit: Promise<unknown> = Promise.resolve();

    async function nextPermit(closesAtMs: number): Promise<() => void> {
      for (;;) {
        await waitForPause(closesAtMs);
        await place.take();
        const release = await shared.until(closesAtMs).acquire().catch(givenBack);
        const releaseBoth = (): void => {
          release();
          place.giveBack();
        };
        if (pause.waitMs(runtime.now()) === 0) return releaseBoth;
        releaseBoth();
      }
    }

    function givenBack(error: unknown): never {
      place.giveBack();
      throw error;
    }

    async function waitForPause(closesAtMs: number): Promise<void> {
      const nowMs = runtime.now();
      const waitMs = pause.waitMs(nowMs);
      if (nowMs + waitMs >= closesAtMs) throw new ServiceError('out_of_time', 'no permit to send in time');
      if (waitMs > 0) await runtime.sleep(waitMs);
    }

    function acquire(closesAtMs: number): Promise<() => void> {
      const permit = lastPermit.then(() => nextPermit(closesAtMs));
      // whoever asks next waits until this one has its permit or none
      lastPermit = permit.catch(() => {});
      return permit;
    }

    const until: RateLimiter['until'] = (closesAtMs) => ({
      acquire: () => acquire(closesAtMs),
      pause: pause.begin,
      isOpen: () => shared.until(closesAtMs).isOpen() && pause.endsAtMs() < closesAtMs,
    });
    return { rateLimiter: { until }, leave: place.leave };
  };
}

/** What one target has of the requests in flight. */
interface Place {
  /** Waits until the target may have one more request in flight. */
  readonly take: () => Promise<void>;
  readonly giveBack: () => void;
  readonly leave: () => void;
}

/** The requests in flight. Each target is sure of its part; what is left over is for whoever comes first. */
function createRoom(size: number): { readonly enter: () => Place } {
  const places = new Set<{ taken: number }>();
  let waiting: (() => void)[] = [];

  function mayTake(own: { readonly taken: number }): boolean {
    const part = Math.max(1, Math.floor(size / places.size));
    const others = [...places].filter((place) => place !== own);
    const left = size - own.taken - others.reduce((sum, { taken }) => sum + taken, 0);
    const reserved = own.taken < part ? 0 : others.reduce((sum, { taken }) => sum + Math.max(0, part - taken), 0);
    return left > reserved;
  }

  function lookAgain(): void {
    const resolvers = waiting;
    waiting = [];
    for (const resolve of resolvers) resolve();
  }

  function enter(): Place {
    const place = { taken: 0 };
    places.add(place);
    return {
      take: async () => {
        while (!mayTake(place)) {
          // every request has a time limit, so an answer or a failure will come
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
          });
        }
        place.taken += 1;
      },
      giveBack: () => {
        place.taken -= 1;
        lookAgain();
      },
      leave: () => {
        places.delete(place);
        lookAgain();
      },
    };
  }

  return { enter };
}
