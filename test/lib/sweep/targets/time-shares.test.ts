import { expect, test } from 'vitest';
import { createTimeShares } from '../../../../lib/sweep/targets/time-shares.ts';

const SECOND_MS = 1_000;

/** Shares of a run of 100 seconds. Each member takes its whole share, or so many seconds. */
function run(count: number, atOnce: number, takes: readonly (number | undefined)[] = []): readonly number[] {
  const clock = { nowMs: 0 };
  const shares = createTimeShares(count, atOnce, 100 * SECOND_MS, () => clock.nowMs);
  let running: number[] = [];
  return Array.from({ length: count }, (_, index) => {
    if (running.length === atOnce) {
      clock.nowMs = Math.min(...running);
      running = running.toSpliced(running.indexOf(clock.nowMs), 1);
      shares.end();
    }
    const startedAtMs = clock.nowMs;
    const endsAtMs = shares.begin();
    const take = takes[index];
    running.push(take === undefined ? endsAtMs : startedAtMs + take * SECOND_MS);
    return Math.round((endsAtMs - startedAtMs) / SECOND_MS);
  });
}

test('who is alone has all the time', () => {
  expect(run(1, 4)).toEqual([100]);
});

test('where all can be swept at once each has all the time', () => {
  expect(run(4, 4)).toEqual([100, 100, 100, 100]);
});

test('one at a time, each has as much as every other', () => {
  expect(run(5, 1)).toEqual([20, 20, 20, 20, 20]);
});

test('what one does not need is left to the others', () => {
  expect(run(5, 1, [0, 0, 0])).toEqual([20, 25, 33, 50, 50]);
});

test('several at a time: whoever waits has its time when the first ones end', () => {
  expect(run(5, 4)).toEqual([80, 80, 80, 80, 20]);
});

test('a share is at least five seconds, and never longer than the run', () => {
  expect(run(50, 1).slice(0, 3)).toEqual([5, 5, 5]);
  expect(run(50, 1).at(-1)).toBe(0);
});
