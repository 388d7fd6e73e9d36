import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { lambdaContext } from '../support/contexts.ts';
import { type Deployment, deploy, httpEvent } from '../support/deployment.ts';

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
    const one = await deploy({ cloud: UNLIMITED, runtime: { random: () => 0 } });
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

test('a kept connection that has died costs one more request, which is counted, also with one attempt', async () => {
  const deployment = await deploy({ variables: { MAX_ATTEMPTS: '1' } });
  await cancelOne(deployment);
  deployment.cloud.order({ operation: 'DeleteFsTask', kind: { type: 'reset', when: 'before' } });

  expect(await cancelOne(deployment)).toBe(202);

  expect(deployment.cloud.requestsOf('DeleteFsTask')).toHaveLength(3);
  expect(deployment.logged('audit').map((line) => line['attempts'])).toEqual([1, 2]);
});

test('a call that is refused before it may ask anybody opens no connection', async () => {
  const { cloud, cancel } = await deploy();

  const answer = await cancel({ share_id: 'another-share', task_id: 'any' });

  expect(answer.statusCode).toBe(403);
  expect([cloud.connectionsOf('iam'), cloud.connectionsOf('sfs-turbo')]).toEqual([0, 0]);
});

describe('connecting ahead', () => {
  test('opens the connections to IAM and SFS Turbo, and sends nothing', async () => {
    const deployment = await deploy();

    deployment.app.preconnect();

    await expect.poll(() => deployment.cloud.connectionsOf('iam')).toBe(1);
    await expect.poll(() => deployment.cloud.connectionsOf('sfs-turbo')).toBe(1);
    expect(deployment.cloud.requests).toEqual([]);
  });

  test('spares the first call both handshakes', async () => {
    const deployment = await deploy();
    deployment.app.preconnect();
    await expect.poll(() => deployment.cloud.connectionsOf('sfs-turbo')).toBe(1);

    expect(await cancelOne(deployment)).toBe(202);

    expect(deployment.cloud.connectionsOf('iam')).toBe(1);
    expect(deployment.cloud.connectionsOf('sfs-turbo')).toBe(1);
  });

  test('leaves IAM alone where a key and its project are known', async () => {
    const deployment = await deploy({
      variables: ({ accessKey, secretKey, projectId }) => ({
        HW_USER_NAME: '',
        HW_USER_PASSWORD: '',
        HW_DOMAIN_NAME: '',
        HW_ACCESS_KEY: accessKey,
        HW_SECRET_KEY: secretKey,
        HW_PROJECT_ID: projectId,
      }),
    });

    deployment.app.preconnect();

    await expect.poll(() => deployment.cloud.connectionsOf('sfs-turbo')).toBe(1);
    expect(deployment.cloud.connectionsOf('iam')).toBe(0);
  });
});
