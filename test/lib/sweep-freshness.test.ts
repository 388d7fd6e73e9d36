import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../cloud/cloud.ts';
import { formatTaskTime } from '../cloud/shares.ts';
import { ended, HOUR_MS } from '../sweep-instance.ts';
import { prepareSweep } from '../sweeping.ts';

const ALWAYS = Number.POSITIVE_INFINITY;

/** A clock for the function and the cloud, which each request moves on. */
function createClock() {
  const startMs = Date.now();
  let requests = (): number => 0;
  let msPerRequest = 0;
  return {
    startMs,
    now: () => startMs + requests() * msPerRequest,
    follow: (count: () => number, ms: number) => {
      requests = count;
      msPerRequest = ms;
    },
  };
}

describe('a running task', () => {
  async function prepareStuck(runsForMs?: number) {
    const clock = createClock();
    const world = { now: clock.now, monotonicNow: clock.now };
    const sweeping = await prepareSweep({ cloud: { now: clock.now }, variables: { SWEEP_STATUSES: 'DOING' }, world });
    const shareId = sweeping.cloud.addShare();
    const beginTime = formatTaskTime(clock.startMs - 80 * HOUR_MS);
    const running = runsForMs === undefined ? { status: 'DOING' } : { runsForMs };
    const taskId = sweeping.cloud.addTask(shareId, { ...running, beginTime, path: '/a' });
    return { ...sweeping, clock, shareId, taskId };
  }

  test('is shown once more before its DELETE', async () => {
    const { cloud, sweep, taskId } = await prepareStuck();

    const summary = await sweep();

    const last = cloud.requests.slice(-2).map(({ operation }) => operation);
    expect(last).toEqual(['ShowFsTask', 'DeleteFsTask']);
    expect(cloud.deletedTaskIds).toEqual([taskId]);
    expect(summary).toMatchObject({ due: 1, deleted: 1 });
  });

  test('stays when it has finished between its listing and its DELETE', async () => {
    const { cloud, sweep, clock } = await prepareStuck(80 * HOUR_MS + 5_000);
    clock.follow(() => (cloud.requestsOf('ListFsTasks').length >= 2 ? 1 : 0), 10_000);

    const summary = await sweep();

    expect(cloud.requestsOf('ShowFsTask')).toHaveLength(1);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
    expect(summary).toMatchObject({ due: 0, deleted: 0, failed: 0, remaining: 0 });
  });

  test.each<[string, FaultKind, object]>([
    ['refused', { type: 'status', status: 403 }, { failed: 1, already_gone: 0 }],
    ['answered with 500', { type: 'status', status: 500 }, { failed: 1, already_gone: 0 }],
  ])('stays when showing it is %s', async (_, kind, counts) => {
    const { cloud, sweep, logged } = await prepareStuck();
    cloud.order({ operation: 'ShowFsTask', times: ALWAYS, kind });

    const summary = await sweep();

    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
    expect(summary).toMatchObject({ due: 1, deleted: 0, remaining: 0, ...counts });
    expect(logged('sweep.share')).toMatchObject([{ outcome: 'not_shown' }]);
  });

  test('that is gone when it is shown counts as gone, without a DELETE', async () => {
    const { cloud, sweep, coldStart, shareId } = await prepareStuck();
    cloud.order({ operation: 'ShowFsTask', kind: { type: 'latency', ms: 300 } });

    const summaries = await Promise.all([sweep(), coldStart().sweep()]);

    expect(cloud.tasks(shareId)).toEqual([]);
    expect(cloud.requestsOf('DeleteFsTask').length).toBeLessThanOrEqual(2);
    const outcomes = summaries.map(({ deleted, already_gone }) => `${deleted} ${already_gone}`).sort();
    expect(outcomes).toEqual(['0 1', '1 0']);
  });
});

describe('a list', () => {
  test('that is older than a minute is read and judged again before the next DELETE', async () => {
    const clock = createClock();
    const { cloud, sweep } = await prepareSweep({
      cloud: { now: clock.now },
      variables: { SWEEP_KEEP_LATEST: '0', SWEEP_CONCURRENCY: '1' },
      world: { now: clock.now, monotonicNow: clock.now },
    });
    const shareId = cloud.addShare();
    for (let n = 0; n < 6; n += 1) cloud.addTask(shareId, { ...ended((30 + n) * HOUR_MS), path: `/${n}` });
    clock.follow(() => cloud.requests.length, 25_000);

    const summary = await sweep({}, { remainingMs: 900_000 });

    expect(summary).toMatchObject({ due: 6, deleted: 6, failed: 0 });
    let listedAt = 0;
    for (const [index, { operation }] of cloud.requests.entries()) {
      if (operation === 'ListFsTasks') listedAt = index;
      if (operation === 'DeleteFsTask') expect((index - listedAt) * 25_000).toBeLessThan(75_001);
    }
  });

  test('that is read again keeps what has become the newest of its path meanwhile', async () => {
    const clock = createClock();
    const sweeping = await prepareSweep({
      cloud: { now: clock.now },
      variables: { SWEEP_CONCURRENCY: '1' },
      world: { now: clock.now, monotonicNow: clock.now },
    });
    const { cloud, sweep } = sweeping;
    const shareId = cloud.addShare();
    const first = cloud.addTask(shareId, { ...ended(90 * HOUR_MS), status: 'FAIL', path: '/x' });
    const kept = cloud.addTask(shareId, { ...ended(50 * HOUR_MS), path: '/a' });
    const newest = cloud.addTask(shareId, { ...ended(25 * HOUR_MS), path: '/a' });
    // somebody else deletes the newest result, and a minute passes, before the first DELETE ends
    const other = sweeping.coldStart();
    let hasBegun = false;
    let deleting: Promise<unknown> = Promise.resolve();
    clock.follow(() => {
      if (cloud.requestsOf('DeleteFsTask').length === 0) return 0;
      if (hasBegun) return 1;
      hasBegun = true;
      deleting = other.app.cancelTask(
        { shareId, taskId: newest, feature: 'dir-usage' } as Parameters<typeof other.app.cancelTask>[0],
        'other',
        { requestId: 'other', deadlineAtMs: clock.startMs + 900_000, log: other.app.logs('other') },
      );
      return 1;
    }, 61_000);
    cloud.latency('sfs-turbo', 50);

    const summary = await sweep({}, { remainingMs: 900_000 });
    await deleting;

    expect(cloud.deletedTaskIds).toEqual([first, newest]);
    expect(cloud.tasks(shareId).map(({ id }) => id)).toEqual([kept]);
    expect(summary).toMatchObject({ due: 1, deleted: 1, kept_latest: 2 });
  });

  test('that cannot be read again costs its share every further DELETE', async () => {
    const clock = createClock();
    const { cloud, sweep } = await prepareSweep({
      cloud: { now: clock.now },
      variables: { SWEEP_KEEP_LATEST: '0', SWEEP_CONCURRENCY: '1' },
      world: { now: clock.now, monotonicNow: clock.now },
    });
    const shareId = cloud.addShare();
    for (let n = 0; n < 3; n += 1) cloud.addTask(shareId, { ...ended((30 + n) * HOUR_MS), path: `/${n}` });
    clock.follow(() => (cloud.requestsOf('DeleteFsTask').length > 0 ? 1 : 0), 61_000);
    cloud.order({ operation: 'ListFsTasks', skip: 2, times: ALWAYS, kind: { type: 'status', status: 403 } });

    const summary = await sweep({}, { remainingMs: 900_000 });

    expect(summary).toMatchObject({ due: 3, deleted: 1, failed_shares: 1, remaining: 2 });
    expect(cloud.deletedTaskIds).toHaveLength(1);
  });
});

describe('a run that could read nothing', () => {
  test('because the share that was named does not support tasks has failed', async () => {
    const { cloud } = await prepareSweep();
    const shareId = cloud.addShare({ supportsTasks: false });
    const { sweep } = await prepareSweep({ variables: { ...cloud.environment(), SWEEP_SHARES: shareId } });

    expect(await sweep()).toMatchObject({ shares: 1, failed_shares: 1, unsupported_shares: 0 });
  });

  test('because no share supports tasks has failed', async () => {
    const { cloud, sweep } = await prepareSweep();
    for (let n = 0; n < 3; n += 1) cloud.addShare({ supportsTasks: false });

    expect(await sweep()).toMatchObject({ shares: 3, failed_shares: 1, unsupported_shares: 3 });
  });

  test.each(['SFS.TURBO.0001', 'SFS.TURBO.0123'])(
    'because every list is answered with %s has failed',
    async (errCode) => {
      const { cloud, sweep } = await prepareSweep();
      cloud.addShare();
      const body = JSON.stringify({ errCode, errMsg: 'refused' });
      cloud.order({ operation: 'ListFsTasks', times: ALWAYS, kind: { type: 'status', status: 400, body } });

      expect(await sweep()).toMatchObject({ shares: 1, failed_shares: 1, unsupported_shares: 0 });
    },
  );
});
