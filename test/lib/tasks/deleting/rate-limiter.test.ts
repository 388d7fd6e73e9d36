import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeRuntime, type Runtime } from '../../../../lib/core/runtime.ts';
import { createRateLimiter } from '../../../../lib/tasks/deleting/rate-limiter.ts';

/** A clock that only moves when somebody sleeps, and then wakes the sleepers in order. */
function fakeRuntime(): Runtime & { readonly advance: (ms: number) => Promise<void> } {
  let nowMs = 1_000_000;
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...nodeRuntime,
    now: () => nowMs,
    random: () => 0.5,
    sleep: (ms) => new Promise((wake) => sleepers.push({ atMs: nowMs + ms, wake })),
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        sleepers.sort((a, b) => a.atMs - b.atMs);
        const [next] = sleepers;
        if (next === undefined || next.atMs > untilMs) break;
        sleepers.shift();
        nowMs = Math.max(nowMs, next.atMs);
        next.wake();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}

const FOREVER_MS = Number.POSITIVE_INFINITY;

test('once it is stopped nobody gets a permit, and nobody waits for one', async () => {
  const stop = new AbortController();
  const runtime = fakeRuntime();
  const permits = createRateLimiter({ ratePerSecond: 1, concurrency: 5 }, runtime, stop.signal).until(FOREVER_MS);
  await permits.acquire();
  const isOpenBefore = permits.isOpen();

  stop.abort();

  await expect(permits.acquire()).rejects.toMatchObject({ code: 'out_of_time' });
  expect([isOpenBefore, permits.isOpen()]).toEqual([true, false]);
});

describe('the rate', () => {
  test('no second at the other side has more requests than the rate, whatever each takes on its way', async () => {
    const run = fc.record({
      ratePerSecond: fc.integer({ min: 1, max: 8 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
      // the way there and the way back of each request
      delaysMs: fc.array(fc.tuple(fc.nat({ max: 900 }), fc.nat({ max: 900 })), { minLength: 1, maxLength: 30 }),
    });

    await fc.assert(
      fc.asyncProperty(run, async ({ ratePerSecond, concurrency, delaysMs }) => {
        const runtime = fakeRuntime();
        const permits = createRateLimiter({ ratePerSecond, concurrency }, runtime).until(FOREVER_MS);
        const arrivedAtMs: number[] = [];
        let inFlight = 0;
        let mostInFlight = 0;

        const requests = delaysMs.map(async ([thereMs, backMs]) => {
          const answered = await permits.acquire();
          inFlight += 1;
          mostInFlight = Math.max(mostInFlight, inFlight);
          await runtime.sleep(thereMs);
          arrivedAtMs.push(runtime.now());
          await runtime.sleep(backMs);
          inFlight -= 1;
          answered();
        });
        await runtime.advance(200_000);
        await Promise.all(requests);

        arrivedAtMs.sort((a, b) => a - b);
        arrivedAtMs.slice(ratePerSecond).forEach((atMs, index) => {
          expect(atMs - (arrivedAtMs[index] ?? 0)).toBeGreaterThanOrEqual(1_000);
        });
        expect(mostInFlight).toBeLessThanOrEqual(concurrency);
      }),
      { numRuns: 60 },
    );
  });

  test('requests go out in the order in which they came', async () => {
    const runtime = fakeRuntime();
    const permits = createRateLimiter({ ratePerSecond: 2, concurrency: 1 }, runtime).until(FOREVER_MS);
    const order: number[] = [];

    const requests = [1, 2, 3, 4, 5].map(async (number) => {
      const answered = await permits.acquire();
      order.push(number);
      answered();
    });
    await runtime.advance(10_000);
    await Promise.all(requests);

    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  test('a clock that is set back by an hour does not stop the run for an hour', async () => {
    let nowMs = 10_000_000;
    const runtime: Runtime = {
      ...nodeRuntime,
      now: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    };
    const permits = createRateLimiter({ ratePerSecond: 1, concurrency: 1 }, runtime).until(FOREVER_MS);
    (await permits.acquire())();

    nowMs -= 3_600_000;
    (await permits.acquire())();

    expect(nowMs).toBeLessThan(10_000_000 - 3_600_000 + 3_000);
  });
});

describe('the end of the time', () => {
  test('who would have to wait too long is told at once', async () => {
    const runtime = fakeRuntime();
    const rateLimiter = createRateLimiter({ ratePerSecond: 1, concurrency: 1 }, runtime);
    const permits = rateLimiter.until(runtime.now() + 900);
    (await permits.acquire())();

    await expect(permits.acquire()).rejects.toMatchObject({ code: 'out_of_time' });
    expect(permits.isOpen()).toBe(true);
    await runtime.advance(900);
    expect(permits.isOpen()).toBe(false);
  });

  test('who waits for a request under way is told when that one ends too late', async () => {
    const runtime = fakeRuntime();
    const permits = createRateLimiter({ ratePerSecond: 9, concurrency: 1 }, runtime).until(runtime.now() + 500);
    const answered = await permits.acquire();
    const waiting = [permits.acquire(), permits.acquire()];
    const told = Promise.allSettled(waiting);

    await runtime.advance(600);
    answered();

    expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('one way being closed closes no other', async () => {
    const runtime = fakeRuntime();
    const rateLimiter = createRateLimiter({ ratePerSecond: 9, concurrency: 9 }, runtime);

    await expect(rateLimiter.until(runtime.now()).acquire()).rejects.toMatchObject({ code: 'out_of_time' });
    await expect(rateLimiter.until(runtime.now() + 1).acquire()).resolves.toBeTypeOf('function');
  });
});

describe('throttling', () => {
  test('Retry-After holds every request back', async () => {
    const runtime = fakeRuntime();
    const permits = createRateLimiter({ ratePerSecond: 9, concurrency: 9 }, runtime).until(FOREVER_MS);
    const startedAtMs = runtime.now();
    const sentAtMs: number[] = [];

    permits.pause(5_000);
    const requests = [1, 2, 3].map(async () => {
      await permits.acquire();
      sentAtMs.push(runtime.now() - startedAtMs);
    });
    await runtime.advance(6_000);
    await Promise.all(requests);

    expect(sentAtMs).toEqual([5_000, 5_000, 5_000]);
  });

  test('a shorter pause does not end a longer one', async () => {
    const runtime = fakeRuntime();
    const permits = createRateLimiter({ ratePerSecond: 9, concurrency: 9 }, runtime).until(runtime.now() + 4_000);

    permits.pause(5_000);
    permits.pause(1_000);

    expect(permits.isOpen()).toBe(false);
    await expect(permits.acquire()).rejects.toMatchObject({ code: 'out_of_time' });
  });

  test('without Retry-After the pauses double, once for each wave', async () => {
    const runtime = fakeRuntime();
    const permits = createRateLimiter({ ratePerSecond: 9, concurrency: 9 }, runtime).until(FOREVER_MS);
    const waitedMs: number[] = [];

    for (let wave = 0; wave < 4; wave += 1) {
      const fromMs = runtime.now();
      // four that were under way together
      for (let answer = 0; answer < 4; answer += 1) permits.pause(undefined);
      const entered = permits.acquire().then((answered) => {
        waitedMs.push(runtime.now() - fromMs);
        answered();
      });
      await runtime.advance(10_000);
      await entered;
    }

    // half of 1, 2, 4, 8 seconds
    expect(waitedMs).toEqual([500, 1_000, 2_000, 4_000]);
  });
});

test('with the real clock too', async () => {
  const permits = createRateLimiter({ ratePerSecond: 5, concurrency: 3 }, nodeRuntime).until(FOREVER_MS);
  const arrivedAtMs: number[] = [];

  await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const answered = await permits.acquire();
      await sleep(index % 4);
      arrivedAtMs.push(performance.now());
      answered();
    }),
  );

  const spans = arrivedAtMs.slice(5).map((atMs, index) => atMs - (arrivedAtMs[index] ?? 0));
  expect(Math.min(...spans)).toBeGreaterThan(998);
});
