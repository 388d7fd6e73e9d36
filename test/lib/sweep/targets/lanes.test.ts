import { expect, test } from 'vitest';
import { createLanes, type Lane } from '../../../../lib/sweep/targets/lanes.ts';
import { createFakeRuntime } from '../../../support/fake-runtime.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Lanes on a clock that moves when somebody sleeps. */
function prepareLanes(limits: { readonly ratePerSecond: number; readonly concurrency: number }) {
  const runtime = createFakeRuntime();
  return { runtime, enter: createLanes(limits, runtime, undefined) };
}

/** Asks for so many permits. @returns those that came without an answer to any */
async function ask({ rateLimiter }: Lane, count: number) {
  const permits: (() => void)[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    rateLimiter
      .until(NEVER)
      .acquire()
      .then((release) => permits.push(release))
      .catch(() => {});
  }
  await new Promise(setImmediate);
  return permits;
}

test('a target alone has every request in flight', async () => {
  const { enter } = prepareLanes({ ratePerSecond: 1_000, concurrency: 4 });

  expect(await ask(enter(), 9)).toHaveLength(4);
});

test.each([
  { concurrency: 4, targets: 2, each: 2 },
  { concurrency: 4, targets: 4, each: 1 },
  { concurrency: 9, targets: 2, each: 4 },
])(
  'of $concurrency in flight each of $targets targets is sure of $each, though the first gets no answers',
  async (plan) => {
    const { enter } = prepareLanes({ ratePerSecond: 1_000, concurrency: plan.concurrency });
    const [silent, ...others] = Array.from({ length: plan.targets }, enter);

    const taken = await ask(silent ?? enter(), 99);
    const permits = await Promise.all(others.map((lane) => ask(lane, 99)));

    expect(taken.length).toBe(plan.concurrency - plan.each * others.length);
    expect(permits.map(({ length }) => length)).toEqual(others.map(() => plan.each));
  },
);

test('who leaves gives its part to the others', async () => {
  const { enter } = prepareLanes({ ratePerSecond: 1_000, concurrency: 4 });
  const [one, other] = [enter(), enter()];
  const permits = await ask(one, 9);
  const before = permits.length;

  other.leave();
  await new Promise(setImmediate);

  expect([before, permits.length]).toEqual([2, 4]);
});

test('all together stay under the rate', async () => {
  const { enter, runtime } = prepareLanes({ ratePerSecond: 10, concurrency: 4 });
  const sentAtMs: number[] = [];
  const startedAtMs = runtime.now();
  const send = async ({ rateLimiter }: Lane): Promise<void> => {
    const release = await rateLimiter.until(NEVER).acquire();
    sentAtMs.push(runtime.now() - startedAtMs);
    release();
  };

  await Promise.all([enter(), enter(), enter()].flatMap((lane) => Array.from({ length: 12 }, () => send(lane))));

  expect(sentAtMs).toHaveLength(36);
  for (const atMs of sentAtMs) {
    expect(sentAtMs.filter((other) => other >= atMs && other < atMs + 1_000).length).toBeLessThanOrEqual(10);
  }
});

test('one that is throttled pauses, and no other does', async () => {
  const { enter, runtime } = prepareLanes({ ratePerSecond: 1_000, concurrency: 4 });
  const [throttled, other] = [enter(), enter()];
  const closesAtMs = runtime.now() + 5_000;

  throttled.rateLimiter.until(closesAtMs).pause(86_400_000);

  await expect(throttled.rateLimiter.until(closesAtMs).acquire()).rejects.toMatchObject({ code: 'out_of_time' });
  expect(throttled.rateLimiter.until(closesAtMs).isOpen()).toBe(false);
  expect(other.rateLimiter.until(closesAtMs).isOpen()).toBe(true);
  expect(await ask(other, 2)).toHaveLength(2);
});

test('a permit that comes while its target is throttled is given back', async () => {
  const runtime = createFakeRuntime();
  let lane: Lane | undefined;
  let slept = 0;
  const sleep = async (ms: number): Promise<void> => {
    slept += 1;
    // the answer of an earlier request comes while this one waits for its second
    if (slept === 1) lane?.rateLimiter.until(NEVER).pause(10_000);
    await runtime.sleep(ms);
  };
  lane = createLanes({ ratePerSecond: 1, concurrency: 1 }, { ...runtime, sleep }, undefined)();
  const release = await lane.rateLimiter.until(NEVER).acquire();
  release();
  const startedAtMs = runtime.now();

  await lane.rateLimiter.until(NEVER).acquire();

  expect(runtime.now() - startedAtMs).toBeGreaterThanOrEqual(10_000);
});

test('after a stop there is no permit', async () => {
  const stop = new AbortController();
  const lane = createLanes({ ratePerSecond: 10, concurrency: 4 }, createFakeRuntime(), stop.signal)();

  stop.abort();

  expect(lane.rateLimiter.until(NEVER).isOpen()).toBe(false);
  await expect(lane.rateLimiter.until(NEVER).acquire()).rejects.toMatchObject({ code: 'out_of_time' });
});
