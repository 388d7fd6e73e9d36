import { describe, expect, test } from 'vitest';
import { readChatConfig, readTimerConfig } from '../../../lib/config/read-config.ts';
import { readSweep } from '../../../lib/config/sweep.ts';
import { DAY_MS, HOUR_MS } from '../../support/sweep-instance.ts';
import { faultsIn, faultsOf, LEAST_VARIABLES, lookupIn, settingsIn, type Variables } from '../../support/variables.ts';

const sectionWith = (rules: unknown, variables: Variables = {}) =>
  readSweep(
    lookupIn({
      ...{ ALLOWED_SHARES: 'a,b', SWEEP_SHARES: 'a', SHARE_ALIASES: 'prod=a,Dev=b' },
      SWEEP_RULES: typeof rules === 'string' ? rules : JSON.stringify(rules),
      ...variables,
    }),
  );
const read = (rules: unknown, variables: Variables = {}) => settingsIn(sectionWith(rules, variables)).sweep.rules;
const faultsWith = (rules: unknown, variables: Variables = {}) => faultsIn(sectionWith(rules, variables));

const GENERAL = {
  statuses: new Set(['SUCCESS', 'FAIL']),
  minAgeMs: DAY_MS,
  doingMinAgeMs: 3 * DAY_MS,
  keepLatest: 1,
};

describe('a rule', () => {
  test('that protects has no other policy', () => {
    expect(read([{ path_prefix: '/audit/', protect: true }])).toEqual([
      { shares: '*', pathPrefix: '/audit/', policy: 'protected' },
    ]);
  });

  test.each([
    { member: { statuses: ['DOING', 'fail'] }, sets: { statuses: new Set(['DOING', 'FAIL']) } },
    { member: { min_age: 'PT36H' }, sets: { minAgeMs: 36 * HOUR_MS } },
    { member: { doing_min_age: '90m' }, sets: { doingMinAgeMs: 1.5 * HOUR_MS } },
    { member: { keep_latest: 0 }, sets: { keepLatest: 0 } },
  ])('with $member has that in place of the general one, and the rest from there', ({ member, sets }) => {
    expect(read([member])).toEqual([{ shares: '*', pathPrefix: undefined, policy: { ...GENERAL, ...sets } }]);
  });

  test('takes what it does not say from the variables', () => {
    const variables = {
      SWEEP_STATUSES: 'DOING',
      SWEEP_MIN_AGE: '7d',
      SWEEP_DOING_MIN_AGE: '8d',
      SWEEP_KEEP_LATEST: '3',
    };

    const [first, second] = read([{ keep_latest: 2 }, { min_age: '1h' }], variables);

    const general = { statuses: new Set(['DOING']), minAgeMs: 7 * DAY_MS, doingMinAgeMs: 8 * DAY_MS, keepLatest: 3 };
    expect(first?.policy).toEqual({ ...general, keepLatest: 2 });
    expect(second?.policy).toEqual({ ...general, minAgeMs: HOUR_MS });
  });

  test('names shares by id or by alias', () => {
    const [rule] = read([{ shares: ['PROD', 'b'], protect: true }]);

    expect(rule?.shares).toEqual(new Set(['a', 'b']));
  });

  test('may name any share by its id where all are allowed', () => {
    const [rule] = read([{ shares: ['elsewhere'], protect: true }], { ALLOWED_SHARES: '*' });

    expect(rule?.shares).toEqual(new Set(['elsewhere']));
  });

  test.each(['/', '/a', '/a/', '/a b/.c/..d/', '/数据/', '/cafe\u0301/'])('may be for paths under %j', (prefix) => {
    expect(read([{ path_prefix: prefix, protect: true }])[0]?.pathPrefix).toBe(prefix);
  });
});

test.each(['', ' ', '[]'])('SWEEP_RULES=%j is no rule', (value) => {
  expect(read(value)).toEqual([]);
});

test('fifty rules keep their order', () => {
  const rules = Array.from({ length: 50 }, (_, index) => ({ keep_latest: index }));

  const kept = read(rules).map(({ policy }) => (policy === 'protected' ? policy : policy.keepLatest));

  expect(kept).toEqual(rules.map((rule) => rule.keep_latest));
});

describe('a fault is told by the index of its rule and the member, never by the value', () => {
  const SHARES = 'must be a list of shares in ALLOWED_SHARES, by id or by an alias of SHARE_ALIASES';
  const PATH =
    'must be a path from the root, such as /audit/, of at most 4096 characters, without empty parts, . and ..';
  const STATUSES = 'must be a list of SUCCESS, FAIL, DOING';
  const DURATION = 'must be a duration such as 90m, 24h, 7d, PT36H or P7D';
  const KEEP = 'must be a whole number from 0 to 1000';
  const NOTHING = 'must have protect, or one of statuses, min_age, doing_min_age, keep_latest';
  const BOTH = '.protect contradicts statuses, min_age, doing_min_age, keep_latest: a task that is protected stays';
  const known = 'known: shares, path_prefix, protect, statuses, min_age, doing_min_age, keep_latest';

  test.each<{ value: unknown; says: string }>([
    { value: 'secret', says: 'must be a JSON array of rules' },
    { value: '{"protect":true}', says: 'must be a JSON array of rules' },
    { value: '[{"protect":true}', says: 'must be a JSON array of rules' },
    { value: '[{"protect":true},]', says: 'must be a JSON array of rules' },
    { value: `${'['.repeat(70)}${']'.repeat(70)}`, says: 'must be a JSON array of rules' },
    { value: Array.from({ length: 51 }, () => ({ protect: true })), says: 'must have at most 50 rules' },
    { value: ['secret'], says: '[0] must be a JSON object' },
    { value: [null], says: '[0] must be a JSON object' },
    { value: [[]], says: '[0] must be a JSON object' },
    { value: [{}], says: `[0] ${NOTHING}` },
    { value: [{ path_prefix: '/secret' }], says: `[0] ${NOTHING}` },
    { value: [{ protect: true, keep_latest: 1 }], says: `[0]${BOTH}` },
    { value: [{ protect: false }], says: '[0].protect must be true, or left out' },
    { value: [{ protect: 'secret' }], says: '[0].protect must be true, or left out' },
    { value: [{ protect: null }], says: '[0].protect must be true, or left out' },
    { value: [{ protect: true, path: '/secret' }], says: `[0]."path" is unknown; ${known}` },
    { value: [{ protect: true, max_deletes: 1 }], says: `[0]."max_deletes" is unknown; ${known}` },
    { value: '[{"protect":true,"__proto__":{}}]', says: `[0]."__proto__" is unknown; ${known}` },
    { value: '[{"protect":true,"constructor":1}]', says: `[0]."constructor" is unknown; ${known}` },
    { value: [{ protect: true, shares: [] }], says: `[0].shares ${SHARES}` },
    { value: [{ protect: true, shares: '*' }], says: `[0].shares ${SHARES}` },
    { value: [{ protect: true, shares: ['*'] }], says: `[0].shares ${SHARES}` },
    { value: [{ protect: true, shares: ['secret'] }], says: `[0].shares ${SHARES}` },
    { value: [{ protect: true, shares: ['a', 7] }], says: `[0].shares ${SHARES}` },
    { value: [{ protect: true, path_prefix: '' }], says: `[0].path_prefix ${PATH}` },
    { value: [{ protect: true, path_prefix: 'secret/' }], says: `[0].path_prefix ${PATH}` },
    { value: [{ protect: true, path_prefix: ['/secret'] }], says: `[0].path_prefix ${PATH}` },
    { value: [{ protect: true, path_prefix: '/secret//' }], says: `[0].path_prefix ${PATH}` },
    { value: [{ protect: true, path_prefix: '/secret/./a' }], says: `[0].path_prefix ${PATH}` },
    { value: [{ protect: true, path_prefix: '/secret/..' }], says: `[0].path_prefix ${PATH}` },
    { value: [{ protect: true, path_prefix: '/secret\n' }], says: `[0].path_prefix ${PATH}` },
    { value: [{ protect: true, path_prefix: '/secret\ud800' }], says: `[0].path_prefix ${PATH}` },
    { value: [{ protect: true, path_prefix: `/${'x'.repeat(4_096)}` }], says: `[0].path_prefix ${PATH}` },
    { value: [{ statuses: [] }], says: `[0].statuses ${STATUSES}` },
    { value: [{ statuses: 'FAIL' }], says: `[0].statuses ${STATUSES}` },
    { value: [{ statuses: ['FAIL', 'secret'] }], says: `[0].statuses ${STATUSES}` },
    { value: [{ min_age: 24 }], says: `[0].min_age ${DURATION}` },
    { value: [{ min_age: 'secret' }], says: `[0].min_age ${DURATION}` },
    { value: [{ min_age: '0h' }], says: '[0].min_age must be from 1m to 3650d' },
    { value: [{ min_age: '3651d' }], says: '[0].min_age must be from 1m to 3650d' },
    { value: [{ min_age: null }], says: `[0].min_age ${DURATION}` },
    { value: [{ doing_min_age: '1w' }], says: `[0].doing_min_age ${DURATION}` },
    { value: [{ keep_latest: -1 }], says: `[0].keep_latest ${KEEP}` },
    { value: [{ keep_latest: 1.5 }], says: `[0].keep_latest ${KEEP}` },
    { value: [{ keep_latest: 1_001 }], says: `[0].keep_latest ${KEEP}` },
    { value: [{ keep_latest: '1' }], says: `[0].keep_latest ${KEEP}` },
  ])('$value', ({ value, says }) => {
    const faults = faultsWith(value);

    expect(faults).toEqual([`SWEEP_RULES ${says}`]);
    expect(faults.join()).not.toContain('secret');
  });

  test('and all at once, beside those of other variables', () => {
    const rules = [
      { shares: [], path_prefix: 'x', min_age: 'x', x: 1, y: 2 },
      { protect: true },
      { protect: false, keep_latest: -1 },
    ];

    const faults = faultsWith(rules, { SWEEP_RATE: 'x' });

    expect(faults.map((fault) => fault.split(' ').slice(0, 2).join(' '))).toEqual([
      'SWEEP_RATE must',
      'SWEEP_RULES [0]."x"',
      'SWEEP_RULES [0]."y"',
      'SWEEP_RULES [0].shares',
      'SWEEP_RULES [0].path_prefix',
      'SWEEP_RULES [0].min_age',
      'SWEEP_RULES [2].protect',
      'SWEEP_RULES [2].keep_latest',
      'SWEEP_RULES [2].protect',
    ]);
  });

  test('and a rule may use any word for a share while the aliases are a fault of their own', () => {
    const faults = faultsWith([{ shares: ['prod'], protect: true }], { SHARE_ALIASES: 'prod' });

    expect(faults).toEqual(['SHARE_ALIASES must be name=share id pairs, comma-separated']);
  });
});

test.each([
  { of: 'timer', read: readTimerConfig },
  { of: 'chat', read: readChatConfig },
])('$of is not configured while a rule has a fault, and is told each fault once', ({ read: readConfig }) => {
  const variables = { ...LEAST_VARIABLES, SWEEP_SHARES: '*', SHARE_ALIASES: 'prod', SWEEP_RULES: '[{}]' };

  const faults = faultsOf(() => readConfig(lookupIn(variables)));

  expect(faults.map((fault) => fault.split(' ')[0]).toSorted()).toEqual(['SHARE_ALIASES', 'SWEEP_RULES']);
});
