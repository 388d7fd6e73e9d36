import { describe, expect, test } from 'vitest';
import type { SweepSettings } from '../../../lib/config/sweep.ts';
import { parseShareId, type ShareId } from '../../../lib/core/task.ts';
import { narrow, parseOverrides } from '../../../lib/sweep/overrides.ts';

const shares = (...ids: readonly string[]): ReadonlySet<ShareId> => new Set(ids.map((id) => parseShareId(id)));

describe('an order', () => {
  test('may say all, something or nothing', () => {
    expect(parseOverrides({ dry_run: true, shares: ['a', 'b', 'a'], max_deletes: 10 })).toEqual({
      dryRun: true,
      shares: shares('a', 'b'),
      maxDeletes: 10,
    });
    expect(parseOverrides({ max_deletes: 0 })).toEqual({ maxDeletes: 0 });
    expect(parseOverrides({})).toEqual({});
  });

  test.each([
    { order: null, says: 'the order must be a JSON object' },
    { order: undefined, says: 'the order must be a JSON object' },
    { order: [], says: 'the order must be a JSON object' },
    { order: 'dry_run', says: 'the order must be a JSON object' },
    { order: { dryRun: true }, says: 'unknown field "dryRun"; known: dry_run, shares, max_deletes' },
    { order: { dry_run: true, '': 1 }, says: 'unknown field ""; known: dry_run, shares, max_deletes' },
    { order: { dry_run: 'true' }, says: 'dry_run must be true or false' },
    { order: { dry_run: 1 }, says: 'dry_run must be true or false' },
    { order: { dry_run: null }, says: 'dry_run must be true or false' },
    { order: { shares: [] }, says: 'shares must be a list of share ids' },
    { order: { shares: 'a' }, says: 'shares must be a list of share ids' },
    { order: { shares: '*' }, says: 'shares must be a list of share ids' },
    { order: { shares: { length: 1 } }, says: 'shares must be a list of share ids' },
    { order: { shares: null }, says: 'shares must be a list of share ids' },
    { order: { shares: ['a', ''] }, says: 'shares[1] is missing' },
    { order: { shares: ['a/b'] }, says: 'shares[0] must be 1 to 64 letters, digits or hyphens' },
    { order: { max_deletes: -1 }, says: 'max_deletes must be a whole number' },
    { order: { max_deletes: 1.5 }, says: 'max_deletes must be a whole number' },
    { order: { max_deletes: '1' }, says: 'max_deletes must be a whole number' },
    { order: { max_deletes: null }, says: 'max_deletes must be a whole number' },
    { order: { max_deletes: Number.POSITIVE_INFINITY }, says: 'max_deletes must be a whole number' },
  ])('$order is refused with: $says', ({ order, says }) => {
    expect(() => parseOverrides(order)).toThrow(expect.objectContaining({ code: 'invalid_input', message: says }));
  });
});

describe('a run', () => {
  const settings: SweepSettings = {
    shares: shares('a', 'b'),
    statuses: new Set(['SUCCESS']),
    minAgeMs: 1,
    doingMinAgeMs: 2,
    keepLatest: 3,
    maxDeletes: 50,
    concurrency: 4,
    ratePerSecond: 10,
    dryRun: false,
  };

  test('without an order has the settings of the configuration', () => {
    expect(narrow(settings, {}, '*')).toEqual(settings);
  });

  test.each([
    { configured: false, ordered: false, dryRun: false },
    { configured: false, ordered: true, dryRun: true },
    { configured: true, ordered: false, dryRun: true },
    { configured: true, ordered: undefined, dryRun: true },
  ])('configured dry: $configured, ordered dry: $ordered, is dry: $dryRun', ({ configured, ordered, dryRun }) => {
    expect(narrow({ ...settings, dryRun: configured }, { dryRun: ordered }, '*').dryRun).toBe(dryRun);
  });

  test.each([
    { ordered: 0, maxDeletes: 0 },
    { ordered: 49, maxDeletes: 49 },
    { ordered: 51, maxDeletes: 50 },
  ])('of at most 50 deletes, ordered down to $ordered, may delete $maxDeletes', ({ ordered, maxDeletes }) => {
    expect(narrow(settings, { maxDeletes: ordered }, '*').maxDeletes).toBe(maxDeletes);
  });

  test.each([
    { swept: shares('a', 'b'), allowed: '*' },
    { swept: '*', allowed: shares('a', 'b') },
    { swept: '*', allowed: '*' },
  ] as const)('may be ordered to some of its shares ($swept of $allowed)', ({ swept, allowed }) => {
    expect(narrow({ ...settings, shares: swept }, { shares: shares('b') }, allowed).shares).toEqual(shares('b'));
  });

  test.each([
    { swept: shares('a', 'b'), allowed: '*' },
    { swept: '*', allowed: shares('a', 'b') },
    { swept: shares('a', 'b', 'c'), allowed: shares('a', 'b') },
  ] as const)('is not ordered to one share more ($swept of $allowed)', ({ swept, allowed }) => {
    expect(() => narrow({ ...settings, shares: swept }, { shares: shares('a', 'c') }, allowed)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: 'shares names a share that this function does not sweep',
      }),
    );
  });
});
