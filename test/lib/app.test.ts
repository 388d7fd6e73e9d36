import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { lambdaContext } from '../contexts.ts';
import { type Deployment, deploy, httpEvent } from '../deployment.ts';

const UNLIMITED = { rateLimitPerSecond: Number.POSITIVE_INFINITY };

async function cancelOne({ cloud, shareId, cancel }: Deployment): Promise<number> {
  const answer = await cancel({ share_id: shareId, task_id: cloud.addTask(shareId) });
  return answer.statusCode;
}

/** A signed webhook event. */
function delivery({ webhookSecret, shareId }: Deployment, id: string, taskId: string): Record<string, unknown> {
  const body = JSON.stringify({ share_id: shareId, task_id: taskId });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(webhookSecret.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  };
  return httpEvent('POST', '/v1/webhooks/tasks', headers, body);
}

describe('one app', () => {
  test('makes 100 cancels in a row over one connection, with one token', async () => {
    const deployment = await deploy({ cloud: UNLIMITED });
    const statuses: number[] = [];

    for (let n = 0; n < 100; n += 1) statuses.push(await cancelOne(deployment));

    expect(statuses).toEqual(new Array(100).fill(202));
    expect(deployment.cloud.connectionsOf('sfs-turbo')).toBe(1);
    expect(deployment.cloud.connectionsOf('iam')).toBe(1);
    expect(deployment.cloud.requestsOf('CreateToken')).toHaveLength(1);
  });

  test('fetches one token for 50 calls that come at once to a cold function', async () => {
    const deployment = await deploy({ cloud: UNLIMITED });

    const statuses = await Promise.all(Array.from({ length: 50 }, () => cancelOne(deployment)));

    expect(statuses).toEqual(new Array(50).fill(202));
    expect(deployment.cloud.requestsOf('CreateToken')).toHaveLength(1);
    expect(deployment.cloud.deletedTaskIds).toHaveLength(50);
  });

  test('fetches one more for 50 calls whose token has died', async () => {
    const deployment = await deploy({ cloud: UNLIMITED });
    await cancelOne(deployment);
    deployment.cloud.revokeTokens();

    const statuses = await Promise.all(Array.from({ length: 50 }, () => cancelOne(deployment)));

    expect(statuses).toEqual(new Array(50).fill(202));
    expect(deployment.cloud.requestsOf('CreateToken')).toHaveLength(2);
  });

  test('writes each line with the id of the invocation that it belongs to, also when many run at once', async () => {
    const deployment = await deploy({ cloud: UNLIMITED });
    const { cloud, shareId, cancel } = deployment;
    const taskIds = Array.from({ length: 20 }, () => cloud.addTask(shareId));

    const answers = await Promise.all(
      taskIds.map((taskId, n) => cancel({ share_id: shareId, task_id: taskId }, lambdaContext(25_000, `request-${n}`))),
    );

    expect(answers.map(({ headers }) => headers['x-request-id'])).toEqual(taskIds.map((_, n) => `request-${n}`));
    for (const line of deployment.logged('audit')) {
      expect(line['request_id']).toBe(`request-${taskIds.indexOf(String(line['task_id']))}`);
    }
    expect(deployment.logged('audit')).toHaveLength(20);
  });
});

describe('two apps in one process', () => {
  test('share no token and no connection', async () => {
    const one = await deploy();
    const other = one.coldStart();

    const statuses = [await cancelOne(one), await cancelOne(other), await cancelOne(one), await cancelOne(other)];

    expect(statuses).toEqual([202, 202, 202, 202]);
    const deletes = one.cloud.requestsOf('DeleteFsTask');
    expect(deletes.map(({ connection }) => connection)).toEqual([1, 2, 1, 2]);
    expect(new Set(deletes.map(({ headers }) => headers['x-auth-token'])).size).toBe(2);
    expect(one.cloud.requestsOf('CreateToken')).toHaveLength(2);
  });

  test('of two accounts never mix up their tokens', async () => {
    const one = await deploy();
    const other = await deploy();

    const statuses = await Promise.all([one, other, one, other].map(cancelOne));

    expect(statuses).toEqual([202, 202, 202, 202]);
    expect(one.cloud.deletedTaskIds).toHaveLength(2);
    expect(other.cloud.deletedTaskIds).toHaveLength(2);
  });

  test('share no memory of a refusal', async () => {
    const one = await deploy();
    one.cloud.order({ operation: 'CreateToken', kind: { type: 'status', status: 401 } });

    const statuses = [await cancelOne(one), await cancelOne(one), await cancelOne(one.coldStart())];

    expect(statuses).toEqual([502, 502, 202]);
  });

  test('share no retry budget', async () => {
    const one = await deploy({ cloud: UNLIMITED, world: { random: () => 0 } });
    const { cloud, shareId, cancel } = one;
    const fail = async (instance: Deployment): Promise<number> => {
      const before = cloud.requestsOf('DeleteFsTask').length;
      await instance.cancel({ share_id: shareId, task_id: 'any' });
      return cloud.requestsOf('DeleteFsTask').length - before;
    };
    cloud.order({ operation: 'DeleteFsTask', times: Number.POSITIVE_INFINITY, kind: { type: 'status', status: 503 } });

    for (let n = 0; n < 18; n += 1) await cancel({ share_id: shareId, task_id: 'any' });

    expect(await fail(one)).toBe(1);
    expect(await fail(one.coldStart())).toBe(3);
  });

  test('share no memory of deliveries', async () => {
    const one = await deploy();
    const other = one.coldStart();
    const event = delivery(one, 'msg_1', one.cloud.addTask(one.shareId));

    const statuses = [
      (await one.invoke(event)).statusCode,
      (await one.invoke(event)).statusCode,
      (await other.invoke(event)).statusCode,
    ];

    expect(statuses).toEqual([202, 202, 404]);
  });

  test('close only their own connections', async () => {
    const one = await deploy();
    const other = one.coldStart();
    await cancelOne(one);
    await cancelOne(other);

    await one.app.close();

    expect(await cancelOne(other)).toBe(202);
    expect(one.cloud.connectionsOf('sfs-turbo')).toBe(2);
  });
});

test('a first call without a prefetch opens its connection to SFS Turbo while IAM makes its answer', async () => {
  const deployment = await deploy();
  const { cloud } = deployment;
  cloud.order({ operation: 'CreateToken', kind: { type: 'latency', ms: 300 } });
  const cancelling = cancelOne(deployment);

  await expect.poll(() => cloud.connectionsOf('sfs-turbo')).toBe(1);
  expect(cloud.requestsOf('CreateToken').at(-1)?.status).toBeUndefined();

  expect(await cancelling).toBe(202);
  expect(cloud.connectionsOf('sfs-turbo')).toBe(1);
});

test('a call that is refused before it may ask anybody opens no connection', async () => {
  const { cloud, cancel } = await deploy();

  const answer = await cancel({ share_id: 'another-share', task_id: 'any' });

  expect(answer.statusCode).toBe(403);
  expect([cloud.connectionsOf('iam'), cloud.connectionsOf('sfs-turbo')]).toEqual([0, 0]);
});

describe('a prefetch', () => {
  test('spares the first call the wait for IAM', async () => {
    const { app, cloud, shareId, cancel } = await deploy();
    app.prefetch();
    await expect.poll(() => cloud.requestsOf('CreateToken').at(-1)?.status).toBe(201);
    cloud.order({ operation: 'CreateToken', times: Number.POSITIVE_INFINITY, kind: { type: 'silence' } });

    const answer = await cancel({ share_id: shareId, task_id: cloud.addTask(shareId) });

    expect(answer.statusCode).toBe(202);
    expect(cloud.requestsOf('CreateToken')).toHaveLength(1);
  });

  test('that is still under way is joined', async () => {
    const deployment = await deploy();
    deployment.cloud.latency('iam', 100);
    deployment.app.prefetch();
    await expect.poll(() => deployment.cloud.requestsOf('CreateToken').length).toBe(1);

    expect(await cancelOne(deployment)).toBe(202);

    expect(deployment.cloud.requestsOf('CreateToken')).toHaveLength(1);
  });

  test('opens the connection to SFS Turbo while IAM makes its answer', async () => {
    const deployment = await deploy();
    deployment.cloud.order({ operation: 'CreateToken', kind: { type: 'latency', ms: 300 } });
    deployment.app.prefetch();

    await expect.poll(() => deployment.cloud.connectionsOf('sfs-turbo')).toBe(1);
    expect(deployment.cloud.requestsOf('CreateToken').at(-1)?.status).toBeUndefined();
    expect(await cancelOne(deployment)).toBe(202);

    expect(deployment.cloud.connectionsOf('sfs-turbo')).toBe(1);
  });

  test('that fails costs a new fetch and nothing else', async () => {
    const deployment = await deploy({ variables: { MAX_ATTEMPTS: '1' } });
    deployment.cloud.order({ operation: 'CreateToken', kind: { type: 'status', status: 503 } });
    deployment.app.prefetch();
    await expect.poll(() => deployment.cloud.requestsOf('CreateToken').at(-1)?.status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(await cancelOne(deployment)).toBe(202);

    expect(deployment.cloud.requestsOf('CreateToken')).toHaveLength(2);
  });

  test('that a freeze has stopped is not waited for', async () => {
    let skippedMs = 0;
    const deployment = await deploy({ world: { now: () => Date.now() + skippedMs } });
    deployment.cloud.order({ operation: 'CreateToken', kind: { type: 'silence' } });
    deployment.app.prefetch();
    await expect.poll(() => deployment.cloud.requestsOf('CreateToken').length).toBe(1);
    skippedMs = 60_000;

    const startedAtMs = performance.now();
    const status = await cancelOne(deployment);

    expect(status).toBe(202);
    // an attempt of its own would have taken the 5 s of REQUEST_TIMEOUT_MS
    expect(performance.now() - startedAtMs).toBeLessThan(4_000);
    expect(deployment.cloud.requestsOf('CreateToken')).toHaveLength(2);
  });

  test('that IAM refuses is not tried again by the first call', async () => {
    const deployment = await deploy({ variables: { HW_USER_PASSWORD: 'wrong' } });
    deployment.app.prefetch();
    await expect.poll(() => deployment.logged('iam.token').length).toBe(1);

    expect(await cancelOne(deployment)).toBe(502);

    expect(deployment.cloud.requestsOf('CreateToken')).toHaveLength(1);
  });
});
