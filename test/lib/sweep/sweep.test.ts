import { describe, expect, test } from 'vitest';
import type { TaskReport } from '../../../lib/sweep/task-report.ts';
import type { Cloud, Fault, TaskInput } from '../../cloud/cloud.ts';
import { formatTaskTime } from '../../cloud/shares.ts';
import { accountedFor } from '../../support/accounts.ts';
import { DAY_MS, ended, HOUR_MS } from '../../support/sweep-instance.ts';
import { prepareSweep } from '../../support/sweeping.ts';

const KEEP_NONE = { SWEEP_KEEP_LATEST: '0' };

/** As many tasks of 30 hours and more, each an hour older than the one before. */
function addDue(cloud: Cloud, shareId: string, count: number, task: TaskInput = {}): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    cloud.addTask(shareId, { ...ended((30 + index) * HOUR_MS), path: `/due/${index}`, ...task }),
  );
}

/** A clock that only requests move. */
function clockOf(requests: () => number, msPerRequest: number): () => number {
  const startMs = Date.now();
  return () => startMs + requests() * msPerRequest;
}

describe('a dry run', () => {
  test('is the default, sends nothing but GETs, and says of every task what would become of it', async () => {
    const { cloud, sweep, logged } = await prepareSweep({
      variables: { SWEEP_DRY_RUN: '', SWEEP_MAX_DELETES: '2', SWEEP_STATUSES: 'SUCCESS' },
    });
    const shareId = cloud.addShare();
    const add = (ageHours: number, task: TaskInput = {}) =>
      cloud.addTask(shareId, { ...ended(ageHours * HOUR_MS), path: '/a', ...task });
    const expected = {
      [add(90)]: 'delete due',
      [add(80)]: 'delete due',
      [add(70)]: 'keep over_cap',
      [add(60)]: 'keep newest_of_path',
      [add(95, { status: 'FAIL' })]: 'keep status_not_swept',
      [add(5, { path: '/b' })]: 'keep too_young',
      [add(99, { raw: { end_time: 'soon' } })]: 'skip time_unreadable',
      [add(99, { raw: { status: 'PAUSED' } })]: 'skip unknown_status',
    };
    const reports: TaskReport[] = [];

    const summary = await sweep({}, {}, { onTask: (report) => reports.push(report) });

    expect(new Set(cloud.requests.map(({ method, service }) => `${service} ${method}`))).toEqual(
      new Set(['iam POST', 'sfs-turbo GET']),
    );
    expect(Object.fromEntries(reports.map((it) => [it.task.rawId, `${it.verdict} ${it.reason}`]))).toEqual(expected);
    expect(reports).toHaveLength(8);
    const told = logged('sweep.task').map((line) => [line['task_id'], `${line['verdict']} ${line['reason']}`]);
    expect(Object.fromEntries(told)).toEqual(expected);
    expect(summary).toMatchObject({ dry_run: true, listed: 8, due: 3, deleted: 0, remaining: 3, skipped_invalid: 2 });
  });

  test('cannot be turned off by overrides, nor the cap raised', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { ...KEEP_NONE, SWEEP_DRY_RUN: 'true' } });
    addDue(cloud, cloud.addShare(), 3);

    const summary = await sweep({ dry_run: false, max_deletes: 1_000 });

    expect(summary.dry_run).toBe(true);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('can be asked for where the configuration deletes', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 3);

    const summary = await sweep({ dry_run: true });

    expect(summary).toMatchObject({ dry_run: true, due: 3, remaining: 3 });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('reports a line for each task with its share, path and age', async () => {
    const { cloud, sweep, logged } = await prepareSweep({ variables: KEEP_NONE });
    const shareId = cloud.addShare();
    const [taskId] = addDue(cloud, shareId, 1);

    await sweep({ dry_run: true });

    expect(logged('sweep.task')).toEqual([
      expect.objectContaining({
        level: 'INFO',
        request_id: 'sweep-1',
        share_id: shareId,
        task_id: taskId,
        path: '/due/0',
        task_status: 'SUCCESS',
        verdict: 'delete',
        reason: 'due',
      }),
    ]);
    expect(logged('sweep.task')[0]?.['age_s']).toBeGreaterThanOrEqual(30 * 3_600);
  });
});

describe('a sweep', () => {
  test('deletes what is due, and nothing else', async () => {
    const { cloud, sweep } = await prepareSweep();
    const shareId = cloud.addShare();
    const stale = cloud.addTask(shareId, { ...ended(50 * HOUR_MS), path: '/a' });
    const newest = cloud.addTask(shareId, { ...ended(40 * HOUR_MS), path: '/a' });
    const failed = cloud.addTask(shareId, { ...ended(30 * HOUR_MS), path: '/a', status: 'FAIL' });
    const young = cloud.addTask(shareId, { ...ended(2 * HOUR_MS), path: '/b' });
    const running = cloud.addTask(shareId, { status: 'DOING', beginTime: formatTaskTime(Date.now() - 9 * DAY_MS) });

    const summary = await sweep();

    expect(cloud.tasks(shareId).map(({ id }) => id)).toEqual([newest, young, running]);
    expect(new Set(cloud.deletedTaskIds)).toEqual(new Set([stale, failed]));
    expect(summary).toMatchObject({ listed: 5, due: 2, deleted: 2, kept_latest: 1, failed: 0, truncated: false });
  });

  test('cancels running tasks that are stuck where they are swept', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { SWEEP_STATUSES: 'DOING' } });
    const shareId = cloud.addShare();
    const stuck = cloud.addTask(shareId, { status: 'DOING', beginTime: formatTaskTime(Date.now() - 73 * HOUR_MS) });
    cloud.addTask(shareId, { status: 'DOING', beginTime: formatTaskTime(Date.now() - 71 * HOUR_MS) });

    await sweep();

    expect(cloud.deletedTaskIds).toEqual([stuck]);
  });

  test('ends with one line that has every field of the summary and no other', async () => {
    const { cloud, sweep, lines } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 2);

    const summary = await sweep();

    const { level, timestamp, request_id, ...last } = JSON.parse(lines.at(-1) ?? '');
    expect(last).toEqual(summary);
    expect({ level, request_id }).toEqual({ level: 'INFO', request_id: 'sweep-1' });
    expect(Object.keys(summary).sort()).toEqual(
      [
        ...['event', 'dry_run', 'shares', 'listed', 'due', 'deleted', 'already_gone', 'failed', 'skipped_invalid'],
        ...['kept_latest', 'unsupported_shares', 'failed_shares', 'truncated', 'remaining', 'longest_due_s'],
        'protected',
        ...['too_young', 'status_not_swept', 'finished', 'running_max', 'running_full_shares', 'duration_ms'],
      ].sort(),
    );
  });

  test.each(['true', 'false'])('counts each listed task once, by what became of it: SWEEP_DRY_RUN=%s', async (dry) => {
    const { cloud, sweep } = await prepareSweep({ variables: { SWEEP_DRY_RUN: dry, SWEEP_MAX_DELETES: '2' } });
    const shareId = cloud.addShare();
    const add = (hours: number, task: TaskInput = {}) =>
      cloud.addTask(shareId, { ...ended(hours * HOUR_MS), path: '/a', ...task });
    for (const hours of [90, 80, 70, 60]) add(hours);
    add(95, { status: 'DOING' });
    for (const path of ['/b', '/c']) add(5, { path });
    for (const end_time of ['soon', 'later', '0001-01-01 00:00:00']) add(99, { raw: { end_time } });

    const summary = await sweep();

    expect(summary).toMatchObject({
      ...{ listed: 10, due: 3, deleted: dry === 'true' ? 0 : 2, remaining: dry === 'true' ? 3 : 1 },
      ...{ kept_latest: 1, too_young: 2, status_not_swept: 1, finished: 0, skipped_invalid: 3 },
    });
    expect(accountedFor(summary)).toBe(10);
  });

  test('says how many tasks run in the share that has most of them, and how many shares can start no more', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { SWEEP_STATUSES: 'DOING' } });
    const addRunning = (count: number, ageHours: number): string => {
      const shareId = cloud.addShare();
      addDue(cloud, shareId, count, { status: 'DOING', beginTime: formatTaskTime(Date.now() - ageHours * HOUR_MS) });
      addDue(cloud, shareId, 3);
      return shareId;
    };
    const [full, over, almost] = [addRunning(10, 1), addRunning(12, 99), addRunning(9, 1)];

    const runs = [
      await sweep(),
      await sweep(),
      await sweep({ shares: [almost] }),
      await sweep({ shares: [full, almost] }),
    ];

    // the first run has freed the one that is over
    expect(cloud.tasks(over).filter(({ status }) => status === 'DOING')).toEqual([]);
    expect(runs.map((run) => [run.running_max, run.running_full_shares])).toEqual([
      [12, 2],
      [10, 1],
      [9, 0],
      [10, 1],
    ]);
  });

  test.each([
    { name: 'a run that deletes all', variables: {}, hours: 0 },
    { name: 'a dry run', variables: { SWEEP_DRY_RUN: 'true' }, hours: 8 },
    { name: 'a cap', variables: { SWEEP_MAX_DELETES: '1' }, hours: 7 },
    { name: 'a DELETE that is refused', variables: {}, fault: 'DeleteFsTask' as const, hours: 8 },
    { name: 'a policy that keeps for a week', variables: { SWEEP_MIN_AGE: '7d' }, hours: 0 },
  ])('says for how long what stays has been due: $name', async ({ variables, fault, hours }) => {
    const { cloud, sweep } = await prepareSweep({ variables: { ...KEEP_NONE, ...variables } });
    // due for 6, 7 and 8 hours
    addDue(cloud, cloud.addShare(), 3);
    if (fault !== undefined) cloud.order({ operation: fault, times: 1, kind: { type: 'status', status: 403 } });

    const summary = await sweep();

    expect(summary.longest_due_s).toBeGreaterThanOrEqual(hours * 3_600);
    expect(summary.longest_due_s).toBeLessThan(hours * 3_600 + 60);
  });

  test('leaves one audit line for each DELETE', async () => {
    const { cloud, sweep, logged } = await prepareSweep({ variables: KEEP_NONE });
    const shareId = cloud.addShare();
    const due = addDue(cloud, shareId, 3);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 403 } });

    await sweep();

    const audit = logged('audit');
    expect(audit.map((line) => line['task_id']).sort()).toEqual([...due].sort());
    expect(audit.map((line) => line['outcome']).sort()).toEqual(['accepted', 'accepted', 'upstream_forbidden']);
    for (const line of audit) {
      expect(line).toMatchObject({ caller: 'sweep', share_id: shareId, attempts: 1, request_id: 'sweep-1' });
      expect(line['upstream_request_id']).toBeTypeOf('string');
    }
  });

  test('lets nothing secret into a line, at any level', async () => {
    const { cloud, sweep, lines } = await prepareSweep({ variables: { ...KEEP_NONE, LOG_LEVEL: 'DEBUG' } });
    addDue(cloud, cloud.addShare(), 2);
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'throttle' } });

    await sweep();

    const token = cloud.requestsOf('DeleteFsTask')[0]?.headers['x-auth-token'];
    expect(token).toBeTypeOf('string');
    expect(lines.join('')).not.toContain(token);
    expect(lines.join('')).not.toContain(cloud.password);
  });

  test('makes a path harmless before it gets into a line', async () => {
    const { cloud, sweep, lines } = await prepareSweep();
    cloud.addTask(cloud.addShare(), { ...ended(DAY_MS), path: '/a\n{"event":"sweep.done"}\u202e' });

    await sweep({ dry_run: true });

    expect(lines.filter((line) => JSON.parse(line).event === 'sweep.done')).toHaveLength(1);
    expect(lines.join('')).not.toContain('\u202e');
  });

  test('tells how far it is, every ten seconds at most', async () => {
    let requests = (): number => 0;
    const { cloud, sweep, logged } = await prepareSweep({
      variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' },
      runtime: { now: clockOf(() => requests(), 1_000) },
    });
    requests = () => cloud.requests.length;
    addDue(cloud, cloud.addShare(), 35);

    await sweep({}, { remainingMs: 300_000 });

    const progress = logged('sweep.progress');
    expect(progress).toHaveLength(4);
    expect(progress.map((line) => line['deleted'])).toEqual([5, 15, 25, 35]);
    expect(progress[0]).toMatchObject({ level: 'INFO', due: 35, listed: 35 });
  });
});

describe('the cap', () => {
  test('takes the oldest of the whole run, oldest first', async () => {
    const { cloud, sweep } = await prepareSweep({
      variables: { ...KEEP_NONE, SWEEP_MAX_DELETES: '3', SWEEP_CONCURRENCY: '1' },
    });
    const [a, b] = [cloud.addShare(), cloud.addShare()];
    const ages = { [a]: [31, 35, 33], [b]: [34, 32, 36] };
    const idByAge = new Map<number, string>();
    for (const [shareId, list] of Object.entries(ages)) {
      for (const age of list) idByAge.set(age, cloud.addTask(shareId, ended(age * HOUR_MS)));
    }

    const summary = await sweep();

    expect(cloud.deletedTaskIds).toEqual([36, 35, 34].map((age) => idByAge.get(age)));
    expect(summary).toMatchObject({ due: 6, deleted: 3, remaining: 3 });
  });

  test('leaves the rest to the next run', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { ...KEEP_NONE, SWEEP_MAX_DELETES: '4' } });
    const shareId = cloud.addShare();
    addDue(cloud, shareId, 10);

    const deleted = [await sweep(), await sweep(), await sweep(), await sweep()].map((run) => run.deleted);

    expect(deleted).toEqual([4, 4, 2, 0]);
    expect(cloud.tasks(shareId)).toEqual([]);
  });

  test.each([0, 1])('can be lowered to %i', async (most) => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 3);

    const summary = await sweep({ max_deletes: most });

    expect(summary).toMatchObject({ due: 3, deleted: most, remaining: 3 - most });
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(most);
  });

  test('and age are asked again before each DELETE: a clock that was set back saves what is young by it', async () => {
    const startMs = Date.now();
    let wasSetBack = (): boolean => false;
    const { cloud, sweep } = await prepareSweep({
      variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' },
      runtime: { now: () => startMs - (wasSetBack() ? 20 * HOUR_MS : 0) },
    });
    wasSetBack = () => cloud.requestsOf('DeleteFsTask').length > 0;
    const due = addDue(cloud, cloud.addShare(), 3);

    const summary = await sweep();

    expect(summary).toMatchObject({ due: 1, deleted: 1, failed: 0, remaining: 0 });
    expect(cloud.deletedTaskIds).toEqual([due[2]]);
  });

  test('counts refused DELETEs too', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { ...KEEP_NONE, SWEEP_MAX_DELETES: '2' } });
    addDue(cloud, cloud.addShare(), 5);
    cloud.order({ operation: 'DeleteFsTask', times: Number.POSITIVE_INFINITY, kind: { type: 'status', status: 403 } });

    const summary = await sweep();

    expect(summary).toMatchObject({ deleted: 0, failed: 2, remaining: 3 });
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(2);
  });
});

describe('which shares', () => {
  test('those of the configuration, without asking for others', async () => {
    const { cloud } = await prepareSweep();
    const [a, b] = [cloud.addShare(), cloud.addShare()];
    const { sweep } = await prepareSweep({ variables: { ...cloud.environment(), ...KEEP_NONE, SWEEP_SHARES: a } });
    const due = addDue(cloud, a, 1);
    addDue(cloud, b, 1);

    const summary = await sweep();

    expect(summary.shares).toBe(1);
    expect(cloud.deletedTaskIds).toEqual(due);
    expect(cloud.requestsOf('ListShares')).toEqual([]);
  });

  test('every share of the project, found page by page, with what does not support tasks left out', async () => {
    const { cloud, sweep, logged } = await prepareSweep({ variables: { ...KEEP_NONE, SWEEP_MAX_DELETES: '500' } });
    const due = Array.from({ length: 90 }, (_, index) => {
      const shareId = cloud.addShare({ supportsTasks: index % 9 !== 0 });
      return index % 9 === 0 ? [] : addDue(cloud, shareId, 1);
    }).flat();

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 90, unsupported_shares: 10, failed_shares: 0, deleted: 80 });
    expect(new Set(cloud.deletedTaskIds)).toEqual(new Set(due));
    const pages = cloud.requestsOf('ListShares').map(({ query }) => query);
    expect(pages).toEqual(['0', '40', '80', '90'].map((offset) => ({ limit: '40', offset })));
    expect(logged('sweep.share')).toHaveLength(10);
  });

  test('one that was found and has no tasks leaves a line with the code of the refusal', async () => {
    const { cloud, sweep, logged } = await prepareSweep({ variables: KEEP_NONE });
    const old = cloud.addShare({ supportsTasks: false });
    cloud.addShare();

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 2, unsupported_shares: 1, failed_shares: 0 });
    expect(logged('sweep.share')).toEqual([
      expect.objectContaining({ level: 'INFO', share_id: old, outcome: 'unsupported', err_code: 'SFS.TURBO.0041' }),
    ]);
  });

  test.each([
    { name: 'the configuration', variables: (old: string) => ({ SWEEP_SHARES: old }), overrides: () => ({}) },
    { name: 'an override', variables: () => ({}), overrides: (old: string) => ({ shares: [old] }) },
    {
      name: 'an override of a dry run',
      variables: () => ({}),
      overrides: (old: string) => ({ shares: [old], dry_run: true }),
    },
  ])('one that $name names must support tasks', async ({ variables, overrides }) => {
    const { cloud } = await prepareSweep();
    const old = cloud.addShare({ supportsTasks: false });
    const { sweep, logged } = await prepareSweep({ variables: { ...cloud.environment(), ...variables(old) } });

    const summary = await sweep(overrides(old));

    expect(summary).toMatchObject({ shares: 1, unsupported_shares: 0, failed_shares: 1 });
    expect(logged('sweep.share')).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        share_id: old,
        outcome: 'failed',
        reason: 'the share was named, and does not support these tasks',
        err_code: 'SFS.TURBO.0041',
      }),
    ]);
    expect(logged('sweep.done')[0]?.['level']).toBe('ERROR');
  });

  test('one that is named and has no tasks stops no other', async () => {
    const { cloud } = await prepareSweep();
    const [old, other] = [cloud.addShare({ supportsTasks: false }), cloud.addShare()];
    const SWEEP_SHARES = `${old},${other}`;
    const { sweep } = await prepareSweep({ variables: { ...cloud.environment(), ...KEEP_NONE, SWEEP_SHARES } });
    const due = addDue(cloud, other, 2);

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 2, failed_shares: 1, deleted: due.length });
  });

  test('when not one that was found has tasks, the run fails', async () => {
    const { cloud, sweep, logged } = await prepareSweep();
    for (let share = 0; share < 3; share += 1) cloud.addShare({ supportsTasks: false });

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 3, unsupported_shares: 0, failed_shares: 3 });
    expect(logged('sweep.share').at(-1)).toMatchObject({
      level: 'ERROR',
      outcome: 'failed',
      reason: 'not one share supports these tasks',
      shares: 3,
    });
    expect(logged('sweep.done')[0]?.['level']).toBe('ERROR');
  });

  test.each(['SFS.TURBO.0001', 'SFS.TURBO.0123'])('a refusal of the request itself fails them: %s', async (errCode) => {
    const { cloud, sweep } = await prepareSweep();
    cloud.addShare();
    cloud.addShare();
    const body = { errCode, errMsg: 'no' };
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 400, body } });

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 2, unsupported_shares: 0, failed_shares: 1 });
  });

  test('one that cannot be reached leaves host and cause', async () => {
    const { cloud } = await prepareSweep();
    const share = cloud.addShare();
    const variables = { ...cloud.environment(), SFS_TURBO_ENDPOINT: 'http://127.0.0.1:9', MAX_ATTEMPTS: '1' };
    const { sweep, logged } = await prepareSweep({ variables: { ...variables, SWEEP_SHARES: share } });

    await sweep();

    expect(logged('sweep.share')).toEqual([
      expect.objectContaining({ reason: 'SFS Turbo cannot be reached (127.0.0.1:9: unreachable, ECONNREFUSED)' }),
    ]);
  });

  test('one whose list breaks off leaves host and cause', async () => {
    const { cloud, sweep, logged } = await prepareSweep({ variables: { MAX_ATTEMPTS: '1' } });
    const share = cloud.addShare();
    for (let tasks = 0; tasks < 10; tasks += 1) cloud.addTask(share);
    // the head is shorter, and the list longer
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'truncate', bytes: 1_000 } });

    await sweep();

    const { host } = new URL(cloud.environment()['SFS_TURBO_ENDPOINT'] ?? '');
    expect(logged('sweep.share')).toEqual([
      expect.objectContaining({ reason: `SFS Turbo broke off the connection (${host}: reset)` }),
    ]);
  });

  test('none found where some are allowed is a failure', async () => {
    const { cloud, sweep, logged } = await prepareSweep({ variables: { ALLOWED_SHARES: 'a,b' } });
    cloud.addShare();

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 0, failed_shares: 1, listed: 0 });
    expect(logged('sweep.share')).toEqual([
      expect.objectContaining({ outcome: 'failed', reason: 'the project has none of ALLOWED_SHARES' }),
    ]);
  });

  test('a project without shares is in order', async () => {
    const { sweep } = await prepareSweep();

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 0, failed_shares: 0, listed: 0 });
  });

  test('of those found only the allowed ones', async () => {
    const { cloud } = await prepareSweep();
    const [a, b] = [cloud.addShare(), cloud.addShare()];
    const { sweep } = await prepareSweep({ variables: { ...cloud.environment(), ...KEEP_NONE, ALLOWED_SHARES: b } });
    addDue(cloud, a, 1);
    const due = addDue(cloud, b, 1);

    const summary = await sweep();

    expect(summary.shares).toBe(1);
    expect(cloud.deletedTaskIds).toEqual(due);
    expect(cloud.requests.filter(({ target }) => target.includes(a))).toEqual([]);
  });

  test('overrides narrow them', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    const [a, b] = [cloud.addShare(), cloud.addShare()];
    const due = addDue(cloud, a, 1);
    addDue(cloud, b, 1);

    const summary = await sweep({ shares: [a, a] });

    expect(summary.shares).toBe(1);
    expect(cloud.deletedTaskIds).toEqual(due);
  });

  test.each([
    { name: 'that is not swept', variables: { SWEEP_SHARES: 'a', ALLOWED_SHARES: 'a,b' }, code: 'invalid_input' },
    { name: 'that is not allowed', variables: { SWEEP_SHARES: '*', ALLOWED_SHARES: 'a' }, code: 'forbidden' },
  ])('overrides with a share $name are refused before anything is sent', async ({ variables, code }) => {
    const { cloud, sweep } = await prepareSweep({ variables });

    const run = sweep({ shares: ['a', 'b'] });

    await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining('share') });
    expect(cloud.requests).toEqual([]);
  });

  test.each([
    { name: 'fails', fault: { kind: { type: 'status', status: 500 }, times: 9 } },
    { name: 'is cut', fault: { kind: { type: 'truncate', bytes: 300 }, times: 9 } },
    { name: 'fails on its second page', fault: { kind: { type: 'status', status: 403 }, skip: 1 } },
    {
      name: 'repeats itself',
      fault: { kind: { type: 'status', status: 200, body: { shares: [{ id: 'x' }] } }, times: 9 },
    },
    { name: 'is none', fault: { kind: { type: 'status', status: 200, body: { count: 0 } } } },
  ] satisfies { name: string; fault: Fault }[])('when their list $name nothing is deleted', async ({ fault }) => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 2);
    cloud.order({ ...fault, operation: 'ListShares' });

    const summary = await sweep();

    expect(summary).toMatchObject({ failed_shares: 1, deleted: 0 });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('one with an odd id is counted and named nowhere in a URL', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    const due = addDue(cloud, cloud.addShare(), 1);
    cloud.addShare({ id: '..' });

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 2, failed_shares: 1, deleted: 1 });
    expect(cloud.deletedTaskIds).toEqual(due);
    expect(cloud.requests.filter(({ target }) => target.includes('..'))).toEqual([]);
  });
});

describe('a list that cannot be trusted', () => {
  const page = (ids: readonly unknown[], task: Readonly<Record<string, unknown>> = {}) => ({
    tasks: ids.map((id) => ({
      task_id: id,
      status: 'SUCCESS',
      dir_usage: { path: '/a' },
      begin_time: '2024-03-01 11:46:01',
      end_time: '2024-03-01 11:46:01',
      ...task,
    })),
  });
  const always = { times: Number.POSITIVE_INFINITY };

  test.each([
    { name: 'fails', kind: { type: 'status', status: 500 }, ...always },
    { name: 'is refused', kind: { type: 'status', status: 403 } },
    { name: 'fails on its second page', kind: { type: 'status', status: 500 }, skip: 1, ...always },
    { name: 'is cut', kind: { type: 'truncate', bytes: 400 }, ...always },
    { name: 'is garbage', kind: { type: 'garbage', bytes: 'nothing like HTTP' }, ...always },
    { name: 'is no JSON', kind: { type: 'status', status: 200, body: 'tasks: none' } },
    { name: 'is JSON, but no list', kind: { type: 'status', status: 200, body: { tasks: {} } } },
    { name: 'has no tasks field', kind: { type: 'status', status: 200, body: {} } },
    { name: 'has a member that is no object', kind: { type: 'status', status: 200, body: { tasks: ['a', null] } } },
    { name: 'repeats itself', kind: { type: 'status', status: 200, body: page(['a', 'b']) }, ...always },
    { name: 'has an id twice', kind: { type: 'status', status: 200, body: page(['a', 'a']) } },
    { name: 'ends without an id', kind: { type: 'status', status: 200, body: page(['a', undefined]) } },
    {
      name: 'comes with a redirect',
      kind: { type: 'status', status: 302, headers: { Location: 'http://127.0.0.1:1/' } },
    },
    { name: 'comes with 204', kind: { type: 'status', status: 204, body: '' } },
    { name: 'breaks off each time', kind: { type: 'reset', when: 'before' }, ...always },
  ] satisfies ({ name: string } & Fault)[])(
    'deletes nothing of its share, and is a failure: it $name',
    async (fault) => {
      const { cloud, sweep, logged } = await prepareSweep({ variables: { ...KEEP_NONE, MAX_ATTEMPTS: '2' } });
      addDue(cloud, cloud.addShare(), 3);
      cloud.order({ operation: 'ListFsTasks', ...fault });

      const summary = await sweep();

      expect(summary).toMatchObject({ shares: 1, failed_shares: 1, listed: 0, due: 0, deleted: 0 });
      expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
      expect(logged('sweep.share')).toEqual([expect.objectContaining({ outcome: 'failed', level: 'ERROR' })]);
      expect(logged('sweep.done')[0]?.['level']).toBe('ERROR');
    },
  );

  test('does not stop the other shares', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' } });
    const due = [cloud.addShare(), cloud.addShare(), cloud.addShare()].flatMap((shareId) => addDue(cloud, shareId, 2));
    cloud.order({ operation: 'ListFsTasks', skip: 2, kind: { type: 'status', status: 403 } });

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 3, failed_shares: 1, deleted: 4, remaining: 0 });
    expect(due).toEqual(expect.arrayContaining([...cloud.deletedTaskIds]));
  });

  test('one attempt that fails is made good by the next', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 3);
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 500 } });

    expect(await sweep()).toMatchObject({ failed_shares: 0, deleted: 3 });
  });

  test('odd tasks in it are counted, and the sound ones beside them deleted', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    const shareId = cloud.addShare();
    const add = (raw: Readonly<Record<string, unknown>>) => cloud.addTask(shareId, { ...ended(30 * HOUR_MS), raw });
    add({ begin_time: undefined, end_time: undefined });
    add({ end_time: formatTaskTime(Date.now() + DAY_MS) });
    add({ status: 'UNKNOWN' });
    add({ task_id: '../../shares' });
    add({ dir_usage: null });
    const due = addDue(cloud, shareId, 1);

    const summary = await sweep();

    expect(summary).toMatchObject({ listed: 6, skipped_invalid: 5, due: 1, deleted: 1, failed: 0 });
    expect(cloud.deletedTaskIds).toEqual(due);
  });
});

describe('a DELETE that fails', () => {
  test.each([
    { answer: 403, code: 'SFS.TURBO.9000' },
    { answer: 409, code: 'SFS.TURBO.0009' },
    { answer: 400, code: 'SFS.TURBO.0001' },
    { answer: 404, code: 'SFS.TURBO.0002' },
    { answer: 404, code: 'APIGW.0101' },
  ])('$answer $code stops nothing else', async ({ answer, code }) => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 4);
    const body = { errCode: code, errMsg: 'no' };
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: answer, body } });

    const summary = await sweep();

    expect(summary).toMatchObject({ due: 4, deleted: 3, failed: 1, already_gone: 0, remaining: 0 });
  });

  test('a task that has gone since the listing counts as already gone, not as a failure', async () => {
    const { cloud, sweep, logged } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 3);
    const body = { errCode: 'SFS.TURBO.0124', errMsg: 'task_id not found' };
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 404, body } });

    const summary = await sweep();

    expect(summary).toMatchObject({ deleted: 2, already_gone: 1, failed: 0 });
    const gone = logged('audit').filter((line) => line['outcome'] === 'already_gone');
    expect(gone).toEqual([expect.objectContaining({ level: 'INFO', upstream_status: 404 })]);
  });

  test.each([
    {
      name: 'carried out, then broken off',
      kind: { type: 'reset', when: 'after' },
      counts: { already_gone: 1, deleted: 2 },
    },
    { name: 'broken off before', kind: { type: 'reset', when: 'before' }, counts: { deleted: 3 } },
    { name: 'carried out, with a 500', kind: { type: 'status', status: 500, act: true }, counts: { already_gone: 1 } },
  ] satisfies { name: string; kind: Fault['kind']; counts: object }[])(
    '$name, it is made good by the next attempt',
    async ({ kind, counts }) => {
      const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
      const shareId = cloud.addShare();
      addDue(cloud, shareId, 3);
      cloud.order({ operation: 'DeleteFsTask', kind });

      const summary = await sweep();

      expect(summary).toMatchObject({ failed: 0, ...counts });
      expect(cloud.tasks(shareId)).toEqual([]);
    },
  );

  test('refused credentials end the run at once, and only once ask IAM', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { SWEEP_SHARES: 'a,b,c,d,e,f' } });
    cloud.order({ operation: 'CreateToken', times: 99, kind: { type: 'status', status: 401 } });

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 6, failed_shares: 6, deleted: 0 });
    expect(cloud.requests).toHaveLength(1);
  });

  test('credentials that SFS Turbo refuses while shares are listed end the run too', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { SWEEP_CONCURRENCY: '1' } });
    for (let share = 0; share < 5; share += 1) addDue(cloud, cloud.addShare(), 2);
    cloud.order({ operation: 'ListFsTasks', skip: 2, times: 2, kind: { type: 'status', status: 401 } });

    const summary = await sweep();

    expect(summary).toMatchObject({ shares: 5, failed_shares: 4, deleted: 0 });
    expect(cloud.requestsOf('ListFsTasks')).toHaveLength(4);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('credentials that are refused in the middle leave the rest for the next run', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' } });
    addDue(cloud, cloud.addShare(), 5);
    cloud.order({ operation: 'DeleteFsTask', skip: 2, times: 2, kind: { type: 'status', status: 401 } });

    const summary = await sweep();

    expect(summary).toMatchObject({ deleted: 2, failed: 1, remaining: 2 });
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(4);
  });

  test('a token that dies in the middle is renewed, and nothing is lost', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 5);
    cloud.order({ operation: 'DeleteFsTask', skip: 2, kind: { type: 'status', status: 401 } });

    expect(await sweep()).toMatchObject({ deleted: 5, failed: 0 });
    expect(cloud.requestsOf('CreateToken')).toHaveLength(2);
  });
});

describe('the lag of listings', () => {
  test('tasks that the run before has deleted are seen through', async () => {
    const { cloud, sweep } = await prepareSweep({ cloud: { listingLagMs: 300_000 }, variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 4);

    const [first, second] = [await sweep(), await sweep()];

    expect(first).toMatchObject({ deleted: 4, already_gone: 0, failed: 0 });
    expect(second).toMatchObject({ due: 4, deleted: 0, already_gone: 4, failed: 0 });
    expect(cloud.deletedTaskIds).toHaveLength(4);
  });
});

describe('pacing', () => {
  test('never more requests in a second, nor in flight, than configured', async () => {
    const { cloud, sweep } = await prepareSweep({
      variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '3', SWEEP_RATE: '20' },
      settings: { ratePerSecond: 20 },
    });
    addDue(cloud, cloud.addShare(), 40);
    cloud.latency('sfs-turbo', 5);
    // one that is answered late, and one whose connection dies: neither may make room for one too many
    cloud.order({ operation: 'DeleteFsTask', skip: 4, kind: { type: 'latency', ms: 400 } });
    cloud.order({ operation: 'DeleteFsTask', skip: 4, kind: { type: 'reset', when: 'before' } });

    await sweep();

    const sent = cloud.requests.filter(({ service }) => service === 'sfs-turbo');
    expect(sent.length).toBeGreaterThan(40);
    expect(Math.max(...sent.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(3);
    const spans = sent.slice(20).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0));
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(1_000);
  });

  test('Retry-After is obeyed by the whole run', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 12);
    cloud.order({ operation: 'DeleteFsTask', skip: 3, kind: { type: 'throttle', retryAfter: '1' } });

    const summary = await sweep();

    expect(summary).toMatchObject({ deleted: 12, failed: 0 });
    const sent = cloud.requestsOf('DeleteFsTask');
    const throttled = sent.findIndex(({ status }) => status === 429);
    const later = sent.slice(throttled + 1).map(({ atMs }) => atMs - (sent[throttled]?.atMs ?? 0));
    // those that were under way with it are the only ones within its second
    const within = later.filter((ms) => ms < 990);
    expect(within.length).toBeLessThan(4);
    expect(Math.max(0, ...within)).toBeLessThan(500);
  });

  test('a Retry-After beyond the time that is left ends the run, with the rest for the next', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' } });
    addDue(cloud, cloud.addShare(), 6);
    cloud.order({ operation: 'DeleteFsTask', skip: 2, kind: { type: 'throttle', retryAfter: '3600' } });
    const startedAtMs = performance.now();

    const summary = await sweep();

    expect(summary).toMatchObject({ deleted: 2, failed: 0, truncated: true, remaining: 4 });
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  });
});

describe('the end of the time', () => {
  test('it stops before the deadline, and the next run goes on from there', async () => {
    let requests = (): number => 0;
    const { cloud, sweep, logged } = await prepareSweep({
      variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' },
      runtime: { now: clockOf(() => requests(), 1_000) },
    });
    requests = () => cloud.requests.length;
    const shareId = cloud.addShare();
    addDue(cloud, shareId, 20);

    const first = await sweep({}, { remainingMs: 15_000 });
    const second = await sweep({}, { remainingMs: 60_000 });

    expect(first).toMatchObject({ due: 20, failed: 0, truncated: true });
    expect(first.deleted).toBeGreaterThan(5);
    expect(first.remaining).toBe(20 - first.deleted);
    expect(first.duration_ms).toBeLessThanOrEqual(14_500);
    expect(logged('audit')).toHaveLength(20);
    expect(second).toMatchObject({ due: first.remaining, deleted: first.remaining, truncated: false, remaining: 0 });
    expect(cloud.tasks(shareId)).toEqual([]);
  });

  test('listing leaves time for DELETEs, and other shares have their turn in the next runs', async () => {
    let requests = (): number => 0;
    let turn = 0;
    const { cloud, sweep } = await prepareSweep({
      variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' },
      runtime: {
        now: clockOf(() => requests(), 1_000),
        random: () => {
          turn += 1;
          return (turn * 0.37) % 1;
        },
      },
    });
    requests = () => cloud.requests.length;
    const shares = Array.from({ length: 12 }, () => cloud.addShare());
    for (const shareId of shares) addDue(cloud, shareId, 1);

    const first = await sweep({}, { remainingMs: 17_000 });
    for (let run = 0; run < 30 && cloud.deletedTaskIds.length < 12; run += 1) await sweep({}, { remainingMs: 17_000 });

    expect(first).toMatchObject({ shares: 12, truncated: true, failed_shares: 0 });
    expect(first.deleted).toBeGreaterThan(0);
    expect(cloud.deletedTaskIds).toHaveLength(12);
  });

  test('without time for anything nothing is sent', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: { SWEEP_SHARES: 'a,b' } });

    const summary = await sweep({}, { remainingMs: 1_000 });

    expect(summary).toMatchObject({ shares: 2, truncated: true, failed_shares: 0, listed: 0 });
    expect(cloud.requestsOf('ListFsTasks')).toEqual([]);
  });

  test('a list that time has cut is no list', async () => {
    const { cloud, sweep } = await prepareSweep({ variables: KEEP_NONE });
    addDue(cloud, cloud.addShare(), 3);
    cloud.order({ operation: 'ListFsTasks', skip: 1, kind: { type: 'silence' } });

    const summary = await sweep({}, { remainingMs: 2_200 });

    expect(summary).toMatchObject({ truncated: true, failed_shares: 0, listed: 0, due: 0 });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('a DELETE that failed, with no time left for another attempt, is told as it failed', async () => {
    let requests = (): number => 0;
    const { cloud, sweep, logged } = await prepareSweep({
      variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' },
      runtime: { now: clockOf(() => requests(), 1_000) },
    });
    requests = () => cloud.requests.length;
    addDue(cloud, cloud.addShare(), 1);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 500 } });

    // five requests before the DELETE; 1.5 seconds before the end nothing more goes out
    const summary = await sweep({}, { remainingMs: 7_200 });

    expect(summary).toMatchObject({ due: 1, deleted: 0, failed: 1, remaining: 0 });
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(1);
    expect(logged('audit')).toEqual([
      expect.objectContaining({ outcome: 'upstream_error', err_code: 'SFS.TURBO.0005', attempts: 1 }),
    ]);
  });

  test('a DELETE whose answer does not come in time is a failure, since nobody knows', async () => {
    const { cloud, sweep, logged } = await prepareSweep({ variables: { ...KEEP_NONE, SWEEP_CONCURRENCY: '1' } });
    addDue(cloud, cloud.addShare(), 3);
    cloud.order({ operation: 'DeleteFsTask', skip: 1, kind: { type: 'silence', act: true } });

    const summary = await sweep({}, { remainingMs: 2_300 });

    expect(summary).toMatchObject({ due: 3, deleted: 1, failed: 1, remaining: 1, truncated: true });
    expect(logged('audit').map((line) => line['outcome'])).toEqual(['accepted', 'upstream_timeout']);
  });
});
