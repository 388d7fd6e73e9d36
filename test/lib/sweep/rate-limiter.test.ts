import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutOfTime } from '../../../lib/core/call.ts';
import { createPacer } from '../../../lib/sweep/rate-limiter.ts';
import { realWorld, type World } from '../../../lib/core/runtime.ts';

/** A clock that only moves when somebody sleeps, and then wakes the sleepers in order. */
function fakeWorld(): World & { readonly advance: (ms: number) => Promise<void> } {
  let nowMs = 1_000_000;
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...realWorld,
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
        const world = fakeWorld();
        const pace = createPacer({ ratePerSecond, concurrency }, world).until(FOREVER_MS);
        const arrivedAtMs: number[] = [];
        let inFlight = 0;
        let mostInFlight = 0;

        const requests = delaysMs.map(async ([thereMs, backMs]) => {
          const answered = await pace.enter();
          inFlight += 1;
          mostInFlight = Math.max(mostInFlight, inFlight);
          await world.sleep(thereMs);
          arrivedAtMs.push(world.now());
          await world.sleep(backMs);
          inFlight -= 1;
          answered();
        });
        await world.advance(200_000);
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
    const world = fakeWorld();
    const pace = createPacer({ ratePerSecond: 2, concurrency: 1 }, world).until(FOREVER_MS);
    const order: number[] = [];

    const requests = [1, 2, 3, 4, 5].map(async (number) => {
      const answered = await pace.enter();
      order.push(number);
      answered();
    });
    await world.advance(10_000);
    await Promise.all(requests);

    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  test('a clock that is set back by an hour does not stop the run for an hour', async () => {
    let nowMs = 10_000_000;
    const world: World = {
      ...realWorld,
      now: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    };
    const pace = createPacer({ ratePerSecond: 1, concurrency: 1 }, world).until(FOREVER_MS);
    (await pace.enter())();

    nowMs -= 3_600_000;
    (await pace.enter())();

    expect(nowMs).toBeLessThan(10_000_000 - 3_600_000 + 3_000);
  });
});

describe('the end of the time', () => {
  test('who would have to wait too long is told at once', async () => {
    const world = fakeWorld();
    const pacer = createPacer({ ratePerSecond: 1, concurrency: 1 }, world);
    const pace = pacer.until(world.now() + 900);
    (await pace.enter())();

    await expect(pace.enter()).rejects.toThrow(OutOfTime);
    expect(pace.isOpen()).toBe(true);
    await world.advance(900);
    expect(pace.isOpen()).toBe(false);
  });

  test('who waits for a request under way is told when that one ends too late', async () => {
    const world = fakeWorld();
    const pace = createPacer({ ratePerSecond: 9, concurrency: 1 }, world).until(world.now() + 500);
    const answered = await pace.enter();
    const waiting = [pace.enter(), pace.enter()];
    const told = Promise.allSettled(waiting);

    await world.advance(600);
    answered();

    expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('one way being closed closes no other', async () => {
    const world = fakeWorld();
    const pacer = createPacer({ ratePerSecond: 9, concurrency: 9 }, world);

    await expect(pacer.until(world.now()).enter()).rejects.toThrow(OutOfTime);
    await expect(pacer.until(world.now() + 1).enter()).resolves.toBeTypeOf('function');
  });
});

describe('throttling', () => {
  test('Retry-After holds every request back', async () => {
    const world = fakeWorld();
    const pace = createPacer({ ratePerSecond: 9, concurrency: 9 }, world).until(FOREVER_MS);
    const startedAtMs = world.now();
    const sentAtMs: number[] = [];

    pace.pause(5_000);
    const requests = [1, 2, 3].map(async () => {
      await pace.enter();
      sentAtMs.push(world.now() - startedAtMs);
    });
    await world.advance(6_000);
    await Promise.all(requests);

    expect(sentAtMs).toEqual([5_000, 5_000, 5_000]);
  });

  test('a shorter pause does not end a longer one', async () => {
    const world = fakeWorld();
    const pace = createPacer({ ratePerSecond: 9, concurrency: 9 }, world).until(world.now() + 4_000);

    pace.pause(5_000);
    pace.pause(1_000);

    expect(pace.isOpen()).toBe(false);
    await expect(pace.enter()).rejects.toThrow(OutOfTime);
  });

  test('without Retry-After the pauses double, once for each wave', async () => {
    const world = fakeWorld();
    const pace = createPacer({ ratePerSecond: 9, concurrency: 9 }, world).until(FOREVER_MS);
    const waitedMs: number[] = [];

    for (let wave = 0; wave < 4; wave += 1) {
      const fromMs = world.now();
      // four that were under way together
      for (let answer = 0; answer < 4; answer += 1) pace.pause(undefined);
      const entered = pace.enter().then((answered) => {
        waitedMs.push(world.now() - fromMs);
        answered();
      });
      await world.advance(10_000);
      await entered;
    }

    // half of 1, 2, 4, 8 seconds
    expect(waitedMs).toEqual([500, 1_000, 2_000, 4_000]);
  });
});

test('with the real clock too', async () => {
  const pace = createPacer({ ratePerSecond: 5, concurrency: 3 }, realWorld).until(FOREVER_MS);
  const arrivedAtMs: number[] = [];

  await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const answered = await pace.enter();
      await sleep(index % 4);
      arrivedAtMs.push(performance.now());
      answered();
    }),
  );

  const spans = arrivedAtMs.slice(5).map((atMs, index) => atMs - (arrivedAtMs[index] ?? 0));
  expect(Math.min(...spans)).toBeGreaterThan(998);
});
