import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { askToken, fetchToken, send, startTestCloud, tasksUrl, tokenBody, withToken } from './caller.ts';
import { startCloud } from './cloud.ts';

function keepAliveAgent(maxSockets = 1): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxSockets });
  onTestFinished(() => agent.destroy());
  return agent;
}

test('records every request as it came', async () => {
  const cloud = await startTestCloud({ now: () => 1_700_000_000_000 });
  const target = '/v1/p/sfs-turbo/shares/s%20t/fs/dir-usage/tasks?limit=1&marker=a%2Fb';

  await send(`${cloud.sfsTurboUrl}${target}`, { method: 'POST', headers: { 'X-Odd': 'as Sent' }, body: '{"é":1}' });

  expect(cloud.requests).toHaveLength(1);
  expect(cloud.requestsOf('CreateFsTask')).toEqual(cloud.requests);
  expect(cloud.requests[0]).toMatchObject({
    service: 'sfs-turbo',
    operation: 'CreateFsTask',
    method: 'POST',
    target,
    path: '/v1/p/sfs-turbo/shares/s%20t/fs/dir-usage/tasks',
    query: { limit: '1', marker: 'a/b' },
    headers: { 'x-odd': 'as Sent' },
    body: '{"é":1}',
    atMs: 1_700_000_000_000,
    connection: 1,
    status: 401,
    inFlight: 1,
  });
});

test('counts connections, those open, and which request used which', async () => {
  const cloud = await startTestCloud();
  const agent = keepAliveAgent();

  for (let i = 0; i < 3; i += 1) await send(cloud.sfsTurboUrl, { agent });
  await send(cloud.sfsTurboUrl);

  expect(cloud.requests.map(({ connection }) => connection)).toEqual([1, 1, 1, 2]);
  expect([cloud.connectionsOf('sfs-turbo'), cloud.connectionsOf('iam')]).toEqual([2, 0]);
  await expect.poll(() => cloud.openConnectionsOf('sfs-turbo')).toBe(1);
});

test('counts the requests in flight', async () => {
  const cloud = await startTestCloud();
  cloud.latency('sfs-turbo', 50);

  await Promise.all([send(cloud.sfsTurboUrl), send(cloud.sfsTurboUrl), send(cloud.sfsTurboUrl)]);
  await send(cloud.sfsTurboUrl);

  expect(cloud.requests.map(({ inFlight }) => inFlight)).toEqual([1, 2, 3, 1]);
});

test('ends idle connections with RST when told, of one service only', async () => {
  const cloud = await startTestCloud();
  const [sfsTurbo, iam] = [await idleConnection(cloud.sfsTurboUrl), await idleConnection(cloud.iamUrl)];

  cloud.resetConnections('sfs-turbo');

  await expect.poll(() => sfsTurbo.errors).toEqual(['ECONNRESET']);
  expect(iam.errors).toEqual([]);
  expect([cloud.openConnectionsOf('sfs-turbo'), cloud.openConnectionsOf('iam')]).toEqual([0, 1]);
});

/** A connection that has had one answer. Not an agent's: what that tells of its idle sockets differs with the Node version. */
async function idleConnection(url: string): Promise<{ readonly errors: readonly (string | undefined)[] }> {
  const errors: (string | undefined)[] = [];
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code));
  socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await once(socket, 'data');
  return { errors };
}

test('closes an idle connection after the time set, without having hinted at it', async () => {
  const cloud = await startTestCloud({ keepAliveTimeoutMs: 20 });

  const reply = await send(cloud.sfsTurboUrl, { agent: keepAliveAgent() });

  expect(reply.headers).toMatchObject({ connection: 'keep-alive' });
  expect(reply.headers).not.toHaveProperty('keep-alive');
  await expect.poll(() => cloud.openConnectionsOf('sfs-turbo'), { timeout: 5000 }).toBe(0);
});

test('forgets requests, counters and lock-outs, and keeps shares, tasks and tokens', async () => {
  const cloud = await startTestCloud();
  const shareId = cloud.addShare();
  const taskIds = [cloud.addTask(shareId), cloud.addTask(shareId)];
  const url = tasksUrl(cloud, shareId);
  const token = await fetchToken(cloud);
  await send(`${url}/${taskIds[0]}`, { method: 'DELETE', headers: withToken(token) });
  for (let i = 0; i < 5; i += 1) await askToken(cloud, tokenBody(cloud, { password: 'wrong' }));

  cloud.reset();

  expect(cloud.requests).toEqual([]);
  expect(cloud.deletedTaskIds).toEqual([]);
  expect([cloud.connectionsOf('iam'), cloud.connectionsOf('sfs-turbo')]).toEqual([0, 0]);
  expect((await askToken(cloud)).status).toBe(201);
  expect((await send(`${url}/${taskIds[1]}`, { headers: withToken(token) })).status).toBe(200);
});

test('has two clouds share nothing', async () => {
  const [one, other] = [await startTestCloud(), await startTestCloud()];
  const shareId = one.addShare();
  const headers = withToken(await fetchToken(one));

  const reply = await send(tasksUrl(other, shareId, { projectId: other.projectId }), { headers });

  expect(reply.status).toBe(401);
  expect([one.requests.length, other.requests.length]).toEqual([1, 1]);
});

test('gives a function the variables that point it here', async () => {
  const cloud = await startTestCloud({ region: 'eu-west-101' });

  const environment = cloud.environment();

  expect(environment).toEqual({
    HW_REGION_NAME: 'eu-west-101',
    HW_DOMAIN_NAME: cloud.domainName,
    HW_USER_NAME: cloud.userName,
    HW_USER_PASSWORD: cloud.password,
    HW_AUTH_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v3$/),
    SFS_TURBO_ENDPOINT: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
});

test('gives added shares and tasks ids of the documented form', async () => {
  const cloud = await startTestCloud();

  const shareId = cloud.addShare();
  const taskId = cloud.addTask(shareId);

  expect(shareId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(taskId).toMatch(/^[0-9a-f]{32}$/);
});

test.each([
  { task: {}, status: 'DOING', beginTime: '2026-01-01 00:00:00', endTime: '' },
  {
    task: { status: 'DOING', beginTime: '2020-01-01 00:00:00' },
    status: 'DOING',
    beginTime: '2020-01-01 00:00:00',
    endTime: '',
  },
  { task: { status: 'SUCCESS' }, status: 'SUCCESS', beginTime: '2026-01-01 00:00:00', endTime: '2026-01-01 00:00:00' },
  { task: { endTime: 'soon' }, status: 'SUCCESS', beginTime: '2026-01-01 00:00:00', endTime: 'soon' },
  {
    task: { beginTime: '2025-12-31 23:00:00', runsForMs: 60_000, status: 'FAIL' },
    status: 'FAIL',
    beginTime: '2025-12-31 23:00:00',
    endTime: '2025-12-31 23:01:00',
  },
])('adds $task as a task that is $status', async ({ task, ...expected }) => {
  const cloud = await startTestCloud({ now: () => Date.UTC(2026, 0, 1) });
  const shareId = cloud.addShare();

  const taskId = cloud.addTask(shareId, task);

  expect(cloud.task(shareId, taskId)).toMatchObject(expected);
});

test('adds no task to an unknown share, and no id twice', async () => {
  const cloud = await startTestCloud();
  const shareId = cloud.addShare();
  cloud.addTask(shareId, { id: 'a' });

  expect(() => cloud.addTask(shareId, { id: 'a' })).toThrow(RangeError);
  expect(() => cloud.addTask('nowhere')).toThrow(RangeError);
  expect(cloud.tasks('nowhere')).toEqual([]);
});

test('closes at once, whatever still hangs or waits', async () => {
  const cloud = await startCloud();
  cloud.order({ kind: { type: 'silence' } });
  cloud.order({ kind: { type: 'latency', ms: 600_000 } });
  const failures = [send(cloud.sfsTurboUrl), send(cloud.sfsTurboUrl)].map((call) => call.catch(() => 'failed'));
  await expect.poll(() => cloud.requests.length).toBe(2);

  await cloud.close();

  expect(await Promise.all(failures)).toEqual(['failed', 'failed']);
  await expect(send(cloud.sfsTurboUrl)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('listens on the ports that it is given', async () => {
  const first = await startCloud();
  const [iamPort, sfsTurboPort] = [first.iamUrl, first.sfsTurboUrl].map((url) => Number(new URL(url).port));
  await first.close();

  const second = await startTestCloud({ iamPort: iamPort ?? 0, sfsTurboPort: sfsTurboPort ?? 0 });

  expect([second.iamUrl, second.sfsTurboUrl]).toEqual([first.iamUrl, first.sfsTurboUrl]);
});
