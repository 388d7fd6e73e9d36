import { expect, test } from 'vitest';
import { SCHEDULE } from '../../../lib/sweep/sweep.ts';
import { ended, HOUR_MS } from '../../support/sweep-instance.ts';
import { prepareSweep } from '../../support/sweeping.ts';

const CONCURRENCY = 2;

/** A share with 40 due tasks, and a run that is stopped when the nth request of a kind arrives. */
async function stopAt(operation: 'ListFsTasks' | 'DeleteFsTask', nth: number) {
  const controller = new AbortController();
  let count = 0;
  const onRequest = (request: { readonly operation?: string }): void => {
    if (request.operation === operation) count += 1;
    if (count === nth) controller.abort();
  };
  const { cloud, app, logged } = await prepareSweep({
    cloud: { onRequest },
    variables: { SWEEP_KEEP_LATEST: '0', SWEEP_CONCURRENCY: String(CONCURRENCY) },
  });
  const shareId = cloud.addShare();
  for (let task = 0; task < 40; task += 1) cloud.addTask(shareId, ended((30 + task) * HOUR_MS));
  // far away: a run must not wait for it
  const call = {
    requestId: 'run',
    deadlineAtMs: Date.now() + 3_600_000,
    log: app.logs('run'),
    stop: controller.signal,
  };
  const summary = await app.sweep({}, SCHEDULE, call);
  return { cloud, logged, summary };
}

test('a run that is stopped while it deletes sends no more, and counts what was under way', async () => {
  const { cloud, logged, summary } = await stopAt('DeleteFsTask', 3);

  const sent = cloud.requestsOf('DeleteFsTask').length;
  expect(sent).toBeGreaterThanOrEqual(3);
  expect(sent).toBeLessThan(3 + CONCURRENCY);
  expect(summary).toMatchObject({ due: 40, deleted: sent, failed: 0, remaining: 40 - sent, truncated: true });
  expect(logged('audit').map(({ task_id: taskId }) => taskId)).toEqual(cloud.deletedTaskIds);
});

test('a run that is stopped while it lists deletes nothing', async () => {
  const { cloud, summary } = await stopAt('ListFsTasks', 1);

  expect(cloud.requestsOf('ListFsTasks')).toHaveLength(1);
  expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  expect(summary).toMatchObject({ deleted: 0, failed: 0, failed_shares: 0, truncated: true });
});
