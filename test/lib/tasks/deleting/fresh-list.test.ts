import { expect, test } from 'vitest';
import { prepareWithClock } from '../../../support/sweep-clock.ts';

const KEEP_NONE = { SWEEP_KEEP_LATEST: '0' };

test('a DELETE rests on no list that is older than a minute: the share is listed again first', async () => {
  const { sweep, clock, add, atFirst, asked } = await prepareWithClock(KEEP_NONE);
  for (const age of [60, 50, 40]) add(age);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(asked()).toBe('LLDLLDD');
  expect(summary).toMatchObject({ listed: 3, due: 3, deleted: 3, remaining: 0, failed: 0 });
});

test('a list that is younger is good for all of its DELETEs', async () => {
  const { sweep, clock, add, atFirst, asked } = await prepareWithClock(KEEP_NONE);
  for (const age of [60, 50, 40]) add(age);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 30_000;
  });

  await sweep({}, { remainingMs: 600_000 });

  expect(asked()).toBe('LLDDD');
});

test('workers that need the same list wait for one reading of it', async () => {
  const { sweep, clock, add, atFirst, asked } = await prepareWithClock(KEEP_NONE, 4);
  for (let age = 60; age > 40; age -= 1) add(age);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(asked().match(/L/g)).toHaveLength(4);
  expect(summary).toMatchObject({ deleted: 20 });
});

test('a result that has become the newest of its path stays, and is due no more', async () => {
  const { cloud, sweep, clock, shareId, add, atFirst, logged } = await prepareWithClock({});
  const first = add(60, '/a');
  const second = add(50, '/a');
  const newest = add(40, '/a');
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
    cloud.removeTask(shareId, newest);
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(cloud.deletedTaskIds).toEqual([first]);
  expect(summary).toMatchObject({ due: 1, deleted: 1, kept_latest: 2, already_gone: 0, failed: 0, remaining: 0 });
  expect(logged('sweep.task')).toEqual([
    expect.objectContaining({ task_id: second, verdict: 'keep', reason: 'newest_of_path' }),
  ]);
});

test('a task that has become one in doubt stays, and is counted as such', async () => {
  const { cloud, sweep, clock, shareId, add, atFirst } = await prepareWithClock(KEEP_NONE);
  add(60);
  const changed = add(50);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
    cloud.removeTask(shareId, changed);
    cloud.addTask(shareId, { id: changed, raw: { end_time: 'soon' }, status: 'SUCCESS' });
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(summary).toMatchObject({ due: 1, deleted: 1, skipped_invalid: 1, remaining: 0 });
});

test('a task that has left the list counts as already gone, without a DELETE', async () => {
  const { cloud, sweep, clock, shareId, add, atFirst, asked } = await prepareWithClock(KEEP_NONE);
  add(60);
  const gone = add(50);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
    cloud.removeTask(shareId, gone);
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(asked()).toBe('LLDLL');
  expect(summary).toMatchObject({ due: 2, deleted: 1, already_gone: 1, failed: 0, remaining: 0 });
});

test('a share that cannot be listed again counts once, keeps its tasks, and stops no other share', async () => {
  const { cloud, sweep, clock, add, atFirst } = await prepareWithClock(KEEP_NONE, 2);
  const other = cloud.addShare();
  for (let age = 90; age > 70; age -= 1) add(age);
  add(65, '/other', other);
  add(64, '/more', other);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
    // the first two lists that are asked for again are those of one share
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 403 } });
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(summary).toMatchObject({ due: 22, failed_shares: 1, failed: 0, truncated: false });
  expect(cloud.tasks(other)).toEqual([]);
  expect(summary.remaining).toBe(22 - summary.deleted);
  expect(summary.remaining).toBeGreaterThanOrEqual(18);
});

test('a refusal of the credentials while a share is listed again ends the run', async () => {
  const { cloud, sweep, clock, add, atFirst } = await prepareWithClock(KEEP_NONE);
  const other = cloud.addShare();
  for (const age of [90, 80]) add(age);
  add(70, '/other', other);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
    cloud.order({ operation: 'ListFsTasks', times: 2, kind: { type: 'status', status: 401 } });
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(summary).toMatchObject({ due: 3, deleted: 1, failed: 0, failed_shares: 1, remaining: 2 });
});

test('no time to list a share again is no failure', async () => {
  const { sweep, clock, add, atFirst } = await prepareWithClock(KEEP_NONE);
  for (const age of [60, 50]) add(age);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
  });

  const summary = await sweep({}, { remainingMs: 62_000 });

  expect(summary).toMatchObject({ due: 2, deleted: 1, failed_shares: 0, failed: 0, remaining: 1, truncated: true });
});

test('a list that was read again adds no task to those that were chosen, and makes none up for one that stays', async () => {
  const { cloud, sweep, clock, shareId, add, atFirst } = await prepareWithClock({
    ...KEEP_NONE,
    SWEEP_MAX_DELETES: '3',
  });
  const [first, second, third] = [add(60), add(50), add(45)];
  add(40);
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
    cloud.removeTask(shareId, second);
    add(99);
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(cloud.deletedTaskIds).toEqual([first, third]);
  expect(summary).toMatchObject({ due: 4, deleted: 2, already_gone: 1, remaining: 1 });
});

test('a DELETE that was throttled for longer goes out again only after a look at the list', async () => {
  const { cloud, sweep, add, asked } = await prepareWithClock(KEEP_NONE);
  add(60);
  cloud.order({ operation: 'DeleteFsTask', kind: { type: 'throttle', retryAfter: '90' } });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(asked()).toBe('LLDLLD');
  expect(summary).toMatchObject({ due: 1, deleted: 1, failed: 0 });
});

test('one that is throttled again and again is a failure after as many answers as attempts are allowed', async () => {
  const { cloud, sweep, add } = await prepareWithClock({ ...KEEP_NONE, MAX_ATTEMPTS: '3' });
  add(60);
  cloud.order({ operation: 'DeleteFsTask', times: 99, kind: { type: 'throttle', retryAfter: '90' } });

  const summary = await sweep({}, { remainingMs: 3_600_000 });

  expect(summary).toMatchObject({ due: 1, deleted: 0, failed: 1 });
  expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(3);
});

test('a DELETE that may have been carried out is not sent again by an old list, and is told as it failed', async () => {
  const { cloud, sweep, clock, add, atFirst, asked, logged } = await prepareWithClock(KEEP_NONE);
  add(60);
  cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 500 } });
  atFirst('DeleteFsTask', () => {
    clock.nowMs += 61_000;
  });

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(asked()).toBe('LLD');
  expect(summary).toMatchObject({ due: 1, deleted: 0, failed: 1, remaining: 0, truncated: false });
  expect(logged('audit')).toEqual([expect.objectContaining({ outcome: 'upstream_error', attempts: 1 })]);
});

test('a task that this run has deleted, and that is still listed, takes no place among the newest', async () => {
  const { cloud, sweep, shareId, add, atFirst } = await prepareWithClock({}, 2);
  add(60, '/a');
  add(50, '/a');
  const newest = add(40, '/a');
  // one of the two DELETEs that are under way together waits, while the other is carried out
  cloud.order({ operation: 'DeleteFsTask', kind: { type: 'throttle', retryAfter: '90' } });
  atFirst('DeleteFsTask', () => cloud.removeTask(shareId, newest));

  const summary = await sweep({}, { remainingMs: 600_000 });

  expect(cloud.tasks(shareId)).toHaveLength(1);
  expect(summary).toMatchObject({ due: 1, deleted: 1, remaining: 0 });
});
