import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../lib/core/errors.ts';
import type { TaskReport } from '../../../lib/sweep/task-report.ts';
import type { Cloud, TaskInput } from '../../cloud/cloud.ts';
import { formatTaskTime } from '../../cloud/shares.ts';
import { accountedFor } from '../../support/accounts.ts';
import { createInstance, DAY_MS, ended, HOUR_MS, type Instance } from '../../support/sweep-instance.ts';
import { prepareSweep } from '../../support/sweeping.ts';
import { LEAST_VARIABLES } from '../../support/variables.ts';

const PROTECT_AUDIT = { path_prefix: '/audit/', protect: true };

const ruled = (rules: readonly unknown[], variables: Readonly<Record<string, string>> = {}) =>
  prepareSweep({ variables: { SWEEP_KEEP_LATEST: '0', SWEEP_RULES: JSON.stringify(rules), ...variables } });

/** A result that ended four days ago. */
const addOld = (cloud: Cloud, shareId: string, task: TaskInput): string =>
  cloud.addTask(shareId, { ...ended(4 * DAY_MS), ...task });

/** What a run says of each task, by the task's path. */
async function judgedBy(sweep: Instance['sweep'], overrides = {}): Promise<Readonly<Record<string, string>>> {
  const reports: TaskReport[] = [];
  const summary = await sweep(overrides, {}, { onTask: (report) => reports.push(report) });
  expect(accountedFor(summary)).toBe(summary.listed);
  return Object.fromEntries(reports.map(({ task, verdict, reason }) => [task.path ?? 'none', `${verdict} ${reason}`]));
}

describe('a task that a rule protects', () => {
  test('stays whatever its status and age, in a dry run and in a real one, and is counted', async () => {
    const { cloud, sweep, logged } = await ruled([PROTECT_AUDIT], { SWEEP_STATUSES: 'SUCCESS,FAIL,DOING' });
    const shareId = cloud.addShare();
    for (const status of ['SUCCESS', 'FAIL', 'DOING']) addOld(cloud, shareId, { status, path: '/audit/2026' });
    addOld(cloud, shareId, { path: '/audit/odd', raw: { end_time: 'soon' } });
    addOld(cloud, shareId, { path: '/audit/odd', raw: { task_id: 'odd/1', status: 'PAUSED' } });
    const other = addOld(cloud, shareId, { path: '/builds' });

    const runs = [await sweep({ dry_run: true }), await sweep()];

    expect(runs).toMatchObject([
      { listed: 6, due: 1, protected: 5, remaining: 1, skipped_invalid: 0 },
      { listed: 6, due: 1, protected: 5, deleted: 1, skipped_invalid: 0 },
    ]);
    expect(runs.map(accountedFor)).toEqual([6, 6]);
    expect(cloud.deletedTaskIds).toEqual([other]);
    const lines = logged('sweep.task').filter(({ reason }) => reason === 'protected');
    expect(lines.map(({ verdict, age_s: age }) => [verdict, typeof age])).toEqual([
      ...[
        ['keep', 'number'],
        ['keep', 'number'],
        ['keep', 'number'],
      ],
      // what else is odd of a task makes no difference
      ...[
        ['keep', 'undefined'],
        ['keep', 'undefined'],
      ],
    ]);
  });

  test('stays in its share alone where the rule names shares', async () => {
    const { cloud } = await prepareSweep();
    const [prod, dev] = [cloud.addShare(), cloud.addShare()];
    const run = createInstance(cloud.environment(), {
      variables: {
        SHARE_ALIASES: `prod=${prod}`,
        SWEEP_KEEP_LATEST: '0',
        SWEEP_RULES: JSON.stringify([{ shares: ['prod'], protect: true }]),
      },
    });
    addOld(cloud, prod, {});
    const going = addOld(cloud, dev, {});

    const summary = await run.sweep();

    await run.app.close();
    expect(summary).toMatchObject({ deleted: 1, protected: 1 });
    expect(cloud.deletedTaskIds).toEqual([going]);
  });

  test('stays although the list by which others go is a later one, in which it has another path', async () => {
    const { cloud, sweep } = await slowAfterFirstDelete([PROTECT_AUDIT]);
    const shareId = cloud.addShare();
    const oldest = addOld(cloud, shareId, { ...ended(5 * DAY_MS), path: '/a' });
    const moved = addOld(cloud, shareId, { path: '/b' });
    cloud.order({ operation: 'ListFsTasks', skip: 2, times: 1, kind: onlyTask(moved, '/audit/b') });

    const summary = await sweep({}, { remainingMs: 300_000 });

    expect(cloud.deletedTaskIds).toEqual([oldest]);
    expect(summary).toMatchObject({ listed: 2, due: 1, deleted: 1, protected: 1 });
    expect(accountedFor(summary)).toBe(2);
  });
});

/** A list that counts no more after the first DELETE, so that a later one decides about the others. */
function slowAfterFirstDelete(rules: readonly unknown[]) {
  const startMs = Date.now();
  let isSlow = (): boolean => false;
  const now = (): number => startMs + (isSlow() ? 70_000 : 0);
  const prepared = prepareSweep({
    variables: { SWEEP_KEEP_LATEST: '0', SWEEP_CONCURRENCY: '1', SWEEP_RULES: JSON.stringify(rules) },
    runtime: { now },
  });
  return prepared.then((it) => {
    isSlow = () => it.cloud.requestsOf('DeleteFsTask').length > 0;
    return it;
  });
}

/** A page of one old result. */
function onlyTask(taskId: string, path: string) {
  const { beginTime: begin_time, endTime: end_time, status } = ended(4 * DAY_MS);
  const task = { task_id: taskId, status, begin_time, end_time, dir_usage: { path } };
  return { type: 'status', status: 200, body: { tasks: [task] } } as const;
}

describe('the paths of a rule', () => {
  test.each([
    { prefix: '/audit/', stay: ['/audit', '/audit/', '/audit/x', '/audit/x/y'], go: ['/auditor', '/aud', '/x/audit/'] },
    { prefix: '/audit', stay: ['/audit', '/audit/', '/audit/x', '/auditor'], go: ['/aud', '/Audit', '/x/audit'] },
    { prefix: '/', stay: ['/', '/a', '/audit/x'], go: [] },
    { prefix: '/数据/', stay: ['/数据', '/数据/a'], go: ['/数', '/数据库'] },
    { prefix: '/cafe\u0301/', stay: ['/cafe\u0301/x'], go: ['/cafe', '/cafeteria'] },
  ])('begin with $prefix', async ({ prefix, stay, go }) => {
    const { cloud, sweep } = await ruled([{ path_prefix: prefix, protect: true }]);
    const shareId = cloud.addShare();
    for (const path of [...stay, ...go]) addOld(cloud, shareId, { path });

    const judged = await judgedBy(sweep, { dry_run: true });

    const expected = [...stay.map((path) => [path, 'keep protected']), ...go.map((path) => [path, 'delete due'])];
    expect(judged).toEqual(Object.fromEntries(expected));
  });

  test.each([
    ...['/builds/../audit/x', '/audit/../builds', 'audit/x', '//audit/x', '/./audit', '/au\u200bdit/x', '../audit'],
    ...['/builds/..//audit/'],
  ])('are in doubt where they may be meant for another rule: a task of %j is skipped', async (path) => {
    const { cloud, sweep } = await ruled([PROTECT_AUDIT, { min_age: '1h' }]);
    addOld(cloud, cloud.addShare(), { path });

    const judged = await judgedBy(sweep);

    expect(judged).toEqual({ [path]: 'skip odd_path' });
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test('are in doubt where a text that looks the same is meant: é can be written in two ways', async () => {
    const { cloud, sweep } = await ruled([{ path_prefix: '/caf\u00e9/', protect: true }]);
    const shareId = cloud.addShare();
    for (const path of ['/cafe\u0301/x', '/caf\u00e9/x']) addOld(cloud, shareId, { path });

    expect(await judgedBy(sweep)).toEqual({ '/cafe\u0301/x': 'skip odd_path', '/caf\u00e9/x': 'keep protected' });
  });

  test('are not in doubt where no rule tells them apart', async () => {
    const { cloud, sweep } = await ruled([PROTECT_AUDIT]);
    const shareId = cloud.addShare();
    for (const path of ['/a/../b', '//b', '/audit/./x']) addOld(cloud, shareId, { path });

    const judged = await judgedBy(sweep, { dry_run: true });

    expect(judged).toEqual({ '/a/../b': 'delete due', '//b': 'delete due', '/audit/./x': 'keep protected' });
  });

  test.each([{ dir_usage: {} }, { dir_usage: null }, { dir_usage: { path: '' } }, { dir_usage: { path: 7 } }])(
    'of a task with %j are unknown: it is skipped, also where a later rule is for every path',
    async (raw) => {
      const { cloud, sweep } = await ruled([PROTECT_AUDIT, { min_age: '1h' }]);
      addOld(cloud, cloud.addShare(), { raw });

      const summary = await sweep();

      expect(summary).toMatchObject({ listed: 1, due: 0, deleted: 0, skipped_invalid: 1 });
      expect(cloud.deletedTaskIds).toEqual([]);
    },
  );
});

describe('a rule with settings', () => {
  test('has them in place of the general ones, and the first rule that matches wins', async () => {
    const { cloud, sweep } = await ruled(
      [
        { path_prefix: '/builds/keep/', min_age: '30d' },
        { path_prefix: '/builds/', statuses: ['FAIL', 'DOING'], min_age: '2h', doing_min_age: '3h' },
      ],
      { SWEEP_MIN_AGE: '24h' },
    );
    const shareId = cloud.addShare();
    const add = (path: string, hours: number, status = 'FAIL') =>
      cloud.addTask(shareId, { ...ended(hours * HOUR_MS), path, status });
    add('/builds/keep/1', 99);
    add('/builds/1', 3);
    add('/builds/2', 1);
    add('/builds/3', 99, 'SUCCESS');
    add('/builds/4', 4, 'DOING');
    add('/builds/5', 2, 'DOING');
    add('/other/1', 3);
    add('/other/2', 30);

    const judged = await judgedBy(sweep, { dry_run: true });

    expect(judged).toEqual({
      '/builds/keep/1': 'keep too_young',
      '/builds/1': 'delete due',
      '/builds/2': 'keep too_young',
      '/builds/3': 'keep status_not_swept',
      '/builds/4': 'delete due',
      '/builds/5': 'keep too_young',
      '/other/1': 'keep too_young',
      '/other/2': 'delete due',
    });
  });

  test('keeps as many results of each of its paths as it says', async () => {
    const { cloud, sweep } = await ruled([{ path_prefix: '/history/', keep_latest: 2 }], { SWEEP_KEEP_LATEST: '1' });
    const shareId = cloud.addShare();
    const add = (path: string, days: number) => cloud.addTask(shareId, { ...ended(days * DAY_MS), path });
    const [oldest] = [5, 4, 3].map((days) => add('/history/a', days));
    for (const days of [5, 4]) add('/history/b', days);
    const old = add('/builds', 5);
    add('/builds', 4);

    const summary = await sweep();

    expect(new Set(cloud.deletedTaskIds)).toEqual(new Set([oldest, old]));
    expect(summary).toMatchObject({ listed: 7, due: 2, deleted: 2, kept_latest: 5 });
  });

  test('holds for a later list too: what is the newest there stays', async () => {
    const { cloud, sweep } = await slowAfterFirstDelete([{ path_prefix: '/history/', keep_latest: 1 }]);
    const shareId = cloud.addShare();
    const oldest = addOld(cloud, shareId, { ...ended(5 * DAY_MS), path: '/a' });
    const old = addOld(cloud, shareId, { path: '/history/a' });
    addOld(cloud, shareId, { ...ended(3 * DAY_MS), path: '/history/a' });
    cloud.order({ operation: 'ListFsTasks', skip: 2, times: 1, kind: onlyTask(old, '/history/a') });
    cloud.order({ operation: 'ListFsTasks', times: 1, kind: { type: 'status', status: 200, body: { tasks: [] } } });

    const summary = await sweep({}, { remainingMs: 300_000 });

    expect(cloud.deletedTaskIds).toEqual([oldest]);
    expect(summary).toMatchObject({ listed: 3, due: 1, deleted: 1, kept_latest: 2 });
  });

  test('holds when a running task is shown again before its DELETE', async () => {
    const { cloud, sweep } = await ruled([{ path_prefix: '/stuck/', statuses: ['DOING'], doing_min_age: '6h' }]);
    const shareId = cloud.addShare();
    const begun = (hours: number) => ({ status: 'DOING', beginTime: formatTaskTime(Date.now() - hours * HOUR_MS) });
    const stuck = cloud.addTask(shareId, { ...begun(7), path: '/stuck/a' });
    cloud.addTask(shareId, { ...begun(99), path: '/other' });

    const summary = await sweep();

    expect(cloud.deletedTaskIds).toEqual([stuck]);
    expect(summary).toMatchObject({ deleted: 1, status_not_swept: 1 });
  });
});

describe('what an event may not', () => {
  test.each(['rules', 'sweep_rules', 'SWEEP_RULES', 'protect', 'min_age'])('name %s', async (member) => {
    const { cloud, sweep } = await ruled([PROTECT_AUDIT]);
    addOld(cloud, cloud.addShare(), { path: '/audit/x' });

    await expect(sweep({ [member]: [] })).rejects.toThrow(ServiceError);

    expect(cloud.requests).toEqual([]);
  });

  test('lift the protection of what it names', async () => {
    const { cloud, sweep } = await ruled([PROTECT_AUDIT]);
    const shareId = cloud.addShare();
    addOld(cloud, shareId, { path: '/audit/x' });

    const summary = await sweep({ shares: [shareId], dry_run: false, max_deletes: 50 });

    expect(summary).toMatchObject({ deleted: 0, protected: 1 });
  });
});

test('a rule for a share that the project does not have is told of', async () => {
  const { cloud, sweep, logged } = await ruled([{ shares: ['prdo'], protect: true }]);
  addOld(cloud, cloud.addShare(), {});

  await sweep();

  expect(logged('sweep.share')).toEqual([
    expect.objectContaining({ level: 'WARN', share_id: 'prdo', reason: expect.stringContaining('SWEEP_RULES') }),
  ]);
});

test('a function whose rules have a fault does not begin a run', () => {
  const variables = { ...LEAST_VARIABLES, SWEEP_RULES: '[{"path_prefix":"/audit/"}]' };

  expect(() => createInstance(LEAST_VARIABLES, { variables })).toThrow('not configured');
});
