import { describe, expect, test } from 'vitest';
import { formatTaskTime } from '../cloud/shares.ts';
import { type Deployment, type DeploymentOptions, deploy, httpEvent } from '../support/deployment.ts';
import { ended, HOUR_MS } from '../support/sweep-instance.ts';

const RIGHTS = 'cancel-many';

async function deployMany(options: DeploymentOptions = {}) {
  const deployment = await deploy({ rights: RIGHTS, ...options });
  return { ...deployment, cancelMany: (body: unknown) => send(deployment, body) };
}

async function send({ callerKey, shareId, invoke }: Deployment, body: unknown) {
  const headers = { authorization: `Bearer ${callerKey}`, 'content-type': 'application/json' };
  const fields = typeof body === 'object' ? { share_id: shareId, status: ['DOING'], ...body } : body;
  const answer = await invoke(httpEvent('POST', '/v1/tasks/cancel-many', headers, fields));
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
}

const running = (hours: number) => ({ status: 'DOING', beginTime: formatTaskTime(Date.now() - hours * HOUR_MS) });

describe('POST /v1/tasks/cancel-many', () => {
  test('shows what it would do unless told to do it', async () => {
    const { cloud, shareId, cancelMany } = await deployMany();
    cloud.addTask(shareId, { id: 'a', path: '/builds/a', ...running(5) });

    const { status, body } = await cancelMany({});

    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ dry_run: true, matched: 1, cancelled: 0, already_gone: 0, failed: 0, remaining: 1 },
      tasks: [
        {
          ...{ task_id: 'a', path: '/builds/a', status: 'DOING', age_s: expect.any(Number) },
          ...{ verdict: 'delete', reason: 'matched' },
        },
      ],
    });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('cancels the oldest that meet the filters', async () => {
    const { cloud, shareId, cancelMany } = await deployMany();
    cloud.addTask(shareId, { id: 'young', path: '/builds/a', ...running(1) });
    cloud.addTask(shareId, { id: 'old', path: '/builds/b', ...running(9) });
    cloud.addTask(shareId, { id: 'other', path: '/audit', ...running(9) });
    cloud.addTask(shareId, { id: 'next', path: '/builds/c', ...running(8) });

    const order = { older_than: '6h', path_prefix: '/builds/', max: 1, dry_run: false };
    const { status, body } = await cancelMany(order);

    expect(status).toBe(200);
    expect(body).toMatchObject({ dry_run: false, matched: 2, cancelled: 1, remaining: 1 });
    expect(body.tasks).toMatchObject([
      { task_id: 'old', verdict: 'delete', reason: 'matched', outcome: 'accepted' },
      { task_id: 'next', verdict: 'keep', reason: 'over_cap' },
    ]);
    expect(cloud.deletedTaskIds).toEqual(['old']);
  });

  test('takes a share by its alias, whatever its case', async () => {
    const { cloud, cancelMany } = await deployMany({
      variables: { ALLOWED_SHARES: 'share-1', SHARE_ALIASES: 'team.prod_1=share-1' },
    });
    cloud.addTask(cloud.addShare({ id: 'share-1' }), { id: 'a', ...running(1) });

    const { body } = await cancelMany({ share_id: 'Team.Prod_1' });

    expect(body.matched).toBe(1);
  });

  test('refuses an alias that nobody has given', async () => {
    const { cloud, cancelMany } = await deployMany();

    const { status, body } = await cancelMany({ share_id: 'team.prod_1' });

    expect([status, body.errCode]).toEqual([400, 'SFS.TURBO.0001']);
    expect(body.errMsg).toContain('share_id');
    expect(cloud.requests).toEqual([]);
  });

  test('refuses another project before it reads a list', async () => {
    const { cloud, shareId, cancelMany } = await deployMany();
    cloud.addTask(shareId, { ...running(1) });

    const { status, body } = await cancelMany({ project_id: 'f'.repeat(32), dry_run: false });

    expect([status, body.errCode]).toEqual([403, 'FN.FORBIDDEN']);
    expect(cloud.requestsOf('ListFsTasks')).toEqual([]);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('takes the project of the credentials by its id', async () => {
    const { cloud, shareId, cancelMany } = await deployMany();
    cloud.addTask(shareId, { id: 'a', ...running(1) });

    const { body } = await cancelMany({ project_id: cloud.projectId, dry_run: false });

    expect(body.cancelled).toBe(1);
  });

  test('answers 502 with all members when a DELETE failed, and names each task', async () => {
    const { cloud, shareId, cancelMany, logged } = await deployMany();
    for (const id of ['a', 'b']) cloud.addTask(shareId, { id, ...ended(5 * HOUR_MS) });
    cloud.order({ operation: 'DeleteFsTask', times: 1, kind: { type: 'status', status: 403 } });

    const { status, body } = await cancelMany({ status: ['SUCCESS'], dry_run: false });

    expect(status).toBe(502);
    expect(body).toMatchObject({
      ...{ errCode: 'FN.PARTIAL', errMsg: '1 of 2 tasks could not be cancelled' },
      ...{ dry_run: false, matched: 2, cancelled: 1, already_gone: 0, failed: 1, remaining: 0 },
    });
    const tasks = body.tasks as { task_id: string; outcome?: string }[];
    expect(tasks.filter(({ outcome }) => outcome === 'accepted').map((task) => task.task_id)).toEqual(
      cloud.deletedTaskIds,
    );
    expect(tasks.filter(({ outcome }) => outcome === undefined)).toMatchObject([
      { reason: 'not_deleted', err_code: 'SFS.TURBO.9000' },
    ]);
    expect(logged('http.request')).toMatchObject([{ status: 502, err_code: 'FN.PARTIAL' }]);
  });

  test.each([
    { fault: { type: 'status', status: 403 }, answer: [403, 'SFS.TURBO.9000'] },
    { fault: { type: 'status', status: 200, body: '{"tasks":{}}' }, answer: [502, 'FN.UPSTREAM_INVALID'] },
    { fault: { type: 'truncate', bytes: 60 }, answer: [503, 'FN.UPSTREAM_UNAVAILABLE'] },
  ] as const)('deletes nothing when the list is answered with $fault', async ({ fault, answer }) => {
    const { cloud, shareId, cancelMany } = await deployMany();
    cloud.addTask(shareId, { ...running(5) });
    cloud.order({ operation: 'ListFsTasks', times: 9, kind: fault });

    const { status, body } = await cancelMany({ dry_run: false });

    expect([status, body.errCode]).toEqual(answer);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });
});
