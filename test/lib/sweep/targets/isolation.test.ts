import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../cloud/cloud.ts';
import { ended, HOUR_MS } from '../../../support/sweep-instance.ts';
import { prepareTargets, type TargetsSweep, type TargetsSweepOptions } from '../../../support/targets-sweep.ts';

const ALWAYS = Number.POSITIVE_INFINITY;
const DUE = 40;
const RUN_MS = 5_000;
// so many that a target whose every list takes the time limit would use up the whole run
const BAD_SHARES = 150;

/** Five targets; the first is the bad one, and it is the first that is swept. */
async function prepareFive(options: TargetsSweepOptions = {}) {
  const estate = await prepareTargets({
    inOnePlace: 5,
    ...options,
    variables: { REQUEST_TIMEOUT_MS: '400', MAX_ATTEMPTS: '2', ...options.variables },
  });
  for (const at of [1, 2, 3, 4]) estate.addDue(at, DUE);
  const { project } = estate.at(0);
  for (let share = 1; share < BAD_SHARES; share += 1) project.addShare();
  const start: TargetsSweep['start'] = (changes, runtime) => estate.start(changes, { random: () => 0, ...runtime });
  return { ...estate, start };
}

function deletedByOthers({ targets }: TargetsSweep): readonly number[] {
  return targets.slice(1, 5).map(({ project }) => project.deletedTaskIds.length);
}

// a 401 is not among them: it refuses the key, which the others have too
const KINDS = [
  { type: 'silence' },
  { type: 'stallBody' },
  { type: 'latency', ms: 350 },
  { type: 'throttle', retryAfter: '86400' },
  { type: 'throttle' },
  { type: 'garbage', bytes: 'HTTP/1.1 200' },
  { type: 'garbage', bytes: 'not HTTP at all', thenHang: true },
  { type: 'reset', when: 'before' },
  { type: 'truncate', bytes: 60 },
  { type: 'status', status: 500 },
  { type: 'status', status: 503, headers: { 'retry-after': '3600' } },
  { type: 'status', status: 403 },
  { type: 'status', status: 200, body: '{"shares":"none"}' },
] satisfies Fault['kind'][];

describe.each([
  { how: 'in one account and region', options: {}, kinds: KINDS },
  { how: 'in two regions and two accounts', options: { inOnePlace: undefined, count: 5 }, kinds: KINDS.slice(0, 2) },
])('of five targets $how', ({ options, kinds }) => {
  test.each(kinds)('one whose lists suffer from %j keeps no other from its sweep', async (kind) => {
    const estate = await prepareFive(options);
    const { id } = estate.at(0).project;
    estate.cloud.order({ operation: 'ListFsTasks', where: ({ path }) => path.includes(id), times: ALWAYS, kind });
    const { sweep, logged } = estate.start();

    const summary = await sweep({}, RUN_MS);

    expect(deletedByOthers(estate)).toEqual([DUE, DUE, DUE, DUE]);
    expect(summary.targets).toBe(5);
    expect(logged('sweep.target')).toHaveLength(5);
    expect(logged('sweep.target').filter(({ outcome }) => outcome === 'failed').length).toBe(summary.failed_targets);
  });
});

test.each([{ type: 'silence' }, { type: 'latency', ms: 350 }] satisfies Fault['kind'][])(
  'where one target is swept at a time, one that suffers from %j ends with its share of the time',
  async (kind) => {
    const estate = await prepareFive({ variables: { SWEEP_CONCURRENCY: '1' } });
    const { id } = estate.at(0).project;
    estate.cloud.order({ operation: 'ListFsTasks', where: ({ path }) => path.includes(id), times: ALWAYS, kind });

    const summary = await estate.start().sweep({}, 2 * RUN_MS);

    expect(deletedByOthers(estate)).toEqual([DUE, DUE, DUE, DUE]);
    expect(summary.truncated).toBe(true);
  },
);

test('one with 100,000 tasks keeps no other from its sweep', async () => {
  const estate = await prepareFive();
  const { project, shareId } = estate.at(0);
  const old = ended(48 * HOUR_MS);
  for (let task = 0; task < 100_000; task += 1) project.addTask(shareId, old);

  const summary = await estate.start().sweep({}, RUN_MS);

  expect(deletedByOthers(estate)).toEqual([DUE, DUE, DUE, DUE]);
  expect(summary).toMatchObject({ truncated: true, failed_targets: 0 });
}, 60_000);

describe('credentials', () => {
  test('a target that its key may not touch fails, and says so', async () => {
    const estate = await prepareFive();
    const { user } = estate.at(0).account;
    user.rights = { ...user.rights, projectIds: estate.targets.slice(1).map(({ project }) => project.id) };
    const { sweep, logged } = estate.start();

    const summary = await sweep({}, RUN_MS);

    expect(deletedByOthers(estate)).toEqual([DUE, DUE, DUE, DUE]);
    expect(summary).toMatchObject({ failed_targets: 1, failed_shares: 1 });
    expect(logged('sweep.target').filter(({ outcome }) => outcome === 'failed')).toEqual([
      expect.objectContaining({ target: estate.names[0], level: 'ERROR' }),
    ]);
  });

  test('an agency that was taken back fails the targets of its account alone', async () => {
    const estate = await prepareTargets();
    for (const at of estate.targets.keys()) estate.addDue(at, 1);
    estate.agency.distrust();

    const summary = await estate.start().sweep({}, RUN_MS);

    expect(estate.targets.map(({ project }) => project.deletedTaskIds.length)).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(summary).toMatchObject({ targets: 8, failed_targets: 4 });
  });

  test('STS that is silent keeps the targets of the own account from nothing', async () => {
    const estate = await prepareTargets({ variables: { REQUEST_TIMEOUT_MS: '400' } });
    for (const at of estate.targets.keys()) estate.addDue(at, 1);
    estate.cloud.order({ operation: 'AssumeAgency', times: ALWAYS, kind: { type: 'silence' } });

    const summary = await estate.start().sweep({}, RUN_MS);

    expect(estate.targets.map(({ project }) => project.deletedTaskIds.length)).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(summary.failed_targets).toBe(4);
  });

  test.each([
    { type: 'silence' },
    { type: 'garbage', bytes: 'x' },
    { type: 'status', status: 500 },
  ] satisfies Fault['kind'][])('a login for one project that ends in %j fails that target alone', async (kind) => {
    const estate = await prepareFive();
    const { account, project } = estate.at(0);
    const { user } = account;
    estate.cloud.order({
      operation: 'CreateToken',
      where: ({ body }) => body.includes(project.id),
      times: ALWAYS,
      kind,
    });
    const { sweep } = estate.start({
      HW_ACCESS_KEY: '',
      HW_SECRET_KEY: '',
      HW_DOMAIN_NAME: account.domainName,
      HW_USER_NAME: user.name,
      HW_USER_PASSWORD: user.password,
    });

    const summary = await sweep({}, RUN_MS);

    expect(deletedByOthers(estate)).toEqual([DUE, DUE, DUE, DUE]);
    expect(summary).toMatchObject({ failed_targets: 1 });
  });
});
