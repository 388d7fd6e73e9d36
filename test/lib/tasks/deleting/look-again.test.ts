import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../cloud/cloud.ts';
import { formatTaskTime } from '../../../cloud/shares.ts';
import { prepareWithClock } from '../../../support/sweep-clock.ts';

const STUCK = { SWEEP_STATUSES: 'DOING' };

describe('a running task that is due', () => {
  test('is shown just before its DELETE, and goes while it still runs', async () => {
    const { sweep, addRunning, asked } = await prepareWithClock(STUCK);
    for (const age of [99, 98]) addRunning(age);

    const summary = await sweep();

    expect(asked()).toBe('LLSDSD');
    expect(summary).toMatchObject({ due: 2, deleted: 2, failed: 0, remaining: 0 });
  });

  test('beside finished ones, which are not shown', async () => {
    const { sweep, add, addRunning, asked } = await prepareWithClock({
      SWEEP_STATUSES: 'SUCCESS,DOING',
      SWEEP_KEEP_LATEST: '0',
    });
    add(90);
    addRunning(99);

    await sweep();

    expect(asked()).toBe('LLSDD');
  });

  test('is not shown in a dry run', async () => {
    const { sweep, addRunning, asked } = await prepareWithClock(STUCK);
    addRunning(99);

    await sweep({ dry_run: true });

    expect(asked()).toBe('LL');
  });
});

describe('a running task that has changed since it was listed', () => {
  test.each([
    { name: 'finished just now', change: { status: 'SUCCESS' }, counts: {}, reason: 'finished' },
    { name: 'failed just now', change: { status: 'FAIL' }, counts: {}, reason: 'finished' },
    {
      name: 'finished, with an end that is long ago',
      change: { status: 'SUCCESS', endHoursAgo: 90 },
      counts: {},
      reason: 'finished',
    },
    { name: 'began anew', change: { status: 'DOING', beginHoursAgo: 1 }, counts: {}, reason: 'too_young' },
    {
      name: 'has a status that is not known',
      change: { status: 'PAUSED' },
      counts: { skipped_invalid: 1 },
      reason: 'unknown_status',
    },
    {
      name: 'has a time that cannot be read',
      change: { status: 'DOING', raw: { begin_time: '0001-01-01 00:00:00' } },
      counts: { skipped_invalid: 1 },
      reason: 'time_unreadable',
    },
  ])('stays, and is due no more: it $name', async ({ change, counts, reason }) => {
    const { cloud, clock, shareId, sweep, addRunning, atFirst, asked, logged } = await prepareWithClock({
      SWEEP_STATUSES: 'SUCCESS,FAIL,DOING',
      SWEEP_KEEP_LATEST: '0',
    });
    const id = addRunning(99);
    const { status, endHoursAgo = 0, beginHoursAgo = 99, raw = {} } = { raw: {}, ...change };
    atFirst('ShowFsTask', () => {
      cloud.removeTask(shareId, id);
      const at = (hours: number): string => formatTaskTime(clock.nowMs - hours * 3_600_000);
      cloud.addTask(shareId, {
        id,
        status,
        path: '/99',
        beginTime: at(beginHoursAgo),
        endTime: status === 'DOING' ? '' : at(endHoursAgo),
        raw,
      });
    });

    const summary = await sweep();

    expect(asked()).toBe('LLS');
    expect(cloud.tasks(shareId)).toHaveLength(1);
    expect(summary).toMatchObject({ due: 0, deleted: 0, failed: 0, skipped_invalid: 0, remaining: 0, ...counts });
    expect(logged('sweep.task')).toEqual([expect.objectContaining({ task_id: id, reason })]);
  });

  test('counts as already gone, without a DELETE, when it is not found', async () => {
    const { cloud, shareId, sweep, addRunning, atFirst, asked, logged } = await prepareWithClock(STUCK);
    const id = addRunning(99);
    atFirst('ShowFsTask', () => cloud.removeTask(shareId, id));

    const summary = await sweep();

    expect(asked()).toBe('LLS');
    expect(summary).toMatchObject({ due: 1, deleted: 0, already_gone: 1, failed: 0, remaining: 0 });
    expect(logged('sweep.task')).toEqual([expect.objectContaining({ task_id: id, reason: 'gone' })]);
  });
});

describe('a running task that cannot be shown', () => {
  const always = { times: 99 };

  test.each([
    { name: 'is refused', kind: { type: 'status', status: 403 } },
    { name: 'fails', kind: { type: 'status', status: 500 }, ...always },
    { name: 'breaks off', kind: { type: 'reset', when: 'before' }, ...always },
    { name: 'meets no such API', kind: { type: 'status', status: 404, body: { error_code: 'APIGW.0101' } } },
    {
      name: 'meets no such share',
      kind: { type: 'status', status: 404, body: { errCode: 'SFS.TURBO.0002', errMsg: 'no' } },
    },
    { name: 'says nothing', kind: { type: 'status', status: 200, body: {} } },
    { name: 'says nothing that is JSON', kind: { type: 'status', status: 200, body: '<html>' } },
    { name: 'is cut', kind: { type: 'truncate', bytes: 200 }, ...always },
  ] satisfies ({ name: string } & Fault)[])('stays, and is a failure: the request $name', async (fault) => {
    const { cloud, shareId, sweep, addRunning, logged } = await prepareWithClock(STUCK);
    const id = addRunning(99);
    cloud.order({ operation: 'ShowFsTask', ...fault });

    const summary = await sweep();

    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
    expect(cloud.tasks(shareId)).toHaveLength(1);
    expect(summary).toMatchObject({ due: 1, deleted: 0, already_gone: 0, failed: 1, remaining: 0 });
    expect(logged('sweep.task')).toEqual([
      expect.objectContaining({ task_id: id, outcome: 'failed', level: 'ERROR', reason: expect.any(String) }),
    ]);
  });

  test.each([{ task_id: 'another' }, { task_id: undefined }, { dir_usage: { path: '/another' } }, { dir_usage: {} }])(
    'stays, and is a failure: a task with %j is shown in its place',
    async (odd) => {
      const { cloud, clock, sweep, addRunning } = await prepareWithClock(STUCK);
      const id = addRunning(99);
      const begin = formatTaskTime(clock.nowMs - 99 * 3_600_000);
      const sound = { task_id: id, status: 'DOING', dir_usage: { path: '/99' }, begin_time: begin };
      cloud.order({ operation: 'ShowFsTask', kind: { type: 'status', status: 200, body: { ...sound, ...odd } } });

      const summary = await sweep();

      expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
      expect(summary).toMatchObject({ due: 1, deleted: 0, failed: 1 });
    },
  );

  test('stops no other task', async () => {
    const { cloud, sweep, addRunning, asked } = await prepareWithClock(STUCK);
    for (const age of [99, 98]) addRunning(age);
    cloud.order({ operation: 'ShowFsTask', kind: { type: 'status', status: 403 } });

    const summary = await sweep();

    expect(asked()).toBe('LLSSD');
    expect(summary).toMatchObject({ due: 2, deleted: 1, failed: 1 });
  });

  test('because the credentials are refused ends the run', async () => {
    const { cloud, sweep, addRunning } = await prepareWithClock(STUCK);
    for (const age of [99, 98]) addRunning(age);
    cloud.order({ operation: 'ShowFsTask', times: 2, kind: { type: 'status', status: 401 } });

    const summary = await sweep();

    expect(summary).toMatchObject({ due: 2, deleted: 0, failed: 1, remaining: 1 });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('for want of time is no failure', async () => {
    const { cloud, sweep, addRunning } = await prepareWithClock(STUCK);
    addRunning(99);
    cloud.order({ operation: 'ShowFsTask', kind: { type: 'throttle', retryAfter: '3600' } });

    const summary = await sweep();

    expect(summary).toMatchObject({ due: 1, deleted: 0, failed: 0, remaining: 1, truncated: true });
  });
});

describe('a look at a running task', () => {
  test('is not good for longer than five seconds: after a pause the task is shown again', async () => {
    const { cloud, sweep, addRunning, asked } = await prepareWithClock(STUCK);
    addRunning(99);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'throttle', retryAfter: '10' } });

    const summary = await sweep();

    expect(asked()).toMatch(/^LLSDL*SD$/);
    expect(summary).toMatchObject({ deleted: 1, failed: 0 });
  });

  test('saves a task that finishes during such a pause', async () => {
    const { cloud, clock, shareId, sweep, addRunning, atFirst, asked } = await prepareWithClock(STUCK);
    const id = addRunning(99);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'throttle', retryAfter: '10' } });
    atFirst('DeleteFsTask', () => {
      cloud.removeTask(shareId, id);
      const beginTime = formatTaskTime(clock.nowMs - 99 * 3_600_000);
      cloud.addTask(shareId, { id, status: 'SUCCESS', path: '/99', beginTime, endTime: formatTaskTime(clock.nowMs) });
    });

    const summary = await sweep();

    expect(asked().match(/D/g)).toHaveLength(1);
    expect(cloud.tasks(shareId)).toHaveLength(1);
    expect(summary).toMatchObject({ due: 0, deleted: 0, failed: 0 });
  });

  test('does not keep a run with the lowest rate from its DELETEs', async () => {
    const { sweep, addRunning } = await prepareWithClock(STUCK, 16, { ratePerSecond: 1 });
    for (let age = 99; age > 89; age -= 1) addRunning(age);

    const summary = await sweep({}, { remainingMs: 600_000 });

    expect(summary).toMatchObject({ deleted: 10, truncated: false });
  });
});
