import { expect, test } from 'vitest';
import { isReached, type Target, targetTable } from './targets.ts';

test.each([
  { bound: 'at most', limit: 0.8, reached: 0.8, is: true },
  { bound: 'at most', limit: 0.8, reached: 0.801, is: false },
  { bound: 'at least', limit: 0.95, reached: 0.95, is: true },
  { bound: 'at least', limit: 0.95, reached: 0.949, is: false },
  { bound: 'below', limit: 64, reached: 63.9, is: true },
  { bound: 'below', limit: 64, reached: 64, is: false },
  { bound: 'at most', limit: 0.8, reached: Number.NaN, is: false },
] as const)('of "$bound $limit", $reached is enough: $is', ({ is, ...target }) => {
  expect(isReached({ name: 'anything', ...target })).toBe(is);
});

test('the table of targets says what is wanted, what was measured, and whether that is enough', () => {
  const targets: readonly Target[] = [
    { name: 'first call', bound: 'at most', limit: 0.8, reached: 0.694 },
    { name: 'sweep', bound: 'at least', limit: 0.95, reached: 0.9 },
  ];

  const [, first, sweep] = targetTable(targets).split('\n');

  expect(first?.trim().split(/ {2,}/)).toEqual(['first call', 'at most 0.8', '0.694', 'reached']);
  expect(sweep?.trim().split(/ {2,}/)).toEqual(['sweep', 'at least 0.95', '0.900', 'missed']);
});
