import { describe, expect, test } from 'vitest';
import type { SweepSettings } from '../../../lib/config/sweep.ts';
import { parseShareId, type ShareId } from '../../../lib/core/task.ts';
import { narrow, parseOverrides } from '../../../lib/sweep/overrides.ts';
import { SCHEDULE } from '../../../lib/sweep/sweep.ts';

const shares = (...ids: readonly string[]): ReadonlySet<ShareId> => new Set(ids.map((id) => parseShareId(id)));

describe('overrides', () => {
  test('may set all, some or none of the fields', () => {
    expect(parseOverrides({ dry_run: true, shares: ['a', 'b', 'a'], max_deletes: 10 })).toEqual({
      dryRun: true,
      shares: shares('a', 'b'),
      maxDeletes: 10,
    });
    expect(parseOverrides({ max_deletes: 0 })).toEqual({ maxDeletes: 0 });
    expect(parseOverrides({})).toEqual({});
  });

  test.each([
    { input: null, says: 'what narrows a sweep must be a JSON object, such as {"dry_run":true}' },
    { input: undefined, says: 'what narrows a sweep must be a JSON object, such as {"dry_run":true}' },
    { input: [], says: 'what narrows a sweep must be a JSON object, such as {"dry_run":true}' },
    { input: 'dry_run', says: 'what narrows a sweep must be a JSON object, such as {"dry_run":true}' },
    { input: { dryRun: true }, says: 'unknown field "dryRun"; known: dry_run, shares, max_deletes' },
    { input: { dry_run: true, '': 1 }, says: 'unknown field ""; known: dry_run, shares, max_deletes' },
    { input: { dry_run: 'true' }, says: 'dry_run must be true or false' },
    { input: { dry_run: 1 }, says: 'dry_run must be true or false' },
    { input: { dry_run: null }, says: 'dry_run must be true or false' },
    { input: { shares: [] }, says: 'shares must be a list of share ids' },
    { input: { shares: 'a' }, says: 'shares must be a list of share ids' },
    { input: { shares: '*' }, says: 'shares must be a list of share ids' },
    { input: { shares: { length: 1 } }, says: 'shares must be a list of share ids' },
    { input: { shares: null }, says: 'shares must be a list of share ids' },
    { input: { shares: ['a', ''] }, says: 'shares[1] is missing' },
    { input: { shares: ['a/b'] }, says: 'shares[0] must be 1 to 64 letters, digits or hyphens' },
    { input: { max_deletes: -1 }, says: 'max_deletes must be a whole number' },
    { input: { max_deletes: 1.5 }, says: 'max_deletes must be a whole number' },
    { input: { max_deletes: '1' }, says: 'max_deletes must be a whole number' },
    { input: { max_deletes: null }, says: 'max_deletes must be a whole number' },
    { input: { max_deletes: Number.POSITIVE_INFINITY }, says: 'max_deletes must be a whole number' },
  ])('$input is refused with: $says', ({ input, says }) => {
    expect(() => parseOverrides(input)).toThrow(expect.objectContaining({ code: 'invalid_input', message: says }));
  });
});

describe('a run', () => {
  const settings: SweepSettings = {
    shares: shares('a', 'b'),
    statuses: new Set(['SUCCESS']),
    minAgeMs: 1,
    doingMinAgeMs: 2,
    keepLatest: 3,
    rules: [],
    maxDeletes: 50,
    concurrency: 4,
    ratePerSecond: 10,
    dryRun: false,
  };

  test('without overrides has the settings of the configuration', () => {
    expect(narrow(settings, {}, SCHEDULE, '*')).toEqual(settings);
  });

  test.each([
    { configured: false, override: false, dryRun: false },
    { configured: false, override: true, dryRun: true },
    { configured: true, override: false, dryRun: true },
    { configured: true, override: undefined, dryRun: true },
  ])('configured dry: $configured, overridden dry: $override, is dry: $dryRun', ({ configured, override, dryRun }) => {
    expect(narrow({ ...settings, dryRun: configured }, { dryRun: override }, SCHEDULE, '*').dryRun).toBe(dryRun);
  });

  test.each([
    { override: 0, maxDeletes: 0 },
    { override: 49, maxDeletes: 49 },
    { override: 51, maxDeletes: 50 },
  ])('of at most 50 deletes, overridden with $override, may delete $maxDeletes', ({ override, maxDeletes }) => {
    expect(narrow(settings, { maxDeletes: override }, SCHEDULE, '*').maxDeletes).toBe(maxDeletes);
  });

  test.each([
    { swept: shares('a', 'b'), allowed: '*' },
    { swept: '*', allowed: shares('a', 'b') },
    { swept: '*', allowed: '*' },
  ] as const)('may be narrowed to some of its shares ($swept of $allowed)', ({ swept, allowed }) => {
    expect(narrow({ ...settings, shares: swept }, { shares: shares('b') }, SCHEDULE, allowed).shares).toEqual(
      shares('b'),
    );
  });

  test.each([
    { swept: shares('a', 'b'), allowed: '*', code: 'invalid_input', own: '*' },
    { swept: '*', allowed: shares('a', 'b'), code: 'forbidden', own: '*' },
    { swept: shares('a', 'b', 'c'), allowed: shares('a', 'b'), code: 'forbidden', own: '*' },
    { swept: '*', allowed: '*', code: 'forbidden', own: shares('a', 'b') },
    { swept: shares('a', 'b', 'c'), allowed: '*', code: 'forbidden', own: shares('a') },
  ] as const)(
    'cannot be given one more share ($swept of $allowed, for $own): $code',
    ({ swept, allowed, own, code }) => {
      const caller = { name: 'ci', shares: own };

      expect(() => narrow({ ...settings, shares: swept }, { shares: shares('a', 'c') }, caller, allowed)).toThrow(
        expect.objectContaining({ code }),
      );
    },
  );

  test.each([
    { swept: '*', allowed: '*', left: shares('a', 'b') },
    { swept: shares('b', 'c'), allowed: '*', left: shares('b') },
    { swept: '*', allowed: shares('b', 'c'), left: shares('b') },
  ] as const)('is narrowed to the shares of the caller ($swept of $allowed)', ({ swept, allowed, left }) => {
    const caller = { name: 'ci', shares: shares('a', 'b') };

    expect(narrow({ ...settings, shares: swept }, {}, caller, allowed).shares).toEqual(left);
  });

  test('is refused to a caller who may use none of the swept shares', () => {
    const caller = { name: 'ci', shares: shares('d') };

    expect(() => narrow({ ...settings, shares: shares('a') }, {}, caller, '*')).toThrow(
      expect.objectContaining({ code: 'forbidden', reason: 'ci may use none of the shares that are swept' }),
    );
  });
});
