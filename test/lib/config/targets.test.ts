import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Platform, readHttpConfig, readTimerConfig } from '../../../lib/config/read-config.ts';
import { faultsOf, LEAST_VARIABLES, lookupIn, type Variables } from '../../support/variables.ts';

const { ALLOWED_SHARES: _, ...PASSWORD } = LEAST_VARIABLES;
const KEY = { HW_REGION_NAME: 'cn-north-4', HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK' };
const PARTNER = { agency_urn: 'iam::0123:agency:du', external_id: 'a-secret-word' };
const ACCOUNTS = JSON.stringify({ partner: PARTNER, other: { agency_name: 'du', domain_name: 'other-domain' } });

const withTargets = (targets: unknown, variables: Variables = KEY): Variables => ({
  ...variables,
  TARGETS: typeof targets === 'string' ? targets : JSON.stringify(targets),
});
const read = (targets: unknown, variables?: Variables) => readHttpConfig(lookupIn(withTargets(targets, variables)));
const readSwept = (target: object, variables: Variables = KEY) =>
  readTimerConfig(lookupIn(withTargets([{ name: 'prod', shares: '*', ...target }], variables)));
const faultsIn = (targets: unknown, variables?: Variables) => faultsOf(() => read(targets, variables));
const faultsInOne = (target: object, variables: Variables = KEY) => faultsOf(() => readSwept(target, variables));

describe('without TARGETS', () => {
  test('there is one target, made of the variables', () => {
    const lookup = lookupIn({ ...LEAST_VARIABLES, HW_PROJECT_ID: 'p-1', ALLOWED_SHARES: 'a,b', SWEEP_SHARES: 'a' });

    const { credentials, targets, reports, run, fanOut, ...settings } = readTimerConfig(lookup);

    expect(targets).toEqual([
      { ...settings, name: undefined, account: undefined, tags: undefined, aliases: new Map() },
    ]);
    expect(settings).toMatchObject({
      region: 'cn-north-4',
      project: { id: 'p-1' },
      allowedShares: new Set(['a', 'b']),
    });
  });

  test('ACCOUNTS is a fault, because nothing would use it', () => {
    const variables = { ...LEAST_VARIABLES, ACCOUNTS };

    expect(faultsOf(() => readHttpConfig(lookupIn(variables)))).toEqual(['ACCOUNTS is for TARGETS, which is not set']);
  });
});

describe('a target', () => {
  test('has what it says, and the variables where it says nothing', () => {
    const { targets } = read(
      [
        { name: 'prod', project_id: 'p-1', shares: ['a'], aliases: { Big: 'a' } },
        { name: 'east', region: 'cn-east-3', project_name: 'cn-east-3_team', shares: '*', iam_url: 'https://iam.test' },
      ],
      { ...KEY, MAX_ATTEMPTS: '7' },
    );

    expect(targets).toMatchObject([
      {
        name: 'prod',
        region: 'cn-north-4',
        project: { id: 'p-1', name: 'cn-north-4' },
        iamUrl: 'https://iam.cn-north-4.myhuaweicloud.com/v3',
        sfsTurboUrl: 'https://sfs-turbo.cn-north-4.myhuaweicloud.com',
        allowedShares: new Set(['a']),
        aliases: new Map([['big', 'a']]),
        maxAttempts: 7,
        account: undefined,
      },
      {
        name: 'east',
        region: 'cn-east-3',
        project: { id: undefined, name: 'cn-east-3_team' },
        iamUrl: 'https://iam.test/v3',
        sfsTurboUrl: 'https://sfs-turbo.cn-east-3.myhuaweicloud.com',
        allowedShares: '*',
        maxAttempts: 7,
      },
    ]);
  });

  test('that names no project is in the project of its region', () => {
    const { targets } = read([{ name: 'east', region: 'cn-east-3', shares: '*' }]);

    expect(targets[0].project).toEqual({ id: undefined, name: 'cn-east-3' });
  });

  test('in another account is let in by the agency of ACCOUNTS, which one STS assumes for all its targets', () => {
    const { targets } = read(
      [
        { name: 'a', account: 'partner', region: 'eu-west-101', shares: '*', sts_url: 'https://sts.test/' },
        { name: 'b', account: 'partner', shares: '*' },
        { name: 'c', account: 'other', shares: '*' },
      ],
      { ...KEY, ACCOUNTS },
    );

    const agency = { type: 'sts', urn: PARTNER.agency_urn, externalId: PARTNER.external_id };
    expect(targets[0].account).toMatchObject({ name: 'partner', agency, stsUrl: 'https://sts.test' });
    expect(targets[1]?.account).toBe(targets[0].account);
    expect(targets[2]?.account).toEqual({
      name: 'other',
      agency: { type: 'iam', agencyName: 'du', domainName: 'other-domain' },
      iamUrl: 'https://iam.cn-north-4.myhuaweicloud.com/v3',
      stsUrl: 'https://sts.cn-north-4.myhuaweicloud.com',
    });
  });

  test('is swept by its own settings, and by the general ones where it has none', () => {
    const { sweep, targets } = readSwept(
      {
        shares: ['a', 'b'],
        sweep: {
          dry_run: false,
          statuses: ['FAIL'],
          min_age: '7d',
          doing_min_age: 'P9D',
          keep_latest: 0,
          max_deletes: 20,
        },
      },
      { ...KEY, SWEEP_MAX_DELETES: '5', SWEEP_CONCURRENCY: '2', SWEEP_RATE: '3' },
    );

    expect(sweep).toEqual({
      shares: new Set(['a', 'b']),
      statuses: new Set(['FAIL']),
      minAgeMs: 7 * 86_400_000,
      doingMinAgeMs: 9 * 86_400_000,
      keepLatest: 0,
      rules: [],
      maxDeletes: 20,
      concurrency: 2,
      ratePerSecond: 3,
      dryRun: false,
    });
    expect(targets[0].sweep).toEqual(sweep);
  });

  test('has rules of its own, which know its aliases', () => {
    const rules = [{ shares: ['big'], keep_latest: 7 }];
    const target = { shares: ['a', 'b'], aliases: { big: 'b' }, sweep: { rules } };
    const general = { ...KEY, SWEEP_RULES: '[{"path_prefix":"/audit/","protect":true}]', SHARE_ALIASES: 'x=a' };

    const [own, others] = [readSwept(target, general).sweep.rules, readSwept({}, general).sweep.rules];

    expect(own).toMatchObject([{ shares: new Set(['b']), pathPrefix: undefined, policy: { keepLatest: 7 } }]);
    expect(others).toMatchObject([{ shares: '*', pathPrefix: '/audit/', policy: 'protected' }]);
  });

  test('has rules that know SHARE_ALIASES beside its own aliases, which go first', () => {
    const rules = [{ shares: ['big', 'OLD'], keep_latest: 7 }];
    const target = { shares: ['a', 'b', 'c'], aliases: { big: 'b' }, sweep: { rules } };

    const { sweep } = readSwept(target, { ...KEY, SHARE_ALIASES: 'big=a, old=c' });

    expect(sweep.rules).toMatchObject([{ shares: new Set(['b', 'c']) }]);
  });

  test.each([
    [{ shares: '*' }, '*'],
    [{ shares: ['a', 'b'] }, new Set(['a', 'b'])],
    [{ shares: '*', sweep: { shares: ['a'] } }, new Set(['a'])],
    [{ shares: ['a', 'b'], sweep: { shares: ['b'] } }, new Set(['b'])],
    [{ shares: ['a', 'b'], sweep: { shares: '*' } }, '*'],
  ])('of %j sweeps the shares that it names for the sweep, else those that may be touched', (target, swept) => {
    expect(readSwept(target).sweep.shares).toEqual(swept);
  });
});

test("a run's cap is the variable's, and each target may have a lower or a higher one", () => {
  const targets = [
    { name: 'a', shares: '*', project_id: 'p', sweep: { max_deletes: 7 } },
    { name: 'b', shares: { tags: { on: [] } }, project_id: 'q' },
  ];

  const config = readTimerConfig(lookupIn({ ...withTargets(targets), SWEEP_MAX_DELETES: '20' }));

  expect(config.run).toEqual({ maxDeletes: 20 });
  expect(config.targets).toMatchObject([{ sweep: { maxDeletes: 7 } }, { sweep: { maxDeletes: 20 } }]);
});

describe('a list in a file', () => {
  const text = JSON.stringify([{ name: 'prod', shares: '*' }]);
  const readFrom = (path: string, readFile: Platform['readFile']) =>
    readHttpConfig(lookupIn({ ...KEY, TARGETS_FILE: path }), readFile === undefined ? {} : { readFile });

  test('is read by its path in the package', () => {
    const asked: string[] = [];

    const { targets } = readFrom('config/targets.json', (path) => {
      asked.push(path);
      return text;
    });

    expect(targets).toMatchObject([{ name: 'prod' }]);
    expect(asked).toEqual(['config/targets.json']);
  });

  test.each(['../targets.json', '/etc/passwd', 'a/../../b', './a', 'a//b', 'C:\\a', 'a b'])(
    'is not looked for at %s',
    (path) => {
      const asked: string[] = [];
      const readFile = (name: string) => {
        asked.push(name);
        return text;
      };

      const faults = faultsOf(() => readFrom(path, readFile));

      expect(faults).toEqual(["TARGETS_FILE must be the path of a file in the function's package"]);
      expect(asked).toEqual([]);
    },
  );

  test('that is not there is a fault, and faults in it say that they are in the file', () => {
    expect(faultsOf(() => readFrom('a.json', () => undefined))).toEqual([
      "TARGETS_FILE must be the path of a file in the function's package",
    ]);
    expect(faultsOf(() => readFrom('a.json', () => '{}'))).toEqual([
      'TARGETS_FILE must name a JSON array of at least one target',
    ]);
    expect(faultsOf(() => readFrom('a.json', () => '[{"name":"A","shares":"*"}]'))).toEqual([
      expect.stringMatching(/^TARGETS_FILE\[0\]\.name must be/),
    ]);
  });

  test('contradicts TARGETS', () => {
    const faults = faultsIn('[]', { ...KEY, TARGETS_FILE: 'a.json' });

    expect(faults).toEqual(['TARGETS contradicts TARGETS_FILE: set one only']);
  });
});

const ONE = { name: 'prod', shares: '*' };

describe('a fault', () => {
  test.each<[string, unknown, Variables, string]>([
    ['no JSON', 'x', KEY, 'TARGETS must be a JSON array of at least one target'],
    ['an object', ONE, KEY, 'TARGETS must be a JSON array of at least one target'],
    ['an empty list', [], KEY, 'TARGETS must be a JSON array of at least one target'],
    ['a target that is none', [7], KEY, 'TARGETS[0] must be an object'],
    ['an unknown member', [{ ...ONE, share: 'a' }], KEY, 'TARGETS[0].share is unknown'],
    ['a member that is no name', [{ ...ONE, 'a b': 'a' }], KEY, 'TARGETS[0] is unknown'],
    ['an unknown member of the sweep', [{ ...ONE, sweep: { rate: 1 } }], KEY, 'TARGETS[0].sweep.rate is unknown'],
    ['no name', [{ shares: '*' }], KEY, 'TARGETS[0].name is missing'],
    [
      'a name in capitals',
      [{ ...ONE, name: 'Prod' }],
      KEY,
      'TARGETS[0].name must be 1 to 32 lower-case letters, digits and hyphens, and begin with a letter or digit',
    ],
    ['no shares', [{ name: 'prod' }], KEY, 'TARGETS[0].shares is missing'],
    [
      'an empty list of shares',
      [{ ...ONE, shares: [] }],
      KEY,
      'TARGETS[0].shares must be "*", a list of share ids, or {"tags": {"key": ["value"]}}',
    ],
    [
      'a share that is no id',
      [{ ...ONE, shares: ['a/b'] }],
      KEY,
      'TARGETS[0].shares must be "*", a list of share ids, or {"tags": {"key": ["value"]}}',
    ],
    [
      'an empty tag filter',
      [{ ...ONE, shares: { tags: {} } }],
      KEY,
      'TARGETS[0].shares.tags must name 1 to 20 tags of 1 to 128 characters, each with a list of at most 20 values (an empty list: any value)',
    ],
    [
      'a tag that would be left out of its filter',
      [{ ...ONE, shares: { tags: { 'du-cleaner': ['on'], prototype: ['yes'] } } }],
      KEY,
      'TARGETS[0].shares.tags must not have two keys that mean the same, or one of constructor, prototype and __proto__',
    ],
    [
      'a tag twice',
      [{ ...ONE, shares: { tags: { team: ['a'], ' team': [] } } }],
      KEY,
      'TARGETS[0].shares.tags must not have two keys that mean the same, or one of constructor, prototype and __proto__',
    ],
    [
      'an alias twice',
      [{ ...ONE, aliases: { big: 'a', Big: 'b' } }],
      KEY,
      'TARGETS[0].aliases must not have two keys that mean the same, or one of constructor, prototype and __proto__',
    ],
    ['a blank region', [{ ...ONE, region: ' ' }], KEY, 'TARGETS[0].region must be a text that is not blank'],
    [
      'a region in capitals',
      [{ ...ONE, region: 'CN' }],
      KEY,
      'TARGETS[0].region must be lower-case letters, digits, dots and hyphens',
    ],
    ['no region anywhere', [ONE], { ...KEY, HW_REGION_NAME: '' }, 'HW_REGION_NAME is missing'],
    [
      'a URL without TLS',
      [{ ...ONE, sfs_turbo_url: 'http://a.test' }],
      KEY,
      'TARGETS[0].sfs_turbo_url must be an https: URL (http: is for loopback only)',
    ],
    [
      'another',
      [{ ...ONE, sts_url: 'http://a.test' }],
      KEY,
      'TARGETS[0].sts_url must be an https: URL (http: is for loopback only)',
    ],
    [
      'a project that is no id',
      [{ ...ONE, project_id: '../x' }],
      KEY,
      'TARGETS[0].project_id must be 1 to 64 letters, digits or hyphens',
    ],
    [
      'both an id and a name',
      [{ ...ONE, project_id: 'p', project_name: 'n' }],
      KEY,
      'TARGETS[0].project_name contradicts project_id: set one only',
    ],
    [
      'an alias that is no share',
      [{ ...ONE, aliases: { a: 'b/c' } }],
      KEY,
      'TARGETS[0].aliases.a must be ids of shares by their aliases',
    ],
    ['a doubled name', [ONE, { ...ONE, project_id: 'p' }], KEY, 'TARGETS[1].name must not be that of another target'],
    [
      'one project twice',
      [
        { ...ONE, project_id: 'p' },
        { name: 'b', shares: '*', project_id: 'p' },
      ],
      KEY,
      'TARGETS[1] must not be in the account, region and project of another target',
    ],
    [
      'one region twice',
      [ONE, { name: 'b', shares: '*' }],
      KEY,
      'TARGETS[1] must not be in the account, region and project of another target',
    ],
    [
      'an account that is not there',
      [{ ...ONE, account: 'nobody' }],
      { ...KEY, ACCOUNTS },
      'TARGETS[0].account must be one of ACCOUNTS',
    ],
    [
      'an account without ACCOUNTS',
      [{ ...ONE, account: 'partner' }],
      KEY,
      'TARGETS[0].account must be one of ACCOUNTS',
    ],
    [
      'an account by a password',
      [{ ...ONE, account: 'partner' }],
      { ...PASSWORD, ACCOUNTS },
      'TARGETS[0].account needs an access key or an agency of the function: a password does not do',
    ],
    [
      'ALLOWED_SHARES',
      [ONE],
      { ...KEY, ALLOWED_SHARES: 'a' },
      'ALLOWED_SHARES contradicts TARGETS, where each target says it for itself: set one only',
    ],
    [
      'SWEEP_SHARES',
      [ONE],
      { ...KEY, SWEEP_SHARES: '*' },
      'SWEEP_SHARES contradicts TARGETS, where each target says it for itself: set one only',
    ],
    [
      'HW_PROJECT_ID',
      [ONE],
      { ...KEY, HW_PROJECT_ID: 'p' },
      'HW_PROJECT_ID contradicts TARGETS, where each target says it for itself: set one only',
    ],
    [
      'HW_PROJECT_NAME',
      [ONE],
      { ...KEY, HW_PROJECT_NAME: 'p' },
      'HW_PROJECT_NAME contradicts TARGETS, where each target says it for itself: set one only',
    ],
    [
      'accounts that are no object',
      [ONE],
      { ...KEY, ACCOUNTS: '[]' },
      'ACCOUNTS must be an object of accounts by their names',
    ],
    [
      'accounts that are no JSON',
      [ONE],
      { ...KEY, ACCOUNTS: 'x' },
      'ACCOUNTS must be an object of accounts by their names',
    ],
    [
      'an account of both kinds',
      [ONE],
      { ...KEY, ACCOUNTS: '{"a":{"agency_urn":"iam::1:agency:b","agency_name":"b","domain_name":"c"}}' },
      'ACCOUNTS.a must have agency_urn (and external_id, where the account asks for one), or agency_name and domain_name',
    ],
  ])('is %s', (_name, targets, variables, fault) => {
    expect(faultsIn(targets, variables)).toEqual([fault]);
  });

  test.each<[object, string]>([
    [{ sweep: { rules: {} } }, 'TARGETS[0].sweep.rules must be a list of rules'],
    [
      { shares: ['a'], sweep: { rules: [{ keep_latest: 1 }, { shares: ['b'], keep_latest: 2 }] } },
      'TARGETS[0].sweep.rules[1].shares must be a list of shares in TARGETS[0].shares, by id or by an alias of SHARE_ALIASES',
    ],
    [
      { sweep: { min_age: '7 days' } },
      'TARGETS[0].sweep.min_age must be a duration such as 90m, 24h, 7d, PT36H or P7D',
    ],
    [{ sweep: { keep_latest: 1.5 } }, 'TARGETS[0].sweep.keep_latest must be a whole number from 0 to 1000'],
    [{ sweep: { max_deletes: -1 } }, 'TARGETS[0].sweep.max_deletes must be a whole number from 0 to 10000'],
    [{ sweep: { dry_run: 'false' } }, 'TARGETS[0].sweep.dry_run must be true or false'],
    [{ sweep: { statuses: [] } }, 'TARGETS[0].sweep.statuses must be a list of SUCCESS, FAIL, DOING'],
    [
      { shares: ['a'], sweep: { shares: ['b'] } },
      'TARGETS[0].sweep.shares must not name a share that is not in TARGETS[0].shares',
    ],
  ])('of the sweep is %j', (target, fault) => {
    expect(faultsInOne(target)).toEqual([fault]);
  });

  test('of a general variable is told once, however many targets it holds for', () => {
    const targets = ['a', 'b', 'c'].map((name) => ({ name, shares: '*', project_id: name }));

    expect(faultsIn(targets, { ...KEY, MAX_ATTEMPTS: '0' })).toEqual([
      'MAX_ATTEMPTS must be a whole number from 1 to 10',
    ]);
  });

  test('hides no other one', () => {
    const targets = [{ name: 'A', shares: '*' }, { name: 'b', region: 'X', shares: '*', project_id: 'p' }, 7];

    const faults = faultsIn(targets, { HW_USER_NAME: 'u', ALLOWED_SHARES: '*', ACCOUNTS: '[]', CALLER_KEYS: 'x' });

    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      ...['ALLOWED_SHARES', 'ACCOUNTS', 'TARGETS[0].name', 'TARGETS[1].region', 'TARGETS[2]'],
      ...['HW_DOMAIN_NAME', 'HW_USER_PASSWORD', 'CALLER_KEYS'],
    ]);
  });
});

describe('with a password, a target in another region', () => {
  const targets = [ONE, { ...ONE, name: 'east', region: 'cn-east-3' }];
  const fault = expect.stringMatching(/^TARGETS\[1\]\.region must not be another than HW_REGION_NAME/);

  test.each<[Variables, unknown[]]>([
    [{}, []],
    [{ SFS_TURBO_ENDPOINT: 'https://sfs-turbo.{region}.example.com' }, []],
    [{ SFS_TURBO_ENDPOINT: 'https://sfs-turbo.example.com' }, [fault]],
    [{ SFS_TURBO_ENDPOINT: 'https://sfs-turbo.example.com', HW_REGION_NAME: 'cn-east-3' }, []],
  ])('and the variables %j has the faults %j', (variables, faults) => {
    const [first, second] = targets;
    const list = variables['HW_REGION_NAME'] === undefined ? targets : [{ ...first, project_id: 'p' }, second];

    expect(faultsIn(list, { ...PASSWORD, ...variables })).toEqual(faults);
  });

  test('has an endpoint of its own, where there is one for all', () => {
    const own = [ONE, { ...targets[1], sfs_turbo_url: 'https://sfs-turbo.east.example.com' }];

    expect(faultsIn(own, { ...PASSWORD, SFS_TURBO_ENDPOINT: 'https://sfs-turbo.example.com' })).toEqual([]);
  });
});

describe('no value is repeated in a fault', () => {
  const word = fc.constantFrom('zebra-4711', '4711/zebra', 'ZEBRA 4711', ' zebra4711 ');
  const value = fc.oneof(word, fc.array(word, { maxLength: 2 }), fc.dictionary(fc.constantFrom('a', 'tags'), word));
  const members = [
    'name',
    'region',
    'project_id',
    'project_name',
    'account',
    'shares',
    'aliases',
    'sweep',
    'iam_url',
    'sts_url',
  ];
  const target = fc.dictionary(fc.constantFrom(...members), value);

  test('whichever members are wrong', () => {
    fc.assert(
      fc.property(
        fc.array(target, { minLength: 1, maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'B'), value),
        (targets, accounts) => {
          const faults = faultsIn(targets, { ...KEY, ACCOUNTS: JSON.stringify(accounts) });

          expect(faults.join('\n')).not.toMatch(/4711/);
          for (const fault of faults) expect(fault).toMatch(/^(TARGETS|ACCOUNTS)/);
        },
      ),
    );
  });
});
