import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ended, HOUR_MS } from '../support/sweep-instance.ts';
import { type TargetEstate, toEntry } from '../support/target-estate.ts';
import { deployTargets, nameOf } from '../support/targets-deployment.ts';

const POLICY = { SWEEP_KEEP_LATEST: '0', SWEEP_RATE: '10000' };
const REAL = { ...POLICY, SWEEP_DRY_RUN: 'false' };
// two of the function's own account in one region, one in another region, and one of another account
const CHOSEN = [0, 1, 2, 4] as const;
const NAMES = ['one-cn-north-4', 'one-cn-north-4-team', 'one-cn-east-3', 'two-cn-north-4'] as const;

interface Options {
  readonly at?: readonly number[];
  /** What the entry of a target says beside what it must. */
  readonly entry?: (at: number, estate: TargetEstate) => object;
  readonly rights?: (estate: TargetEstate) => string;
  readonly variables?: (estate: TargetEstate) => Readonly<Record<string, string>>;
}

/** The function for four targets, in each of which one task is due. */
async function deploySweep({ at = CHOSEN, entry = () => ({}), rights, variables = () => REAL }: Options = {}) {
  const deployment = await deployTargets({
    entries: (estate) => at.map((index) => ({ ...toEntry(estate, estate.at(index)), ...entry(index, estate) })),
    rights: (estate) => rights?.(estate) ?? 'sweep+read',
    variables,
  });
  const { cloud, targets, runtime, post } = deployment;
  const dueIds = targets.map(({ project, shareId }, index) =>
    project.addTask(shareId, { id: `due-${index}`, ...ended((50 + index) * HOUR_MS, runtime.now()) }),
  );
  return {
    ...deployment,
    dueIds,
    sweep: (body: unknown) => post('/v1/sweeps', body),
    /** Names of the targets that were asked for anything, in the order of the estate. */
    touched: () =>
      targets
        .filter(({ project }) => cloud.requests.some((request) => request.projectId === project.id))
        .map((target) => nameOf(target)),
    deleted: () => targets.flatMap(({ project }) => project.deletedTaskIds),
  };
}

interface AnsweredTask {
  readonly target: string;
  readonly share_id: string;
  readonly task_id: string;
  readonly verdict: string;
  readonly reason: string;
  readonly outcome?: string;
}

const byId = (tasks: readonly AnsweredTask[]) => tasks.toSorted((a, b) => a.task_id.localeCompare(b.task_id));

describe('POST /v1/sweeps over targets', () => {
  test('previews every target, and names the target of each task', async () => {
    const deployment = await deploySweep({ variables: () => POLICY });

    const { status, body } = await deployment.sweep({});

    expect(status).toBe(200);
    expect(body).toMatchObject({ dry_run: true, targets: 4, failed_targets: 0, shares: 4, due: 4, remaining: 4 });
    const due = byId(body.tasks.filter(({ verdict }: AnsweredTask) => verdict === 'delete'));
    expect(due).toMatchObject(
      CHOSEN.map((at, index) => ({
        target: NAMES[index],
        share_id: deployment.at(at).shareId,
        task_id: `due-${at}`,
        reason: 'due',
      })),
    );
    expect(body.tasks.every(({ target }: AnsweredTask) => NAMES.some((name) => name === target))).toBe(true);
    expect(deployment.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('deletes what is due in every target, and names the target and the caller in the audit', async () => {
    const { sweep, deleted, logged } = await deploySweep();

    const { status, body } = await sweep({});

    expect(status).toBe(200);
    expect(body).toMatchObject({ dry_run: false, targets: 4, due: 4, deleted: 4, remaining: 0 });
    expect(byId(body.tasks)).toMatchObject(
      CHOSEN.map((at, index) => ({ target: NAMES[index], task_id: `due-${at}`, outcome: 'accepted' })),
    );
    expect(deleted()).toEqual(CHOSEN.map((at) => `due-${at}`));
    const audited = logged('audit').map(({ caller, target, task_id: id }) => `${caller} ${target} ${id}`);
    expect(audited.toSorted()).toEqual(CHOSEN.map((at, index) => `ci ${NAMES[index]} due-${at}`).toSorted());
    expect(logged('sweep.target').map(({ target }) => target)).toEqual(expect.arrayContaining([...NAMES]));
  });

  test.each<[string, (estate: TargetEstate) => object, readonly number[]]>([
    ['targets', () => ({ targets: [NAMES[1], NAMES[3]] }), [1, 4]],
    ['a share in a target', ({ at }) => ({ shares: [`${NAMES[2]}/${at(2).shareId}`] }), [2]],
    ['shares in several', ({ at }) => ({ shares: [0, 4].map((n) => `${nameOf(at(n))}/${at(n).shareId}`) }), [0, 4]],
  ])('sweeps only what the body names: %s', async (_what, bodyFor, expected) => {
    const deployment = await deploySweep();

    const { status, body } = await deployment.sweep(bodyFor(deployment));

    expect([status, body.targets]).toEqual([200, expected.length]);
    expect(deployment.touched()).toEqual(expected.map((at) => nameOf(deployment.at(at))));
    expect(deployment.deleted()).toEqual(expected.map((at) => `due-${at}`));
  });

  test.each<[string, (estate: TargetEstate) => object, number, string]>([
    ['an unknown target', () => ({ targets: ['nobody'] }), 400, 'targets names "nobody", which TARGETS does not have'],
    ['no target', () => ({ targets: [] }), 400, 'targets must be a list of names of targets'],
    ['a target by another member', () => ({ target: NAMES[0] }), 400, 'unknown field "target"'],
    ['a share of an unknown target', () => ({ shares: ['nobody/a'] }), 400, 'shares[0] names "nobody"'],
    ['a share that may be in several', ({ at }) => ({ shares: [at(0).shareId] }), 400, 'name it as target/share'],
    [
      'a share of a target that it leaves out',
      ({ at }) => ({ targets: [NAMES[0]], shares: [`${NAMES[1]}/${at(1).shareId}`] }),
      400,
      'which is no target of this run',
    ],
  ])('refuses a body that names %s, and sends nothing', async (_what, bodyFor, status, says) => {
    const deployment = await deploySweep();

    const answer = await deployment.sweep(bodyFor(deployment));

    expect([answer.status, answer.body.errMsg]).toEqual([status, expect.stringContaining(says)]);
    expect(deployment.cloud.requests).toEqual([]);
  });

  test('keeps each target to its own dry run, cap and rules', async () => {
    const deployment = await deploySweep({
      entry: (at) => ({
        sweep: {
          ...(at === 0 && { dry_run: true }),
          ...(at === 1 && { max_deletes: 0 }),
          ...(at === 2 && { rules: [{ path_prefix: '/', protect: true }] }),
        },
      }),
    });

    const { body } = await deployment.sweep({ dry_run: false });

    expect(body).toMatchObject({ dry_run: false, deleted: 1, reason: expect.stringContaining('stayed dry') });
    expect(body.tasks).toMatchObject([{ target: NAMES[3], task_id: 'due-4', outcome: 'accepted' }]);
    expect(deployment.deleted()).toEqual(['due-4']);
  });

  test.each<[string, object, Record<string, string>, number]>([
    ['SWEEP_MAX_DELETES', { max_deletes: 9 }, { SWEEP_MAX_DELETES: '3' }, 3],
    ['max_deletes of the body', { max_deletes: 2 }, {}, 2],
  ])('deletes in all targets together no more than %s', async (_what, body, changes, count) => {
    const { sweep, deleted } = await deploySweep({
      entry: () => ({ sweep: { max_deletes: 5 } }),
      variables: () => ({ ...REAL, ...changes }),
    });

    const answer = await sweep(body);

    expect(answer.body).toMatchObject({ due: 4, deleted: count, remaining: 4 - count });
    expect(deleted()).toHaveLength(count);
  });

  test('deletes in all targets together no more than its answer can name', async () => {
    const deployment = await deploySweep({
      at: [0, 1],
      variables: () => ({ ...REAL, SWEEP_MAX_DELETES: '10000', SWEEP_CONCURRENCY: '16' }),
    });
    const { runtime, at, sweep } = deployment;
    for (const { project, shareId } of [at(0), at(1)]) {
      for (let more = 0; more < 501; more += 1) project.addTask(shareId, ended(60 * HOUR_MS, runtime.now()));
    }

    const { body } = await sweep({ max_deletes: 5_000 });

    expect(body).toMatchObject({ due: 1_004, deleted: 1_000, remaining: 4 });
    expect(new Set(body.tasks.map(({ task_id: id }: AnsweredTask) => id))).toEqual(new Set(deployment.deleted()));
  });

  test('writes the metrics of each target on Lambda', async () => {
    const { lines, sweep } = await deploySweep();
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'du-http');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });

    await sweep({});

    const metrics = lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
    const byTarget = metrics.map(({ Target: target = 'all', SweepSucceeded: good }) => `${target} ${good}`);
    expect(byTarget.toSorted()).toEqual(['all', ...NAMES].map((name) => `${name} 1`).toSorted());
  });

  test('a target that fails is a 502 with the summary, and stops no other', async () => {
    const deployment = await deploySweep();
    const { cloud, agency } = deployment;
    cloud.order({ operation: 'AssumeAgency', times: 9, kind: { type: 'status', status: 403 } });

    const { status, body } = await deployment.sweep({});

    expect(agency.domainName).toBe('two');
    expect(status).toBe(502);
    expect(body).toMatchObject({
      ...{ errCode: 'FN.PARTIAL', errMsg: expect.stringContaining('in 1 of 4 targets') },
      ...{ event: 'sweep.done', targets: 4, failed_targets: 1, deleted: 3 },
    });
    expect(body.tasks.map(({ target }: AnsweredTask) => target).toSorted()).toEqual(NAMES.slice(0, 3).toSorted());
  });

  test('sweeps the shares with the tags of a target, and no other', async () => {
    const deployment = await deploySweep({
      at: [0, 1],
      entry: (at) => (at === 0 ? { shares: { tags: { 'du-cleaner': ['on'] } } } : {}),
    });
    const { project } = deployment.at(0);
    const tagged = project.addShare({ tags: { 'du-cleaner': 'on' } });
    project.addTask(tagged, { id: 'tagged', ...ended(50 * HOUR_MS, deployment.runtime.now()) });

    const { status, body } = await deployment.sweep({});

    expect([status, body.deleted]).toEqual([200, 2]);
    expect(deployment.deleted()).toEqual(['tagged', 'due-1']);
  });
});

describe('a key for some targets or shares', () => {
  test.each<[string, (estate: TargetEstate) => string, readonly number[]]>([
    ['a target', () => 'one-cn-north-4/*', [0]],
    ['targets of two accounts', () => 'one-cn-east-3/*|two-cn-north-4/*', [2, 4]],
    ['a share of a target', ({ at }) => `two-cn-north-4/${at(4).shareId}`, [4]],
    ['a share by its alias in a target', () => 'one-cn-north-4-team/big', [1]],
  ])('that names %s sweeps it alone, and asks nothing of the others', async (_what, shares, expected) => {
    const deployment = await deploySweep({
      rights: (estate) => `sweep@${shares(estate)}`,
      entry: (at, estate) => ({ aliases: { big: estate.at(at).shareId } }),
    });

    const { status, body } = await deployment.sweep({});

    expect([status, body.targets]).toEqual([200, expected.length]);
    expect(deployment.touched()).toEqual(expected.map((at) => nameOf(deployment.at(at))));
    expect(deployment.deleted()).toEqual(expected.map((at) => `due-${at}`));
    expect(deployment.cloud.requestsOf('AssumeAgency')).toHaveLength(expected.includes(4) ? 1 : 0);
  });

  test('that names a share sweeps it in the target that names it, whatever another may have', async () => {
    const deployment = await deploySweep({
      at: [0, 1],
      rights: ({ at }) => `sweep@${at(0).shareId}`,
      entry: (at, estate) => (at === 0 ? { shares: [estate.at(0).shareId] } : {}),
    });

    const { status, body } = await deployment.sweep({});

    expect([status, body.targets, body.shares]).toEqual([200, 1, 1]);
    expect(deployment.touched()).toEqual([NAMES[0]]);
  });

  test('that names a share which may be in several targets must say where it is', async () => {
    const deployment = await deploySweep({ rights: ({ at }) => `sweep@${at(0).shareId}` });

    const refused = await deployment.sweep({});
    const sent = deployment.cloud.requests.length;
    const named = await deployment.sweep({ shares: [`${NAMES[0]}/${deployment.at(0).shareId}`] });

    expect([refused.status, refused.body.errMsg]).toEqual([400, expect.stringContaining('name it as target/share')]);
    expect([sent, named.status]).toEqual([0, 200]);
    expect(deployment.deleted()).toEqual(['due-0']);
    expect(deployment.touched()).toEqual([NAMES[0]]);
  });

  test.each<[string, (estate: TargetEstate) => object]>([
    ['another target', () => ({ targets: [NAMES[1]] })],
    ['its own and another target', () => ({ targets: [NAMES[0], NAMES[1]] })],
    [
      'another target beside a share of its own',
      ({ at }) => ({ targets: [NAMES[0], NAMES[1]], shares: [shareOf(at(0))] }),
    ],
    ['a share of another target', ({ at }) => ({ shares: [`${NAMES[1]}/${at(1).shareId}`] })],
    ['a share of its own and of another target', ({ at }) => ({ shares: [0, 1].map((n) => shareOf(at(n))) })],
  ])('is forbidden to name %s, and nothing is sent', async (_what, bodyFor) => {
    const deployment = await deploySweep({ rights: () => 'sweep@one-cn-north-4/*' });

    const { status, body } = await deployment.sweep(bodyFor(deployment));

    expect([status, body.errCode]).toEqual([403, 'FN.FORBIDDEN']);
    expect(deployment.cloud.requests).toEqual([]);
  });

  test('that has no share of any target is forbidden, and nothing is sent', async () => {
    const deployment = await deploySweep({
      rights: ({ at }) => `sweep@one-cn-north-4/${at(1).shareId}|elsewhere`,
      entry: (at, estate) => ({ shares: [estate.at(at).shareId] }),
    });

    const { status } = await deployment.sweep({});

    expect(status).toBe(403);
    expect(deployment.cloud.requests).toEqual([]);
  });

  test('makes no login for another target', async () => {
    const deployment = await deploySweep({
      at: [0, 1, 2],
      rights: () => 'sweep@one-cn-north-4/*',
      variables: ({ password }) => ({ ...REAL, ACCOUNTS: '', HW_ACCESS_KEY: '', HW_SECRET_KEY: '', ...password }),
    });

    const { status } = await deployment.sweep({});

    expect(status).toBe(200);
    const scopes = deployment.cloud.requestsOf('CreateToken').map(({ body }) => JSON.parse(body).auth.scope.project.id);
    expect(scopes).toEqual([deployment.at(0).project.id]);
  });
});

describe('a sweep that is not well configured', () => {
  test.each<[string, object, Record<string, string>, readonly string[]]>([
    ['in one target', { sweep: { min_age: 'soon' } }, {}, ['TARGETS[1].sweep.min_age must be a duration']],
    ['by a variable', { sweep: {} }, { SWEEP_MIN_AGE: 'soon' }, ['SWEEP_MIN_AGE must be a duration']],
    ['as a run', { sweep: {} }, { SWEEP_MAX_DELETES: 'many' }, ['SWEEP_MAX_DELETES must be a whole number']],
  ])('%s keeps the route from sweeping, and no other route from working', async (_where, entry, changes, faults) => {
    const deployment = await deploySweep({
      at: [0, 1],
      entry: (at) => (at === 1 ? entry : {}),
      variables: () => ({ ...REAL, ...changes }),
    });

    const { status, body } = await deployment.sweep({});
    const sent = deployment.cloud.requests.length;
    const listed = await deployment.list(deployment.at(1));

    expect([status, body.errCode, sent]).toEqual([503, 'FN.MISCONFIGURED', 0]);
    expect(deployment.logged('config.faults')).toMatchObject([
      { faults: faults.map((fault) => expect.stringContaining(fault)) },
    ]);
    expect(listed.status).toBe(200);
  });

  test('is told by the run too where every target has a cap of its own', async () => {
    const deployment = await deploySweep({
      entry: () => ({ sweep: { max_deletes: 5 } }),
      variables: () => ({ ...REAL, SWEEP_MAX_DELETES: 'many' }),
    });

    const { status } = await deployment.sweep({});

    expect(status).toBe(503);
    expect(deployment.cloud.requests).toEqual([]);
  });
});

test('one target with a name is swept as several are', async () => {
  const deployment = await deploySweep({ at: [0], rights: () => 'sweep@one-cn-north-4/*' });

  const { status, body } = await deployment.sweep({ targets: ['one-cn-north-4'] });

  expect([status, body.targets]).toEqual([200, 1]);
  expect(body.tasks).toMatchObject([{ target: 'one-cn-north-4', task_id: 'due-0', outcome: 'accepted' }]);
  expect(deployment.logged('sweep.target')).toMatchObject([{ target: 'one-cn-north-4', outcome: 'done' }]);
});

function shareOf(target: Parameters<typeof nameOf>[0] & { readonly shareId: string }): string {
  return `${nameOf(target)}/${target.shareId}`;
}
