import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../lib/core/errors.ts';
import { createLogs } from '../../../lib/core/log.ts';
import {
  type Attempt,
  backoffMs,
  createRetrier,
  type FailedAttempt,
  MAX_BACKOFF_MS,
  parseRetryAfterMs,
  type RetryKind,
  retryKindOf,
} from '../../../lib/net/retry.ts';
import { createFakeRuntime, type FakeRuntime } from '../../support/fake-runtime.ts';

/** Attempts that fail in this order; what comes after the last one succeeds. */
function failing(...failures: readonly Omit<FailedAttempt, 'failure'>[]) {
  const errors = failures.map((_, index) => new ServiceError('upstream_unavailable', `failure ${index + 1}`));
  const seen: { number: number; remainingMs: number }[] = [];
  const attempt = async (remainingMs: number): Promise<Attempt<string>> => {
    seen.push({ number: seen.length + 1, remainingMs });
    const failure = errors[seen.length - 1];
    return failure === undefined ? { value: 'done' } : { failure, ...failures[seen.length - 1] };
  };
  return { attempt, seen };
}

function times(count: number, retry: RetryKind): readonly { retry: RetryKind }[] {
  return Array.from({ length: count }, () => ({ retry }));
}

function deadlineIn(runtime: FakeRuntime, remainingMs: number) {
  return { deadlineAtMs: runtime.now() + remainingMs, log: createLogs('DEBUG', runtime.write)('request-1') };
}

const FAR_MS = 3_600_000;

describe('back-off', () => {
  test.each([
    { kind: 'transient', waits: [50, 100, 200, 400] },
    { kind: 'throttled', waits: [1_000, 2_000, 4_000, 8_000] },
  ] as const)('after a $kind failure is at most $waits', ({ kind, waits }) => {
    expect(waits.map((_, index) => backoffMs(kind, index + 1, () => 1))).toEqual(waits);
  });

  test.each([
    { kind: 'transient', attempts: 9, waitMs: 12_800 },
    { kind: 'transient', attempts: 10, waitMs: MAX_BACKOFF_MS },
    { kind: 'transient', attempts: 2_000, waitMs: MAX_BACKOFF_MS },
    { kind: 'throttled', attempts: 5, waitMs: 16_000 },
    { kind: 'throttled', attempts: 6, waitMs: MAX_BACKOFF_MS },
  ] as const)('after $attempts $kind attempts stays within $waitMs ms', ({ kind, attempts, waitMs }) => {
    expect(backoffMs(kind, attempts, () => 1)).toBe(waitMs);
  });

  test('is spread evenly from nothing to its longest', () => {
    const draws = 20_000;
    const buckets = new Array<number>(10).fill(0);

    for (let i = 0; i < draws; i += 1) {
      const bucket = Math.floor(backoffMs('throttled', 1, Math.random) / 100);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }

    // 2,000 expected in each, with a standard deviation of 42
    for (const count of buckets) expect(Math.abs(count - draws / 10)).toBeLessThan(300);
  });

  test('can be nothing at all', () => {
    expect(backoffMs('throttled', 6, () => 0)).toBe(0);
  });
});

describe('the loop', () => {
  test('does not sleep when the first attempt succeeds', async () => {
    const runtime = createFakeRuntime();
    const { attempt, seen } = failing();

    const value = await createRetrier(3, runtime).run(deadlineIn(runtime, FAR_MS), attempt);

    expect(value).toBe('done');
    expect(seen).toEqual([{ number: 1, remainingMs: FAR_MS }]);
    expect(runtime.sleeps).toEqual([]);
  });

  test.each([
    { kind: 'transient', waits: [50, 100, 200, 400] },
    { kind: 'throttled', waits: [1_000, 2_000, 4_000, 8_000] },
  ] as const)('waits $waits ms between $kind failures', async ({ kind, waits }) => {
    const runtime = createFakeRuntime();
    const { attempt, seen } = failing(...times(4, kind));

    const value = await createRetrier(5, runtime).run(deadlineIn(runtime, FAR_MS), attempt);

    expect(value).toBe('done');
    expect(runtime.sleeps).toEqual(waits);
    expect(seen.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  test('waits by the kind of the last failure', async () => {
    const runtime = createFakeRuntime();
    const { attempt } = failing({ retry: 'transient' }, { retry: 'throttled' }, { retry: 'transient' });

    await createRetrier(4, runtime).run(deadlineIn(runtime, FAR_MS), attempt);

    expect(runtime.sleeps).toEqual([50, 2_000, 200]);
  });

  test.each([1, 2, 3, 10])('makes %i attempts and throws the last failure', async (maxAttempts) => {
    const runtime = createFakeRuntime();
    const { attempt, seen } = failing(...times(20, 'transient'));

    const running = createRetrier(maxAttempts, runtime).run(deadlineIn(runtime, FAR_MS), attempt);

    await expect(running).rejects.toThrow(`failure ${maxAttempts}`);
    expect(seen).toHaveLength(maxAttempts);
    expect(runtime.sleeps).toHaveLength(maxAttempts - 1);
  });

  test('throws a failure that is not worth a retry at once', async () => {
    const runtime = createFakeRuntime();
    const { attempt, seen } = failing({});

    const running = createRetrier(3, runtime).run(deadlineIn(runtime, FAR_MS), attempt);

    await expect(running).rejects.toThrow('failure 1');
    expect(seen).toHaveLength(1);
    expect(runtime.sleeps).toEqual([]);
  });

  test('lets what an attempt throws pass', async () => {
    const runtime = createFakeRuntime();
    const bug = new TypeError('a bug');

    const running = createRetrier(3, runtime).run(deadlineIn(runtime, FAR_MS), async () => {
      throw bug;
    });

    await expect(running).rejects.toBe(bug);
  });

  test('tells each attempt what time is left', async () => {
    const runtime = createFakeRuntime();
    const { attempt, seen } = failing(...times(2, 'transient'));

    await createRetrier(3, runtime).run(deadlineIn(runtime, 1_000), attempt);

    expect(seen.map(({ remainingMs }) => remainingMs)).toEqual([1_000, 950, 850]);
  });

  test('leaves one line at DEBUG for each retry', async () => {
    const runtime = createFakeRuntime();
    const { attempt } = failing(...times(2, 'throttled'));

    await createRetrier(3, runtime).run(deadlineIn(runtime, FAR_MS), attempt);

    expect(runtime.lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'DEBUG', event: 'retry', attempts: 1, retry_in_ms: 1_000 },
      { level: 'DEBUG', event: 'retry', attempts: 2, retry_in_ms: 2_000 },
    ]);
  });
});

describe('the deadline', () => {
  test.each([
    { remainingMs: 101, sleeps: [50], why: 'fits' },
    { remainingMs: 100, sleeps: [], why: 'leaves no time for an attempt' },
    { remainingMs: 50, sleeps: [], why: 'ends at the deadline' },
    { remainingMs: 10, sleeps: [], why: 'outlasts it' },
    { remainingMs: -5, sleeps: [], why: 'comes after it' },
  ])('with $remainingMs ms left, a sleep of 50 ms $why', async ({ remainingMs, sleeps }) => {
    const runtime = createFakeRuntime();
    const { attempt } = failing(...times(1, 'transient'));

    await createRetrier(3, runtime)
      .run(deadlineIn(runtime, remainingMs), attempt)
      .catch(() => {});

    expect(runtime.sleeps).toEqual(sleeps);
  });

  test('is read anew before each sleep, because a shared flight may gain time', async () => {
    const runtime = createFakeRuntime();
    const deadline = deadlineIn(runtime, 60);
    const { attempt } = failing(...times(2, 'transient'));

    const value = await createRetrier(3, runtime).run(deadline, (remainingMs) => {
      deadline.deadlineAtMs = runtime.now() + FAR_MS;
      return attempt(remainingMs);
    });

    expect(value).toBe('done');
  });

  test('is never slept over, whatever fails how often', async () => {
    const kinds = fc.constantFrom<RetryKind>('transient', 'throttled');
    const failure = fc.record({ retry: kinds, retryAfterMs: fc.option(fc.nat(30_000), { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(failure, { maxLength: 12 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: -100, max: 60_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (failures, maxAttempts, remainingMs, random) => {
          const runtime = createFakeRuntime({ random: () => random });
          const deadline = deadlineIn(runtime, remainingMs);
          const { attempt, seen } = failing(...failures);

          await createRetrier(maxAttempts, runtime)
            .run(deadline, attempt)
            .catch(() => {});

          expect(seen.length).toBeLessThanOrEqual(maxAttempts);
          if (runtime.sleeps.length > 0) expect(runtime.now()).toBeLessThan(deadline.deadlineAtMs);
          for (const [index, sleptMs] of runtime.sleeps.entries()) {
            expect(sleptMs).toBeGreaterThanOrEqual(failures[index]?.retryAfterMs ?? 0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 0, 1, 12, 0, 0);

  test.each([
    { value: '0', ms: 0 },
    { value: '1', ms: 1_000 },
    { value: ' 15 ', ms: 15_000 },
    { value: '86400', ms: 86_400_000 },
    { value: 'Thu, 01 Jan 2026 12:00:07 GMT', ms: 7_000 },
    { value: 'Thu, 01 Jan 2026 11:59:00 GMT', ms: 0 },
    // the two obsolete forms that RFC 9110, 5.6.7 makes recipients accept
    { value: 'Thursday, 01-Jan-26 12:00:07 GMT', ms: 7_000 },
    { value: 'Thu Jan  1 12:00:07 2026', ms: 7_000 },
  ])('$value is $ms ms', ({ value, ms }) => {
    expect(parseRetryAfterMs(value, nowMs)).toBe(ms);
  });

  test.each([
    'invalid',
    '-100',
    '-1',
    '5.5',
    '1e3',
    '0x10',
    '',
    ' ',
    '5 seconds',
    'wait 5',
    'in 3000',
    '2026-01-01T12:00:07Z',
    'Jan 2027',
    '99999999999',
    'Thu, 99 Jan 2026 12:00:07 GMT',
    'Thu, 01 Jan 2026 12:00:07 +0900',
    'Thu, 01 Jan 2026 12:00:07 GMT+0900',
    'Thu, 01 Jan 2026 12:00:07 GMT (or later)',
    'after Thu, 01 Jan 2026 12:00:07 GMT',
  ])('%j counts as absent', (value) => {
    expect(parseRetryAfterMs(value, nowMs)).toBeUndefined();
  });

  test('of the form that names no zone is GMT, whatever the zone of the machine', () => {
    const before = process.env['TZ'];
    process.env['TZ'] = 'Asia/Shanghai';

    const ms = parseRetryAfterMs('Thu Jan  1 12:00:07 2026', nowMs);

    process.env['TZ'] = before ?? '';
    expect(ms).toBe(7_000);
  });

  test('that came twice counts as absent', () => {
    expect(parseRetryAfterMs(['1', '2'], nowMs)).toBeUndefined();
    expect(parseRetryAfterMs(undefined, nowMs)).toBeUndefined();
  });

  test.each([
    { retryAfterMs: 3_000, sleptMs: 3_000 },
    { retryAfterMs: 10, sleptMs: 1_000 },
    { retryAfterMs: 25_000, sleptMs: 25_000 },
  ])('of $retryAfterMs ms makes the wait $sleptMs ms', async ({ retryAfterMs, sleptMs }) => {
    const runtime = createFakeRuntime();
    const { attempt } = failing({ retry: 'throttled', retryAfterMs });

    await createRetrier(3, runtime).run(deadlineIn(runtime, FAR_MS), attempt);

    expect(runtime.sleeps).toEqual([sleptMs]);
  });

  test('that does not fit before the deadline ends the retries, instead of a return earlier than asked', async () => {
    const runtime = createFakeRuntime();
    const { attempt, seen } = failing({ retry: 'throttled', retryAfterMs: 10_000 });

    const running = createRetrier(3, runtime).run(deadlineIn(runtime, 10_000), attempt);

    await expect(running).rejects.toThrow('failure 1');
    expect(runtime.sleeps).toEqual([]);
    expect(seen).toHaveLength(1);
  });
});

describe('the budget', () => {
  /** Runs calls that never succeed until one gets no retry, and tells how many retries there were. */
  async function retriesUntilExhausted(retry: RetryKind): Promise<number> {
    const runtime = createFakeRuntime();
    const retrier = createRetrier(2, runtime);
    for (;;) {
      const before = runtime.sleeps.length;
      await retrier.run(deadlineIn(runtime, FAR_MS), failing(...times(2, retry)).attempt).catch(() => {});
      if (runtime.sleeps.length === before) return before;
    }
  }

  test.each([
    { retry: 'transient', retries: 35 }, // 500 / 14
    { retry: 'throttled', retries: 100 }, // 500 / 5
  ] as const)('has $retries $retry retries when nothing succeeds', async ({ retry, retries }) => {
    expect(await retriesUntilExhausted(retry)).toBe(retries);
  });

  async function exhausted() {
    const runtime = createFakeRuntime();
    const retrier = createRetrier(2, runtime);
    const retriesLeft = async (retry: RetryKind): Promise<number> => {
      const before = runtime.sleeps.length;
      for (let last = -1; last !== runtime.sleeps.length; ) {
        last = runtime.sleeps.length;
        await retrier.run(deadlineIn(runtime, FAR_MS), failing(...times(2, retry)).attempt).catch(() => {});
      }
      return runtime.sleeps.length - before;
    };
    const succeed = () => retrier.run(deadlineIn(runtime, FAR_MS), failing().attempt);
    const succeedAfterRetry = () => retrier.run(deadlineIn(runtime, FAR_MS), failing({ retry: 'transient' }).attempt);
    return { retriesLeft, succeed, succeedAfterRetry };
  }

  test('stops retries of every call of this instance when it is used up, and of no other instance', async () => {
    const one = await exhausted();
    const other = await exhausted();

    await one.retriesLeft('throttled');

    expect(await one.retriesLeft('throttled')).toBe(0);
    expect(await other.retriesLeft('throttled')).toBe(100);
  });

  test('gets one token back for a first attempt that succeeds', async () => {
    const { retriesLeft, succeed } = await exhausted();
    await retriesLeft('throttled');

    for (let i = 0; i < 15; i += 1) await succeed();

    expect(await retriesLeft('throttled')).toBe(3); // 15 / 5
  });

  test('gets the cost of a retry back when that retry succeeds', async () => {
    const { retriesLeft, succeedAfterRetry } = await exhausted();

    for (let i = 0; i < 100; i += 1) await succeedAfterRetry();

    expect(await retriesLeft('throttled')).toBe(100);
  });

  test('never grows beyond its beginning', async () => {
    const { retriesLeft, succeed } = await exhausted();

    for (let i = 0; i < 100; i += 1) await succeed();

    expect(await retriesLeft('throttled')).toBe(100);
  });
});

describe('what is worth a retry', () => {
  test.each([
    [408, undefined, 'transient'],
    [429, undefined, 'throttled'],
    [429, 'SFS.TURBO.0005', 'throttled'],
    [500, undefined, 'transient'],
    [502, undefined, 'transient'],
    [503, undefined, 'transient'],
    [504, undefined, 'transient'],
    [400, 'SFS.TURBO.0005', 'transient'],
    [400, 'SFS.TURBO.0011', 'transient'],
    [409, 'SFS.TURBO.0036', 'transient'],
    [409, 'SFS.TURBO.0037', 'transient'],
    [400, 'SFS.TURBO.0103', 'transient'],
    [400, 'SFS.TURBO.0001', undefined],
    [400, undefined, undefined],
    [401, undefined, undefined],
    [403, 'SFS.TURBO.9000', undefined],
    [404, 'SFS.TURBO.0124', undefined],
    [409, undefined, undefined],
    [302, undefined, undefined],
    [501, undefined, undefined],
    [505, undefined, undefined],
  ] as const)('%i with the code %s: %s', (status, errCode, kind) => {
    expect(retryKindOf(status, errCode)).toBe(kind);
  });
});
