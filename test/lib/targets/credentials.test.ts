import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../lib/core/errors.ts';
import { parseProjectId, parseShareId, parseTaskRef } from '../../../lib/core/task.ts';
import type { Target } from '../../../lib/targets/target.ts';
import type { CloudRequest } from '../../cloud/cloud.ts';
import {
  accountsOf,
  outcomeOfCall,
  startTargetApp,
  startTargetEstate,
  type TargetApp,
  type TargetEstate,
  toEntry,
} from '../../support/target-estate.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const list = (target: Target, app: TargetApp) => outcomeOfCall(target.sfsTurbo.listSharePage(0, app.call()));
const listAll = (app: TargetApp) => Promise.all(app.targets.map((target) => list(target, app)));
const ofAccount = ({ targets }: TargetEstate, name: string) =>
  targets.filter(({ account }) => account.domainName === name);

/** An app with every target of the estate that is wanted, by key. */
async function startAll(kind: 'sts' | 'iam' = 'sts', isNamed = false) {
  const estate = await startTargetEstate();
  const entries = estate.targets.map((target) => toEntry(estate, target, isNamed));
  const app = startTargetApp(estate, entries, { ...estate.key, ACCOUNTS: accountsOf(estate, kind) });
  return { estate, cloud: estate.cloud, runtime: estate.runtime, app };
}

/** What a request to SFS Turbo says of its target, apart from its path. */
function identityOf({ headers, region, caller }: CloudRequest) {
  const { host, authorization = '' } = headers;
  const [, accessKey] = /Access=(\w+)/.exec(authorization) ?? [];
  return { project: headers['x-project-id'], token: headers['x-auth-token'], accessKey, host, region, caller };
}

/** Fails where a request bears anything of another target than the one that its path names. */
function expectApart({ cloud, targets }: TargetEstate): void {
  const ownerBySecret = new Map<string, string>();
  for (const request of cloud.requests.filter(({ service }) => service === 'sfs-turbo')) {
    const target = targets.find(({ project }) => project.id === request.projectId);
    const account = target?.account.domainName;
    const { project, host, region, caller, token, accessKey } = identityOf(request);
    expect(region).toBe(target?.project.region);
    expect(`http://${host}`).toBe(target?.url);
    // nobody is recognised by a token or a key that has died
    if (request.status !== 401) expect(caller).toBe(account === 'one' ? 'one/du-cleaner' : 'two/agency:du');
    const [secret, owner] = token === undefined ? [accessKey, account] : [token, request.projectId];
    expect(ownerBySecret.get(String(secret)) ?? owner).toBe(owner);
    ownerBySecret.set(String(secret), String(owner));
    expect(project).toBe(token === undefined ? request.projectId : undefined);
  }
}

describe('interleaved calls of many targets', () => {
  type Step = { readonly at: number; readonly what: 'list' | 'tasks' | 'delete' | 'project' };
  const step: fc.Arbitrary<Step> = fc.record({
    at: fc.nat({ max: 7 }),
    what: fc.constantFrom('list', 'tasks', 'delete', 'project'),
  });
  const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
  const between = fc.constantFrom('nothing', 'minutes', 'an hour', 'dead tokens', 'dead keys');

  async function take({ at, what }: Step, estate: TargetEstate, app: TargetApp): Promise<unknown> {
    const target = app.targets[at % app.targets.length];
    const { shareId, taskId } = estate.at(at % app.targets.length);
    if (target === undefined) throw new RangeError('no such target');
    const ref = parseTaskRef({ share_id: shareId, task_id: taskId });
    switch (what) {
      case 'list':
        return outcomeOfCall(target.sfsTurbo.listSharePage(0, app.call()));
      case 'tasks':
        return outcomeOfCall(target.sfsTurbo.listTaskPage(parseShareId(shareId), undefined, app.call()));
      case 'delete':
        return outcomeOfCall(target.cancelTask(ref, { name: 'ci', shares: '*' }, app.call()));
      default:
        return outcomeOfCall(target.projectId(app.call()));
    }
  }

  function pass(event: string, { cloud, agency, runtime }: TargetEstate): void {
    if (event === 'minutes') runtime.advance(5 * MINUTE_MS);
    if (event === 'an hour') runtime.advance(HOUR_MS);
    if (event === 'dead tokens') cloud.revokeTokens();
    if (event === 'dead keys') agency.killKeys();
  }

  test.each(['key', 'password'] as const)('by %s never bear what is another target’s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(rounds, fc.array(between, { maxLength: 4 }), fc.boolean(), async (plan, events, isNamed) => {
        const estate = await startTargetEstate({ tokenLength: 100 });
        const wanted = kind === 'key' ? estate.targets : ofAccount(estate, 'one');
        const entries = wanted.map((target, at) => toEntry(estate, target, isNamed && at % 2 === 0));
        const variables = kind === 'key' ? { ...estate.key, ACCOUNTS: accountsOf(estate) } : estate.password;
        const app = startTargetApp(estate, entries, variables);

        for (const [at, steps] of plan.entries()) {
          await Promise.all(steps.map((each) => take(each, estate, app)));
          pass(events[at] ?? 'nothing', estate);
        }

        expectApart(estate);
        const statuses = estate.cloud.requestsOf('ListShares').map(({ status }) => status);
        expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('two targets of one account', () => {
  test('share its key, and neither project nor host', async () => {
    const { app, estate, cloud } = await startAll();

    const outcomes = await listAll(app);

    expect(outcomes).toEqual(new Array(8).fill('ok'));
    expectApart(estate);
    const keys = cloud
      .requestsOf('ListShares')
      .map(({ headers }) => /Access=(\w+)/.exec(headers.authorization ?? '')?.[1]);
    expect(new Set(keys).size).toBe(2);
    expect(new Set(cloud.requestsOf('ListShares').map(({ projectId }) => projectId)).size).toBe(8);
    expect(cloud.requestsOf('AssumeAgency')).toHaveLength(1);
    expect(cloud.requestsOf('CreateToken')).toEqual([]);
  });

  test('find their projects by name, each once and with the key of its account', async () => {
    const { app, estate, cloud } = await startAll('sts', true);

    const outcomes = [...(await listAll(app)), ...(await listAll(app))];

    expect(outcomes).toEqual(new Array(16).fill('ok'));
    expectApart(estate);
    const callers = cloud.requestsOf('ListProjects').map(({ caller, query }) => `${caller} ${query['name']}`);
    expect(callers.toSorted()).toEqual(
      estate.targets
        .map(
          ({ account, project }) =>
            `${account.domainName === 'one' ? 'one/du-cleaner' : 'two/agency:du'} ${project.name}`,
        )
        .toSorted(),
    );
  });

  test('have a token each, by password', async () => {
    const estate = await startTargetEstate();
    const entries = ofAccount(estate, 'one').map((target) => toEntry(estate, target));
    const app = startTargetApp(estate, entries, estate.password);

    const outcomes = await listAll(app);

    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ok']);
    expectApart(estate);
    expect(estate.cloud.requestsOf('CreateToken')).toHaveLength(4);
  });
});

describe('a password', () => {
  /** As many projects as there are to be targets, all of the first account. */
  async function startMany(count: number, variables: Readonly<Record<string, string>> = {}) {
    const estate = await startTargetEstate({ tokenLength: 100 });
    const { account, url } = estate.at(0);
    const entries = Array.from({ length: count }, (_, n) => {
      const project = account.addProject(`cn-north-4_p${n}`);
      return { ...toEntry(estate, { account, project, url, shareId: '', taskId: '' }), name: `p${n}` };
    });
    const app = startTargetApp(estate, entries, { ...estate.password, ...variables });
    const logins = () => estate.cloud.requestsOf('CreateToken').length;
    return { estate, cloud: estate.cloud, runtime: estate.runtime, app, logins };
  }

  test('that is wrong makes one login for 50 targets that come at once, and none for a quarter of an hour', async () => {
    const { app, runtime, logins, cloud } = await startMany(50, { HW_USER_PASSWORD: 'wrong' });
    cloud.latency('iam', 20);

    const first = await listAll(app);
    const afterFirst = logins();
    for (let minute = 1; minute < 15; minute += 1) {
      runtime.advance(MINUTE_MS);
      await listAll(app);
    }
    const within = logins();
    runtime.advance(MINUTE_MS);
    await listAll(app);

    expect(new Set(first)).toEqual(new Set(['iam_rejected']));
    expect([afterFirst, within, logins()]).toEqual([1, 1, 2]);
    expect(cloud.requestsOf('ListShares')).toEqual([]);
  });

  test('that is right is tried by one login, and then by those of all the others at once', async () => {
    const { app, cloud, logins } = await startMany(20);
    cloud.latency('iam', 50);

    const outcomes = await listAll(app);

    expect(new Set(outcomes)).toEqual(new Set(['ok']));
    expect(logins()).toBe(20);
    const inFlight = cloud.requestsOf('CreateToken').map((request) => request.inFlight);
    expect(inFlight.slice(0, 2)).toEqual([1, 1]);
    expect(Math.max(...inFlight)).toBeGreaterThan(5);
  });

  test('that is changed under 50 targets makes one failed login', async () => {
    const { app, cloud, estate, logins } = await startMany(50);
    await listAll(app);
    cloud.latency('iam', 20);

    estate.at(0).account.user.changePassword('another');
    const outcomes = await listAll(app);

    expect(new Set(outcomes)).toEqual(new Set(['iam_rejected']));
    expect(logins()).toBe(51);
  });

  test('of a project that is not there stops no other project', async () => {
    const estate = await startTargetEstate();
    const [first, second] = [estate.at(0), estate.at(1)];
    const entries = [{ ...toEntry(estate, first), project_id: 'nowhere' }, toEntry(estate, second)];
    const app = startTargetApp(estate, entries, estate.password);

    const outcomes = [await listAll(app), await listAll(app)];

    expect(outcomes).toEqual([
      ['iam_rejected', 'ok'],
      ['iam_rejected', 'ok'],
    ]);
    expect(estate.cloud.requestsOf('CreateToken')).toHaveLength(2);
  });
});

describe('an access key', () => {
  test('that is refused in one target is not shown in another', async () => {
    const estate = await startTargetEstate();
    const entries = ofAccount(estate, 'one').map((target) => toEntry(estate, target));
    const app = startTargetApp(estate, entries, { ...estate.key, HW_SECRET_KEY: 'wrong' });

    const outcomes = [];
    for (const target of app.targets) outcomes.push(await list(target, app));

    expect(outcomes).toEqual(new Array(4).fill('iam_rejected'));
    expect(estate.cloud.requestsOf('ListShares')).toHaveLength(1);
    expect(app.isInDoubt()).toBe(true);
  });

  test.each([false, true])(
    'that is wrong is shown once by 50 targets that come at once, by name: %s',
    async (isNamed) => {
      const estate = await startTargetEstate();
      const { account, url } = estate.at(0);
      const entries = Array.from({ length: 50 }, (_, n) => {
        const project = account.addProject(`cn-north-4_p${n}`);
        return { ...toEntry(estate, { account, project, url, shareId: '', taskId: '' }, isNamed), name: `p${n}` };
      });
      const app = startTargetApp(estate, entries, { ...estate.key, HW_SECRET_KEY: 'wrong' });

      const outcomes = await listAll(app);

      expect(new Set(outcomes)).toEqual(new Set(['iam_rejected']));
      expect(estate.cloud.requests).toHaveLength(1);
    },
  );

  test('that is right is tried by one request, and then by those of all other targets at once', async () => {
    const { app, cloud } = await startAll();
    cloud.latency('sfs-turbo', 50);
    cloud.latency('sts', 50);

    const outcomes = await listAll(app);

    expect(new Set(outcomes)).toEqual(new Set(['ok']));
    const inFlight = cloud.requestsOf('ListShares').map((request) => request.inFlight);
    expect(inFlight[0]).toBe(1);
    expect(Math.max(...inFlight)).toBeGreaterThan(1);
  });

  test('that is tried by a target which is silent keeps no other target for long', async () => {
    const { app, cloud } = await startAll();
    cloud.order({ operation: 'ListShares', kind: { type: 'silence' } });
    const [first, second] = app.targets;
    if (first === undefined || second === undefined) throw new RangeError('no targets');
    const silent = list(first, app);
    await expect.poll(() => cloud.requestsOf('ListShares').length).toBe(1);

    const outcome = await list(second, app);

    expect(outcome).toBe('ok');
    expect(cloud.requestsOf('ListShares').map(({ status }) => status)).toEqual([undefined, 200]);
    expect(await silent).toBe('upstream_timeout');
  });

  test('that may not look up one project works in the others', async () => {
    const estate = await startTargetEstate();
    const entries = [toEntry(estate, estate.at(0), true), toEntry(estate, estate.at(1))];
    const app = startTargetApp(estate, entries, estate.key);
    estate.cloud.order({ operation: 'ListProjects', kind: { type: 'status', status: 403 } });

    const outcomes = [await listAll(app), await listAll(app)];

    expect(outcomes).toEqual([
      ['iam_rejected', 'ok'],
      ['iam_rejected', 'ok'],
    ]);
    expect(estate.cloud.requestsOf('ListProjects')).toHaveLength(1);
  });
});

describe("FunctionGraph's agency", () => {
  /** Calls that bring the agency's key of an invocation, as a function in the estate's first project has it. */
  async function startWithAgency(isNamed: boolean) {
    const estate = await startTargetEstate();
    const { cloud, agency } = estate;
    const one = estate.at(0).account;
    const ofFunction = one.addAgency({ name: 'function', trusts: { domainId: 'op_svc_cff' } });
    const entries = estate.targets.map((target) => toEntry(estate, target, isNamed));
    const app = startTargetApp(estate, entries, { ACCOUNTS: accountsOf(estate) });
    const call = () => {
      const key = cloud.issueTemporaryCredentials(undefined, ofFunction);
      return { ...app.call(), agency: { ...key, projectId: parseProjectId(estate.at(0).project.id) } };
    };
    return { app, cloud, estate, agency, call };
  }

  test.each([false, true])(
    'works in every target, and not in the project of the function; by name: %s',
    async (isNamed) => {
      const { app, cloud, estate, call } = await startWithAgency(isNamed);

      const outcomes = [];
      for (const { sfsTurbo } of app.targets) outcomes.push(await outcomeOfCall(sfsTurbo.listSharePage(0, call())));

      expect(outcomes).toEqual(new Array(8).fill('ok'));
      const requests = cloud.requestsOf('ListShares');
      expect(requests.map(({ projectId }) => projectId)).toEqual(estate.targets.map(({ project }) => project.id));
      expect(requests.map(({ headers }) => headers['x-project-id'])).toEqual(
        estate.targets.map(({ project }) => project.id),
      );
      expect(requests.map(({ caller }) => caller)).toEqual([
        ...new Array(4).fill('one/agency:function'),
        ...new Array(4).fill('two/agency:du'),
      ]);
    },
  );
});

test('two foreign accounts share nothing', async () => {
  const estate = await startTargetEstate();
  const { cloud } = estate;
  const three = cloud.addAccount('three');
  const project = three.addProject('cn-north-4');
  const agency = three.addAgency({ name: 'du', trusts: estate.at(0).account });
  const third = { account: three, project, url: estate.at(0).url, shareId: '', taskId: '' };
  const ACCOUNTS = JSON.stringify({ ...JSON.parse(accountsOf(estate)), three: { agency_urn: agency.urn } });
  const entries = [estate.at(4), third, estate.at(5)].map((target) => toEntry(estate, target));
  const app = startTargetApp(estate, entries, { ...estate.key, ACCOUNTS });

  const outcomes = await listAll(app);
  agency.distrust();
  agency.killKeys();
  const later = await listAll(app);

  expect([outcomes, later]).toEqual([
    ['ok', 'ok', 'ok'],
    ['ok', 'iam_rejected', 'ok'],
  ]);
  const answered = cloud.requestsOf('ListShares').filter(({ status }) => status === 200);
  const callers = answered.map(({ caller, projectId }) => `${caller} ${projectId === project.id}`);
  expect(new Set(callers)).toEqual(new Set(['two/agency:du false', 'three/agency:du true']));
});

test('what IAM says of a look-up is passed on, but for the token of the key', async () => {
  const estate = await startTargetEstate();
  const { accessKey, secretKey, securityToken } = estate.cloud.issueTemporaryCredentials();
  const variables = { HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey, HW_SECURITY_TOKEN: securityToken };
  const app = startTargetApp(estate, [toEntry(estate, estate.at(0), true)], variables);
  const errMsgFor = async (said: string): Promise<string | undefined> => {
    const body = { error: { code: 403, message: said, title: 'Forbidden' } };
    estate.cloud.order({ operation: 'ListProjects', kind: { type: 'status', status: 403, body } });
    const error = await app.targets[0]?.projectId(app.call()).catch((thrown: unknown) => thrown);
    estate.runtime.advance(2 * MINUTE_MS);
    return error instanceof ServiceError ? error.upstream?.errMsg : 'no expected failure';
  };

  const errMsgs = [await errMsgFor('not allowed'), await errMsgFor(`not allowed by ${securityToken}`)];

  expect(errMsgs).toEqual(['not allowed', undefined]);
});

test('what STS says of a refusal is passed on, but for the external id', async () => {
  const { app, cloud, runtime } = await startAll('sts');
  const [, , , , target] = app.targets;
  const errMsgFor = async (said: string): Promise<string | undefined> => {
    const body = { error_code: 'PAP5.0011', error_msg: said };
    cloud.order({ operation: 'AssumeAgency', kind: { type: 'status', status: 403, body } });
    const error = await target?.sfsTurbo.listSharePage(0, app.call()).catch((thrown: unknown) => thrown);
    runtime.advance(2 * MINUTE_MS);
    return error instanceof ServiceError ? error.upstream?.errMsg : 'no expected failure';
  };

  const errMsgs = [await errMsgFor('no such agency'), await errMsgFor('external id what-two-asks-for is wrong')];

  expect(errMsgs).toEqual(['no such agency', undefined]);
});

describe.each(['sts', 'iam'] as const)('the agency in another account, by %s', (kind) => {
  const operation = kind === 'sts' ? 'AssumeAgency' : 'CreateSecurityToken';

  test('is assumed once for all targets there, and again five minutes before its key expires', async () => {
    const { app, cloud, runtime } = await startAll(kind);
    const assumed = () => cloud.requestsOf(operation).length;

    const outcomes = [await listAll(app)];
    const atFirst = assumed();
    runtime.advance(55 * MINUTE_MS - 1);
    outcomes.push(await listAll(app));
    const before = assumed();
    runtime.advance(1);
    outcomes.push(await listAll(app));

    expect(new Set(outcomes.flat())).toEqual(new Set(['ok']));
    expect([atFirst, before, assumed()]).toEqual([1, 1, 2]);
    expect(JSON.parse(cloud.requestsOf(operation)[0]?.body ?? '')).toEqual(
      kind === 'sts'
        ? {
            agency_urn: expect.stringMatching(/^iam::\w+:agency:du$/),
            agency_session_name: 'sfs-turbo-du-cleaner',
            duration_seconds: 3_600,
            external_id: 'what-two-asks-for',
          }
        : {
            auth: {
              identity: {
                methods: ['assume_role'],
                assume_role: { agency_name: 'du', domain_name: 'two', duration_seconds: 3_600 },
              },
            },
          },
    );
  });

  test('whose key is refused is assumed once more for all targets there', async () => {
    const { app, estate, cloud } = await startAll(kind);
    await listAll(app);
    estate.agency.killKeys();

    const outcomes = await listAll(app);

    expect(new Set(outcomes)).toEqual(new Set(['ok']));
    expect(cloud.requestsOf(operation)).toHaveLength(2);
    expectApart(estate);
  });

  test('that was taken back fails its targets and no other, and is asked for once a minute', async () => {
    const { app, estate, cloud, runtime } = await startAll(kind);
    estate.agency.distrust();
    const expected = [...new Array(4).fill('ok'), ...new Array(4).fill('iam_rejected')];

    const outcomes = [await listAll(app)];
    runtime.advance(MINUTE_MS - 1);
    outcomes.push(await listAll(app));
    const within = cloud.requestsOf(operation).length;
    runtime.advance(1);
    outcomes.push(await listAll(app));

    expect(outcomes).toEqual([expected, expected, expected]);
    expect([within, cloud.requestsOf(operation).length]).toEqual([1, 2]);
    expect(app.isInDoubt()).toBe(false);
    expect(app.logged('iam.agency')[0]).toMatchObject({
      account: 'two',
      outcome: 'iam_rejected',
      upstream_status: 403,
    });
  });

  test('is out of reach together with its targets alone', async () => {
    const { app, cloud } = await startAll(kind);
    cloud.order({ operation, kind: { type: 'status', status: 503 } });

    const outcomes = [await listAll(app), await listAll(app)];

    expect(outcomes).toEqual([
      [...new Array(4).fill('ok'), ...new Array(4).fill('upstream_unavailable')],
      new Array(8).fill('ok'),
    ]);
  });

  test('is not assumed with a key of our own that was refused', async () => {
    const estate = await startTargetEstate();
    const entries = estate.targets.slice(4).map((target) => toEntry(estate, target));
    const variables = { ...estate.key, HW_SECRET_KEY: 'wrong', ACCOUNTS: accountsOf(estate, kind) };
    const app = startTargetApp(estate, entries, variables);

    const outcomes = [await listAll(app), await listAll(app)];

    expect(new Set(outcomes.flat())).toEqual(new Set(['iam_rejected']));
    expect(estate.cloud.requestsOf(operation)).toHaveLength(1);
    expect(app.isInDoubt()).toBe(true);
  });

  test.each([
    ['no JSON', 'x'],
    ['no key', { credentials: {}, credential: {} }],
    [
      'a key that has expired',
      {
        credentials: {
          access_key_id: 'a',
          secret_access_key: 'b',
          security_token: 'c',
          expiration: '2020-01-01T00:00:00Z',
        },
        credential: { access: 'a', secret: 'b', securitytoken: 'c', expires_at: '2020-01-01T00:00:00Z' },
      },
    ],
  ])('that comes with %s is no key', async (_what, body) => {
    const { app, cloud } = await startAll(kind);
    cloud.order({ operation, kind: { type: 'status', status: kind === 'sts' ? 200 : 201, body } });

    const outcomes = await listAll(app);

    expect(outcomes.slice(4)).toEqual(new Array(4).fill('upstream_invalid'));
  });
});
