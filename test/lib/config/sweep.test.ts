import { describe, expect, test } from 'vitest';
import { readSweep, readSweepIfSet } from '../../../lib/config/sweep.ts';
import { DAY_MS, HOUR_MS } from '../../support/sweep-instance.ts';
import { faultsIn, lookupIn, settingsIn, type Variables } from '../../support/variables.ts';

const section = (variables: Variables) => readSweep(lookupIn({ ALLOWED_SHARES: 'a,b', ...variables }));
const read = (variables: Variables) => settingsIn(section(variables)).sweep;
const faultsWith = (variables: Variables) => faultsIn(section(variables));

test('everything but the shares has a default, which is a careful one', () => {
  expect(read({ SWEEP_SHARES: 'a' })).toEqual({
    shares: new Set(['a']),
    statuses: new Set(['SUCCESS', 'FAIL']),
    minAgeMs: DAY_MS,
    doingMinAgeMs: 3 * DAY_MS,
    keepLatest: 1,
    rules: [],
    maxDeletes: 50,
    concurrency: 4,
    ratePerSecond: 10,
    dryRun: true,
  });
});

test('every setting can be set', () => {
  const variables = {
    SWEEP_SHARES: '*',
    SWEEP_STATUSES: 'doing, FAIL',
    SWEEP_MIN_AGE: 'PT36H',
    SWEEP_DOING_MIN_AGE: '7d',
    SWEEP_KEEP_LATEST: '0',
    SWEEP_RULES: '[{"protect":true}]',
    SWEEP_MAX_DELETES: '0',
    SWEEP_CONCURRENCY: '16',
    SWEEP_RATE: '200',
    SWEEP_DRY_RUN: 'False',
  };

  expect(read(variables)).toEqual({
    shares: '*',
    statuses: new Set(['DOING', 'FAIL']),
    minAgeMs: 36 * HOUR_MS,
    doingMinAgeMs: 7 * DAY_MS,
    keepLatest: 0,
    rules: [{ shares: '*', pathPrefix: undefined, policy: 'protected' }],
    maxDeletes: 0,
    concurrency: 16,
    ratePerSecond: 200,
    dryRun: false,
  });
});

test.each([
  { SWEEP_SHARES: ' ' },
  { SWEEP_SHARES: ',' },
  { SWEEP_SHARES: 'a,b/c' },
  { SWEEP_SHARES: 'a,c' },
  { SWEEP_STATUSES: 'SUCCESS,DONE' },
  { SWEEP_STATUSES: ',' },
  { SWEEP_MIN_AGE: '24' },
  { SWEEP_MIN_AGE: '0h' },
  { SWEEP_MIN_AGE: '-1h' },
  { SWEEP_MIN_AGE: '99999d' },
  { SWEEP_DOING_MIN_AGE: 'PT' },
  { SWEEP_KEEP_LATEST: '-1' },
  { SWEEP_KEEP_LATEST: 'all' },
  { SWEEP_MAX_DELETES: '1e3' },
  { SWEEP_MAX_DELETES: '*' },
  { SWEEP_CONCURRENCY: '0' },
  { SWEEP_RATE: '0' },
  { SWEEP_RATE: '10001' },
  { SWEEP_DRY_RUN: 'no' },
  { SWEEP_DRY_RUN: '0' },
])('%j is a fault that names the variable and not the value', (variables) => {
  const [[name, value]] = Object.entries(variables) as [[string, string]];

  const faults = faultsWith({ SWEEP_SHARES: 'a', ...variables });

  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${name} `));
  if (value.length > 3) expect(faults[0]).not.toContain(value);
});

test.each([
  { name: 'SWEEP_SHARES', value: 'c', says: 'must not name a share that is not in ALLOWED_SHARES' },
  { name: 'SWEEP_STATUSES', value: 'DONE', says: 'must be of SUCCESS, FAIL, DOING, comma-separated' },
  { name: 'SWEEP_MIN_AGE', value: '1w', says: 'must be a duration such as 90m, 24h, 7d, PT36H or P7D' },
  { name: 'SWEEP_MIN_AGE', value: '0m', says: 'must be from 1m to 3650d' },
  { name: 'SWEEP_MIN_AGE', value: 'P3650DT1M', says: 'must be from 1m to 3650d' },
  { name: 'SWEEP_DRY_RUN', value: 'no', says: 'must be true or false' },
])('a $name of $value is told what it $says', ({ name, value, says }) => {
  expect(faultsWith({ SWEEP_SHARES: 'a', [name]: value })).toEqual([`${name} ${says}`]);
});

test('an age may be a minute, or ten years', () => {
  expect(read({ SWEEP_SHARES: 'a', SWEEP_MIN_AGE: '1m', SWEEP_DOING_MIN_AGE: '3650d' })).toMatchObject({
    minAgeMs: 60_000,
    doingMinAgeMs: 3_650 * DAY_MS,
  });
});

test('every fault is reported at once', () => {
  const faults = faultsWith({ SWEEP_SHARES: 'c', SWEEP_STATUSES: 'x', SWEEP_MIN_AGE: 'x', SWEEP_DRY_RUN: 'x' });

  expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
    'SWEEP_SHARES',
    'SWEEP_STATUSES',
    'SWEEP_MIN_AGE',
    'SWEEP_DRY_RUN',
  ]);
});

test.each(['', 'a/b'])(
  'no share is called forbidden while ALLOWED_SHARES is %j, which is a fault of its own',
  (value) => {
    expect(faultsWith({ ALLOWED_SHARES: value, SWEEP_SHARES: 'c' })).toEqual([]);
  },
);

describe('a function that can do without a sweep', () => {
  const readIfSet = (variables: Variables) => readSweepIfSet(lookupIn({ ALLOWED_SHARES: 'a,b', ...variables }));

  test('has none where SWEEP_SHARES is not set, whatever the other variables say', () => {
    expect(readIfSet({ SWEEP_SHARES: ' ', SWEEP_DRY_RUN: 'x' })).toEqual({ settings: { sweep: undefined } });
  });

  test('has the same one where it is set', () => {
    expect(readIfSet({ SWEEP_SHARES: 'a' })).toEqual(section({ SWEEP_SHARES: 'a' }));
    expect(readIfSet({ SWEEP_SHARES: 'a', SWEEP_RATE: 'x' })).toEqual({
      faults: ['SWEEP_RATE must be a whole number from 1 to 10000'],
    });
  });
});
