import { describe, expect, test } from 'vitest';
import { createLogs } from '../../../lib/core/log.ts';
import { parseTaskRef } from '../../../lib/core/task.ts';
import { createCancelTask } from '../../../lib/tasks/cancel.ts';
import { deploy } from '../../support/deployment.ts';
import { createFakeRuntime } from '../../support/fake-runtime.ts';

const FOREIGN = 'ffffffffffffffffffffffffffffffff';

describe('the audit line of a cancel', () => {
  test('names host and cause of a connection that failed', async () => {
    const { shareId, cancel, logged } = await deploy({
      variables: { SFS_TURBO_ENDPOINT: 'http://127.0.0.1:9', MAX_ATTEMPTS: '1' },
    });

    await cancel({ share_id: shareId, task_id: 'any' });

    expect(logged('audit')).toMatchObject([
      { outcome: 'upstream_unavailable', reason: '127.0.0.1:9: unreachable, ECONNREFUSED' },
    ]);
  });

  test.each([
    ['another share', { share_id: 'another' }, 'ci named a share that is not in ALLOWED_SHARES'],
    ['another project', { project_id: FOREIGN }, "project_id is not the project of the function's credentials"],
    ['a task that is not there', {}, 'task_id not found'],
  ])('says why %s was refused', async (_, fields, reason) => {
    const { shareId, cancel, logged } = await deploy();

    await cancel({ share_id: shareId, task_id: 'never-was', ...fields });

    expect(logged('audit')).toMatchObject([{ reason }]);
  });

  test('tells an accepted DELETE', async () => {
    const { cloud, shareId, cancel, logged } = await deploy();
    const taskId = cloud.addTask(shareId);

    const { headers } = await cancel({ share_id: shareId, task_id: taskId });

    expect(logged('audit')).toEqual([
      {
        level: 'INFO',
        timestamp: expect.any(String),
        request_id: 'request-1',
        event: 'audit',
        caller: 'ci',
        project_id: cloud.projectId,
        share_id: shareId,
        feature: 'dir-usage',
        task_id: taskId,
        outcome: 'accepted',
        status: 202,
        upstream_status: 202,
        upstream_request_id: headers['x-upstream-request-id'],
        attempts: 1,
        duration_ms: expect.any(Number),
      },
    ]);
  });

  test('counts every request that went out, renewed tokens and resent requests included', async () => {
    const { cloud, shareId, cancel, logged } = await deploy({ runtime: { random: () => 0 } });
    await cancel({ share_id: shareId, task_id: cloud.addTask(shareId) });
    cloud.revokeTokens();
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'reset', when: 'before' } });
    cloud.order({ operation: 'DeleteFsTask', skip: 1, kind: { type: 'status', status: 503 } });
    const before = cloud.requestsOf('DeleteFsTask').length;

    await cancel({ share_id: shareId, task_id: cloud.addTask(shareId) });

    const sent = cloud.requestsOf('DeleteFsTask').length - before;
    expect(sent).toBeGreaterThan(2);
    expect(logged('audit').at(-1)).toMatchObject({ outcome: 'accepted', attempts: sent });
  });

  test.each([
    ['a task that is not there', {}, 404, 'task_not_found', 'SFS.TURBO.0124', 1],
    ['a share that is not allowed', { share_id: 'not-allowed' }, 403, 'forbidden', 'FN.FORBIDDEN', 0],
    ['a project that is not ours', { project_id: FOREIGN }, 403, 'forbidden', 'FN.FORBIDDEN', 0],
  ])('tells %s', async (_, fields, status, outcome, errCode, attempts) => {
    const { shareId, cancel, logged } = await deploy();

    const answer = await cancel({ share_id: shareId, task_id: 'never-was', ...fields });

    expect(answer.statusCode).toBe(status);
    expect(logged('audit')).toMatchObject([
      { level: 'WARN', caller: 'ci', status, outcome, err_code: errCode, attempts, task_id: 'never-was' },
    ]);
  });

  test('is one for a call that failed over several attempts', async () => {
    const { cloud, shareId, cancel, logged } = await deploy({ runtime: { random: () => 0 } });
    cloud.order({ operation: 'DeleteFsTask', times: 3, kind: { type: 'status', status: 500 } });

    await cancel({ share_id: shareId, task_id: 'any' });

    expect(logged('audit')).toMatchObject([
      { outcome: 'upstream_error', status: 500, upstream_status: 500, attempts: 3 },
    ]);
  });
});

describe('what is refused before anything is sent', () => {
  test('is a share that is not allowed, not even for a token', async () => {
    const { cloud, cancel } = await deploy();

    await cancel({ share_id: 'not-allowed', task_id: 'any' });

    expect(cloud.requests).toEqual([]);
  });

  test('is a project other than the configured one, not even for a token', async () => {
    const { cloud, shareId, cancel } = await deploy({ variables: ({ projectId }) => ({ HW_PROJECT_ID: projectId }) });

    const answer = await cancel({ share_id: shareId, task_id: 'any', project_id: FOREIGN });

    expect(answer.statusCode).toBe(403);
    expect(cloud.requests).toEqual([]);
  });

  test('is a project other than the token’s, where only its name is configured', async () => {
    const { cloud, shareId, cancel } = await deploy();

    const answer = await cancel({ share_id: shareId, task_id: 'any', project_id: FOREIGN });

    expect(answer.statusCode).toBe(403);
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['CreateToken']);
  });

  test('is no share where all are allowed', async () => {
    const { cloud, cancel } = await deploy({ variables: { ALLOWED_SHARES: '*' } });
    const shareId = cloud.addShare();

    const answer = await cancel({ share_id: shareId, task_id: cloud.addTask(shareId) });

    expect(answer.statusCode).toBe(202);
  });
});

test('a bug leaves an audit line as well, and no number of requests is made up', async () => {
  const runtime = createFakeRuntime();
  const bug = new TypeError('a bug');
  const cancelTask = createCancelTask('*', () => Promise.reject(bug), runtime);
  const call = { requestId: 'r', deadlineAtMs: runtime.now() + 1_000, log: createLogs('INFO', runtime.write)('r') };

  const cancelling = cancelTask(
    parseTaskRef({ share_id: 'share-1', task_id: 'task-1' }),
    { name: 'ci', shares: '*' },
    call,
  );

  await expect(cancelling).rejects.toMatchObject({ code: 'internal', cause: bug });
  expect(runtime.lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'audit', outcome: 'internal', status: 500, err_code: 'FN.INTERNAL', attempts: 0, duration_ms: 0 },
  ]);
});
