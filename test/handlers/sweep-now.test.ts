import { describe, expect, test } from 'vitest';
import { type Deployment, type DeploymentOptions, deploy, httpEvent } from '../support/deployment.ts';
import { ended, HOUR_MS } from '../support/sweep-instance.ts';

const POLICY = { ALLOWED_SHARES: '*', SWEEP_SHARES: '*', SWEEP_KEEP_LATEST: '0' };
const REAL = { ...POLICY, SWEEP_DRY_RUN: 'false' };

async function deploySweep(variables: DeploymentOptions['variables']) {
  const deployment = await deploy({ rights: 'sweep+cancel', ...(variables !== undefined && { variables }) });
  return { ...deployment, sweep: (body: unknown) => send(deployment, body) };
}

async function send({ callerKey, invoke }: Deployment, body: unknown) {
  const headers = { authorization: `Bearer ${callerKey}`, 'content-type': 'application/json' };
  const answer = await invoke(httpEvent('POST', '/v1/sweeps', headers, body));
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
}

describe('POST /v1/sweeps', () => {
  test('is dry by default, answers the summary, and says of every task what would become of it', async () => {
    const { cloud, shareId, sweep, logged } = await deploySweep(POLICY);
    cloud.addTask(shareId, { id: 'young', path: '/a', ...ended(HOUR_MS) });
    cloud.addTask(shareId, { id: 'old', path: '/a', ...ended(50 * HOUR_MS) });
    cloud.addTask(shareId, { id: 'older', path: '/b', ...ended(60 * HOUR_MS) });

    const { status, body } = await sweep({});

    expect(status).toBe(200);
    expect(body).toMatchObject({ event: 'sweep.done', dry_run: true, listed: 3, due: 2, deleted: 0, remaining: 2 });
    expect(body.tasks).toMatchObject([
      { share_id: shareId, task_id: 'older', path: '/b', status: 'SUCCESS', verdict: 'delete', reason: 'due' },
      { task_id: 'old', verdict: 'delete', reason: 'due' },
      { task_id: 'young', verdict: 'keep', reason: 'too_young' },
    ]);
    expect(body).not.toHaveProperty('tasks_truncated');
    const { tasks: _, ...summary } = body;
    expect(logged('sweep.done')).toMatchObject([summary]);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('says which tasks rules keep, and which they leave in doubt', async () => {
    const rules = [{ path_prefix: '/audit/', protect: true }];
    const { cloud, shareId, sweep } = await deploySweep({ ...REAL, SWEEP_RULES: JSON.stringify(rules) });
    cloud.addTask(shareId, { id: 'protected', path: '/audit/a', ...ended(50 * HOUR_MS) });
    cloud.addTask(shareId, { id: 'odd', path: '/builds/../audit/a', ...ended(50 * HOUR_MS) });

    const { body } = await sweep({ dry_run: true });

    const told = (body.tasks as { task_id: string; reason: string }[]).map((task) => [task.task_id, task.reason]);
    expect(Object.fromEntries(told)).toEqual({ protected: 'protected', odd: 'odd_path' });
  });

  test('deletes what is due, names each task in the answer, and the caller in the audit', async () => {
    const { cloud, shareId, sweep, logged } = await deploySweep(REAL);
    for (const id of ['a', 'b']) cloud.addTask(shareId, { id, path: `/${id}`, ...ended(50 * HOUR_MS) });
    cloud.addTask(shareId, { id: 'young', ...ended(HOUR_MS) });

    const { status, body } = await sweep({});

    expect(status).toBe(200);
    expect(body).toMatchObject({ dry_run: false, due: 2, deleted: 2, remaining: 0 });
    const named = body.tasks as { task_id: string; outcome: string }[];
    expect(named.map(({ task_id: id, outcome }) => `${id} ${outcome}`).toSorted()).toEqual([
      'a accepted',
      'b accepted',
    ]);
    expect(logged('audit')).toHaveLength(2);
    expect(logged('audit')).toMatchObject([
      { caller: 'ci', task_status: 'SUCCESS', path: expect.stringMatching(/^\/[ab]$/), age_s: expect.any(Number) },
      { caller: 'ci' },
    ]);
  });

  test.each([
    {
      name: 'the cap cannot be raised',
      variables: { ...REAL, SWEEP_MAX_DELETES: '1' },
      body: { max_deletes: 9 },
      gone: 1,
    },
    { name: 'the cap can be lowered', variables: REAL, body: { max_deletes: 1 }, gone: 1 },
    { name: 'a dry run cannot be undone', variables: POLICY, body: { dry_run: false }, gone: 0 },
    { name: 'a dry run can be asked for', variables: REAL, body: { dry_run: true }, gone: 0 },
  ])('$name', async ({ variables, body, gone }) => {
    const { cloud, shareId, sweep } = await deploySweep(variables);
    for (const id of ['a', 'b']) cloud.addTask(shareId, { id, path: `/${id}`, ...ended(50 * HOUR_MS) });

    await sweep(body);

    expect(cloud.deletedTaskIds).toHaveLength(gone);
  });

  test.each([
    { body: { dry_run: 'no' }, says: 'dry_run' },
    { body: { statuses: ['DOING'] }, says: 'unknown field "statuses"' },
    { body: { min_age: '1m' }, says: 'unknown field "min_age"' },
    { body: [], says: 'object' },
    { body: '', says: 'empty' },
  ])('$body is refused, and nothing is sent', async ({ body, says }) => {
    const { cloud, sweep } = await deploySweep(REAL);

    const answer = await sweep(body);

    expect([answer.status, answer.body.errCode]).toEqual([400, 'SFS.TURBO.0001']);
    expect(answer.body.errMsg).toContain(says);
    expect(cloud.requests).toEqual([]);
  });

  test('a failed run is a 502 with the summary', async () => {
    const { cloud, shareId, sweep } = await deploySweep(REAL);
    for (const id of ['a', 'b']) cloud.addTask(shareId, { id, path: `/${id}`, ...ended(50 * HOUR_MS) });
    cloud.order({ operation: 'DeleteFsTask', times: 1, kind: { type: 'status', status: 403 } });

    const { status, body } = await sweep({});

    expect(status).toBe(502);
    expect(body).toMatchObject({
      ...{ errCode: 'FN.PARTIAL', errMsg: 'the sweep failed for 1 of 2 due tasks and 0 of 1 shares; the log says why' },
      ...{ event: 'sweep.done', due: 2, deleted: 1, failed: 1 },
    });
    const named = body.tasks as { task_id: string; outcome?: string; err_code?: string }[];
    expect(named.filter(({ outcome }) => outcome === 'accepted').map((task) => task.task_id)).toEqual(
      cloud.deletedTaskIds,
    );
    expect(named.filter(({ err_code: code }) => code !== undefined)).toMatchObject([{ reason: 'not_deleted' }]);
  });

  test('a share that failed is named in the answer, with the reason, and none of its tasks is deleted', async () => {
    const { cloud, shareId, sweep } = await deploySweep(REAL);
    const other = cloud.addShare();
    cloud.addTask(other, { id: 'a', path: '/a', ...ended(50 * HOUR_MS) });
    cloud.order({ where: ({ path }) => path.includes(shareId), times: 9, kind: { type: 'status', status: 403 } });

    const { status, body } = await sweep({});

    expect(status).toBe(502);
    expect(body).toMatchObject({ errCode: 'FN.PARTIAL', failed_shares: 1, deleted: 1 });
    expect(body.share_failures).toEqual([
      { share_id: shareId, err_code: expect.stringMatching(/^[\w.]+$/), err_msg: expect.stringMatching(/\S/) },
    ]);
    expect(cloud.deletedTaskIds).toEqual(['a']);
  });

  test('shows a thousand tasks at most, those to be deleted first', async () => {
    const { cloud, shareId, sweep } = await deploySweep({ ...POLICY, SWEEP_RATE: '1000', SWEEP_MAX_DELETES: '5' });
    for (let young = 0; young < 1_000; young += 1) cloud.addTask(shareId, ended(HOUR_MS));
    cloud.addTask(shareId, { id: 'old', ...ended(50 * HOUR_MS) });

    const { body } = await sweep({});

    expect(body.tasks_truncated).toBe(true);
    expect(body.tasks).toHaveLength(1_000);
    expect(body.tasks[0]).toMatchObject({ task_id: 'old', verdict: 'delete' });
  });

  test.each([
    { name: 'without SWEEP_SHARES', variables: { SWEEP_SHARES: '' }, fault: 'SWEEP_SHARES is missing' },
    {
      name: 'with a faulty variable',
      variables: { ...POLICY, SWEEP_MIN_AGE: 'soon' },
      fault: /^SWEEP_MIN_AGE must be/,
    },
  ])('$name it alone answers 503, and the log names the variable', async ({ variables, fault }) => {
    const { cloud, shareId, sweep, cancel, logged } = await deploySweep(variables);
    const taskId = cloud.addTask(shareId);

    const { status, body } = await sweep({});
    const cancelled = await cancel({ share_id: shareId, task_id: taskId });

    expect([status, body.errCode]).toEqual([503, 'FN.MISCONFIGURED']);
    expect(JSON.stringify(body)).not.toContain('SWEEP');
    expect(logged('config.faults')).toMatchObject([{ faults: [expect.stringMatching(fault)] }]);
    expect(cancelled.statusCode).toBe(202);
  });

  test('writes the metrics of a run on Lambda', async () => {
    const { lines, sweep } = await deploySweep(REAL);
    const before = process.env['AWS_LAMBDA_FUNCTION_NAME'];
    process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'du-http';
    try {
      await sweep({});
    } finally {
      if (before === undefined) delete process.env['AWS_LAMBDA_FUNCTION_NAME'];
      else process.env['AWS_LAMBDA_FUNCTION_NAME'] = before;
    }

    const metrics = lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
    expect(metrics).toMatchObject([{ FunctionName: 'du-http', SweepSucceeded: 1, SweepFailures: 0, SweepDeleted: 0 }]);
  });
});
