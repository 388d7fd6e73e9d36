import { describe, expect, test } from 'vitest';
import { parseShareId, TASK_STATUSES } from '../../../lib/core/task.ts';
import type { CancelManyResult } from '../../../lib/tasks/many-report.ts';
import type { ManyTask } from '../../../lib/tasks/many-task.ts';
import { formatTaskTime } from '../../cloud/shares.ts';
import { createManyInstance, prepareMany } from '../../support/cancelling-many.ts';
import { toTaskId } from '../../support/ids.ts';
import { ended, HOUR_MS } from '../../support/sweep-instance.ts';

const began = (ageHours: number, nowMs = Date.now()) => ({
  status: 'DOING',
  beginTime: formatTaskTime(nowMs - ageHours * HOUR_MS),
});
const told = ({ tasks }: CancelManyResult) =>
  tasks.map(({ taskId, verdict, reason, outcome = '' }) => `${taskId} ${verdict} ${reason} ${outcome}`.trim());

describe('to cancel many', () => {
  test('deletes the oldest tasks that meet every filter, and says what became of each', async () => {
    const { cloud, cancelMany } = await prepareMany();
    const share = cloud.addShare();
    const add = (id: string, hours: number, path = '/builds/x') => cloud.addTask(share, { id, path, ...began(hours) });
    add('young', 1);
    add('second', 8);
    add('elsewhere', 99, '/audit');
    add('oldest', 9);
    add('third', 7);
    cloud.addTask(share, { id: 'done', path: '/builds/y', ...ended(99 * HOUR_MS) });

    const result = await cancelMany(share, { olderThanMs: 6 * HOUR_MS, pathPrefix: '/builds/', max: 2 });

    expect(cloud.deletedTaskIds.toSorted()).toEqual(['oldest', 'second']);
    expect(result).toMatchObject({ dryRun: false, matched: 3, cancelled: 2, alreadyGone: 0, failed: 0, remaining: 1 });
    expect(told(result)).toEqual([
      'oldest delete matched accepted',
      'second delete matched accepted',
      'third keep over_cap',
    ]);
    expect(result.tasks[0]).toMatchObject({ path: '/builds/x', status: 'DOING' });
    expect(Math.floor((result.tasks[0]?.ageMs ?? 0) / HOUR_MS)).toBe(9);
  });

  test('never takes others than those that were named', async () => {
    const { cloud, cancelMany } = await prepareMany();
    const share = cloud.addShare();
    for (const id of ['a', 'b', 'c']) cloud.addTask(share, { id, ...began(5) });

    const result = await cancelMany(share, { only: new Set([toTaskId('b'), toTaskId('other')]) });

    expect(cloud.deletedTaskIds).toEqual(['b']);
    expect(told(result)).toEqual(['b delete matched accepted']);
  });

  test('sends nothing but GETs in a dry run, and shows what it would do', async () => {
    const { cloud, cancelMany, logged } = await prepareMany();
    const share = cloud.addShare();
    for (const [id, hours] of Object.entries({ a: 3, b: 5, c: 4 })) cloud.addTask(share, { id, ...began(hours) });

    const result = await cancelMany(share, { max: 2, dryRun: true });

    const sent = cloud.requests.filter(({ service }) => service === 'sfs-turbo').map(({ method }) => method);
    expect(new Set(sent)).toEqual(new Set(['GET']));
    expect(result).toMatchObject({ dryRun: true, matched: 3, cancelled: 0, failed: 0, remaining: 3 });
    expect(told(result)).toEqual(['b delete matched', 'c delete matched', 'a keep over_cap']);
    expect(logged('audit')).toEqual([]);
  });

  test.each([
    { what: 'the begin is missing', raw: { begin_time: '' }, reason: 'time_missing' },
    { what: 'the begin is in the future', raw: { begin_time: '2099-01-01 00:00:00' }, reason: 'time_in_future' },
    { what: 'the begin is no time', raw: { begin_time: 'soon' }, reason: 'time_unreadable' },
    { what: 'the begin is zero', raw: { begin_time: '0001-01-01 00:00:00' }, reason: 'time_unreadable' },
    { what: 'the status is unknown', raw: { status: 'PAUSED' }, reason: 'unknown_status' },
    { what: 'the id is odd', raw: { task_id: '../x' }, reason: 'odd_id' },
  ])('leaves a task alone of which $what', async ({ raw, reason }) => {
    const { cloud, cancelMany } = await prepareMany();
    const share = cloud.addShare();
    cloud.addTask(share, { id: 'odd', ...began(5), raw });
    cloud.addTask(share, { id: 'sound', ...began(4) });

    const result = await cancelMany(share);

    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(1);
    expect(cloud.deletedTaskIds).toEqual(['sound']);
    expect(result).toMatchObject({ matched: 1, cancelled: 1 });
    expect(result.tasks[1]).toMatchObject({ verdict: 'skip', reason, ageMs: undefined });
  });

  test('says nothing of tasks in doubt that are none of those that were asked for', async () => {
    const { cloud, cancelMany } = await prepareMany();
    const share = cloud.addShare();
    cloud.addTask(share, { id: 'a', path: '/a', ...began(5), raw: { begin_time: 'soon' } });
    cloud.addTask(share, { id: 'b', path: '/b', ...ended(HOUR_MS), raw: { end_time: 'soon', status: 'FAIL' } });

    const result = await cancelMany(share, { pathPrefix: '/b' });

    expect(result).toMatchObject({ matched: 0, tasks: [] });
  });

  test('takes a running task of any age where none was asked for', async () => {
    const { cloud, cancelMany } = await prepareMany();
    const share = cloud.addShare();
    cloud.addTask(share, { id: 'new', ...began(0) });

    const result = await cancelMany(share);

    expect(result.cancelled).toBe(1);
  });

  test('leaves a task that has ended since it was listed', async () => {
    const { cloud, cancelMany } = await prepareMany({
      cloud: {
        onRequest: ({ operation }) => {
          if (operation !== 'ShowFsTask') return;
          cloud.removeTask(share, 'a');
          cloud.addTask(share, {
            id: 'a',
            path: '/',
            status: 'SUCCESS',
            beginTime: formatTaskTime(Date.now() - HOUR_MS),
          });
        },
      },
    });
    const share = cloud.addShare();
    cloud.addTask(share, { id: 'a', path: '/', ...began(5) });

    const result = await cancelMany(share, { statuses: new Set(TASK_STATUSES) });

    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
    expect(result).toMatchObject({ matched: 0, cancelled: 0, remaining: 0 });
    expect(told(result)).toEqual(['a keep finished']);
    expect(result.tasks[0]?.status).toBe('SUCCESS');
  });

  test('tells a task that is gone by its DELETE from one that was accepted', async () => {
    const { cloud, cancelMany } = await prepareMany({ cloud: { listingLagMs: 300_000 } });
    const share = cloud.addShare();
    cloud.addTask(share, { id: 'a', ...ended(5 * HOUR_MS) });
    const query = { statuses: new Set(['SUCCESS' as const]) };
    await cancelMany(share, query);

    const again = await cancelMany(share, query);

    expect(again).toMatchObject({ matched: 1, cancelled: 0, alreadyGone: 1, failed: 0 });
    expect(told(again)).toEqual(['a delete matched already_gone']);
  });

  test('at once with another one, cancels each task once', async () => {
    const { cloud, cancelMany } = await prepareMany();
    const other = createManyInstance(cloud);
    const share = cloud.addShare();
    for (let id = 0; id < 10; id += 1) cloud.addTask(share, { id: `t-${id}`, ...began(id) });

    const both = await Promise.all([cancelMany(share), other.cancelMany(share)]);
    await other.app.close();

    expect(new Set(cloud.deletedTaskIds).size).toBe(10);
    expect(cloud.deletedTaskIds).toHaveLength(10);
    expect(both.reduce((sum, { cancelled }) => sum + cancelled, 0)).toBe(10);
    for (const { matched, cancelled, alreadyGone, failed } of both) {
      expect(failed).toBe(0);
      expect(cancelled + alreadyGone).toBe(matched);
    }
  });

  test('leaves an audit line for each DELETE with the path, status and age of its task', async () => {
    const { cloud, cancelMany, logged } = await prepareMany();
    const share = cloud.addShare();
    cloud.addTask(share, { id: 'a', path: '/a\n', ...began(2) });

    await cancelMany(share);

    expect(logged('audit')).toMatchObject([
      { caller: 'ci', share_id: share, task_id: 'a', task_status: 'DOING', outcome: 'accepted', attempts: 1 },
    ]);
    expect(logged('audit')[0]?.['path']).not.toContain('\n');
    expect(logged('audit')[0]?.['age_s']).toBeGreaterThanOrEqual(7_200);
  });

  test('tells the observer of each task once', async () => {
    const { cloud, cancelMany } = await prepareMany();
    const share = cloud.addShare();
    for (const id of ['a', 'b', 'c']) cloud.addTask(share, { id, ...began(5) });
    const seen: ManyTask[] = [];

    const result = await cancelMany(share, { max: 2 }, { observer: { onTask: (task) => seen.push(task) } });

    expect(new Set(seen)).toEqual(new Set(result.tasks));
    expect(seen).toHaveLength(3);
  });
});

describe('nothing is deleted', () => {
  test.each([
    { name: 'fails', fault: { kind: { type: 'status', status: 500 } } },
    { name: 'fails at its second page', fault: { skip: 1, kind: { type: 'status', status: 400 } } },
    { name: 'is cut', fault: { kind: { type: 'truncate', bytes: 120 } } },
    { name: 'is garbage', fault: { kind: { type: 'status', status: 200, body: '<html>' } } },
  ] as const)('when the listing $name', async ({ fault }) => {
    const { cloud, cancelMany } = await prepareMany();
    const share = cloud.addShare();
    cloud.addTask(share, { id: 'a', ...began(5) });
    cloud.order({ operation: 'ListFsTasks', times: 9, ...fault });

    const cancelling = cancelMany(share);

    await expect(cancelling).rejects.toMatchObject({ name: 'ServiceError' });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test.each([
    { name: 'that is not allowed', allowed: 'share-2', own: '*' },
    { name: 'that is not among the shares of the key', allowed: '*', own: new Set([parseShareId('share-2')]) },
  ] as const)('of a share $name, and nothing is sent', async ({ allowed, own }) => {
    const { cloud, cancelMany } = await prepareMany({ variables: { ALLOWED_SHARES: allowed } });
    const share = cloud.addShare({ id: 'share-1' });
    cloud.addTask(share, { id: 'a', ...began(5) });

    const cancelling = cancelMany(share, {}, { caller: { name: 'ci', shares: own } });

    await expect(cancelling).rejects.toMatchObject({ code: 'forbidden' });
    expect(cloud.requests).toEqual([]);
  });
});

describe('partial success', () => {
  test('names what was deleted, what failed and with which code', async () => {
    const { cloud, cancelMany, logged } = await prepareMany();
    const share = cloud.addShare();
    for (const [id, hours] of Object.entries({ a: 5, b: 4, c: 3 }))
      cloud.addTask(share, { id, ...ended(hours * HOUR_MS) });
    cloud.order({ operation: 'DeleteFsTask', times: 1, kind: { type: 'status', status: 403 } });

    const result = await cancelMany(share, { statuses: new Set(['SUCCESS']) });

    const failed = result.tasks.filter(({ errCode }) => errCode !== undefined);
    expect(result).toMatchObject({ matched: 3, cancelled: 2, failed: 1, remaining: 0 });
    expect(failed).toMatchObject([{ verdict: 'delete', reason: 'not_deleted', errCode: 'SFS.TURBO.9000' }]);
    expect(logged('audit')).toHaveLength(3);
  });

  test('says of a DELETE without an answer that it may have been carried out', async () => {
    const { cloud, cancelMany } = await prepareMany({ variables: { MAX_ATTEMPTS: '1' } });
    const share = cloud.addShare();
    cloud.addTask(share, { id: 'a', ...ended(HOUR_MS) });
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'reset', when: 'after' } });

    const result = await cancelMany(share, { statuses: new Set(['SUCCESS']) });

    expect(cloud.deletedTaskIds).toEqual(['a']);
    expect(result).toMatchObject({ cancelled: 0, failed: 1 });
    expect(result.tasks).toMatchObject([{ reason: 'may_be_deleted', errCode: 'FN.UPSTREAM_UNAVAILABLE' }]);
  });

  test('counts as remaining what there was no time for', async () => {
    const clock = { nowMs: Date.now() };
    const { cloud, cancelMany } = await prepareMany({
      cloud: {
        now: () => clock.nowMs,
        onRequest: ({ operation }) => {
          if (operation === 'DeleteFsTask') clock.nowMs += 10_000;
        },
      },
      runtime: { now: () => clock.nowMs },
    });
    const share = cloud.addShare();
    for (let age = 1; age <= 9; age += 1)
      cloud.addTask(share, { id: `t-${age}`, ...ended(age * HOUR_MS, clock.nowMs) });

    const result = await cancelMany(share, { statuses: new Set(['SUCCESS']) });

    const byReason = (wanted: string) => result.tasks.filter(({ reason }) => reason === wanted).length;
    expect(result.cancelled).toBe(cloud.deletedTaskIds.length);
    expect(result.remaining).toBeGreaterThan(0);
    expect(result.cancelled + result.failed + result.remaining).toBe(9);
    expect(byReason('out_of_time')).toBe(result.remaining);
  });

  test('sends nothing more once the credentials are refused', async () => {
    const { cloud, cancelMany } = await prepareMany({ variables: { MAX_ATTEMPTS: '1' } });
    const share = cloud.addShare();
    for (let age = 1; age <= 9; age += 1) cloud.addTask(share, { id: `t-${age}`, ...ended(age * HOUR_MS) });
    cloud.order({ operation: 'DeleteFsTask', times: 99, kind: { type: 'status', status: 401 } });

    const result = await cancelMany(share, { statuses: new Set(['SUCCESS']) });

    expect(cloud.deletedTaskIds).toEqual([]);
    expect(result.failed).toBeGreaterThan(0);
    expect(result.remaining).toBeGreaterThan(0);
    expect(result.failed + result.remaining).toBe(9);
    expect(new Set(result.tasks.map(({ reason }) => reason))).toEqual(new Set(['not_deleted', 'not_tried']));
  });
});
