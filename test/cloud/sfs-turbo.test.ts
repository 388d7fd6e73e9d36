import { expect, test } from 'vitest';
import { type Call, fetchToken, type Reply, send, startTestCloud, tasksUrl, withToken } from './caller.ts';
import type { Cloud, CloudOptions } from './cloud.ts';

const NOW_MS = Date.UTC(2023, 2, 1, 11, 46, 1);
const NOT_FOUND = { errCode: 'SFS.TURBO.0124', errMsg: 'task_id not found' };

/** A cloud with one share, a valid token and a clock to move. */
async function cloudWithShare(options: CloudOptions = {}) {
  let nowMs = NOW_MS;
  const cloud = await startTestCloud({ now: () => nowMs, ...options });
  const shareId = cloud.addShare();
  const url = tasksUrl(cloud, shareId);
  const token = await fetchToken(cloud);
  return {
    cloud,
    shareId,
    url,
    token,
    advance(ms: number) {
      nowMs += ms;
    },
    call: (target: string, call: Call = {}) => send(target, { headers: withToken(token), ...call }),
  };
}

function errorOf(reply: Reply): string {
  const body = JSON.parse(reply.text);
  return `${reply.status} ${body.errCode ?? body.error_code}`;
}

function idsOf(reply: Reply): readonly string[] {
  return JSON.parse(reply.text).tasks.map((task: { task_id: string }) => task.task_id);
}

test('creates, shows, lists and deletes a task that runs and finishes', async () => {
  const { cloud, shareId, url, advance, call } = await cloudWithShare({ taskRunsForMs: 5000 });
  const zero = { dir: 0, regular: 0, pipe: 0, char: 0, block: 0, socket: 0, symlink: 0 };

  const created = await call(url, { method: 'POST', body: '{"path":"/data"}' });
  const taskId: string = JSON.parse(created.text).task_id;
  const running = await call(`${url}/${taskId}`);
  advance(5000);
  const finished = await call(`${url}/${taskId}`);
  const listed = await call(url);
  const deleted = await call(`${url}/${taskId}`, { method: 'DELETE' });

  expect(created.status).toBe(202);
  expect(JSON.parse(running.text)).toEqual({
    task_id: taskId,
    status: 'DOING',
    dir_usage: { path: '/data', used_capacity: 0, file_count: zero, message: '' },
    begin_time: '2023-03-01 11:46:01',
    end_time: '',
  });
  expect(JSON.parse(finished.text)).toMatchObject({ status: 'SUCCESS', end_time: '2023-03-01 11:46:06' });
  expect(JSON.parse(listed.text)).toEqual({ tasks: [JSON.parse(finished.text)] });
  expect(deleted).toMatchObject({ status: 202, text: '', headers: { 'content-length': '0' } });
  expect(cloud.tasks(shareId)).toEqual([]);
  expect(cloud.deletedTaskIds).toEqual([taskId]);
});

test('cancels a running task by deleting it, once', async () => {
  const { cloud, shareId, url, call } = await cloudWithShare();
  const taskId = cloud.addTask(shareId, { status: 'DOING' });

  const first = await call(`${url}/${taskId}`, { method: 'DELETE' });
  const second = await call(`${url}/${taskId}`, { method: 'DELETE' });

  expect(first.status).toBe(202);
  expect(second.status).toBe(404);
  expect(JSON.parse(second.text)).toEqual(NOT_FOUND);
  expect(cloud.task(shareId, taskId)).toBeUndefined();
  expect(cloud.deletedTaskIds).toEqual([taskId]);
});

test('gives every answer a request id of its own', async () => {
  const { cloud, shareId, url, call } = await cloudWithShare();
  const taskId = cloud.addTask(shareId);

  const replies = [
    await call(url),
    await call(`${url}/${taskId}`, { method: 'DELETE' }),
    await call(`${url}/${taskId}`, { method: 'DELETE' }),
    await send(url),
    await call(cloud.sfsTurboUrl),
  ];

  const ids = replies.map(({ headers }) => headers['x-request-id']);
  expect(replies.map(({ status }) => status)).toEqual([200, 202, 404, 401, 404]);
  expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(replies.length);
});

test.each<{ name: string; target: (cloud: Cloud, shareId: string) => string; call?: Call; error: string }>([
  {
    name: 'another feature',
    target: (cloud, shareId) => tasksUrl(cloud, shareId, { feature: 'dir-quota' }),
    error: '400 SFS.TURBO.0123',
  },
  { name: 'an unknown share', target: (cloud) => tasksUrl(cloud, 'nowhere'), error: '403 SFS.TURBO.9000' },
  {
    name: 'a share of an old type',
    target: (cloud) => tasksUrl(cloud, cloud.addShare({ supportsTasks: false })),
    error: '400 SFS.TURBO.0041',
  },
  {
    name: 'an unknown task',
    target: (cloud, shareId) => `${tasksUrl(cloud, shareId)}/nothing`,
    error: '404 SFS.TURBO.0124',
  },
  {
    name: 'a body on GET',
    target: tasksUrl,
    call: { body: '{}' },
    error: '400 SFS.TURBO.0001',
  },
  {
    name: 'a body on DELETE',
    target: (cloud, shareId) => `${tasksUrl(cloud, shareId)}/${cloud.addTask(shareId)}`,
    call: { method: 'DELETE', body: '{}' },
    error: '400 SFS.TURBO.0001',
  },
  {
    name: 'a query on DELETE',
    target: (cloud, shareId) => `${tasksUrl(cloud, shareId)}/${cloud.addTask(shareId)}?force=1`,
    call: { method: 'DELETE' },
    error: '400 SFS.TURBO.0001',
  },
  { name: 'a path that is no API', target: (cloud) => `${cloud.sfsTurboUrl}/v1/x`, error: '404 APIGW.0101' },
  { name: 'an empty segment', target: (cloud) => tasksUrl(cloud, ''), error: '404 APIGW.0101' },
  { name: 'an encoded dot segment', target: (cloud) => tasksUrl(cloud, '%2e%2E%2f'), error: '403 SFS.TURBO.9000' },
  { name: 'an invalid escape', target: (cloud) => tasksUrl(cloud, '%zz'), error: '404 APIGW.0101' },
  { name: 'a method that is no API', target: tasksUrl, call: { method: 'PUT' }, error: '404 APIGW.0101' },
])('refuses $name with $error', async ({ target, call: options, error }) => {
  const { cloud, shareId, call } = await cloudWithShare();

  const reply = await call(target(cloud, shareId), options);

  expect(errorOf(reply)).toBe(error);
  expect(cloud.deletedTaskIds).toEqual([]);
});

test.each(['GET', 'DELETE', 'POST'])('demands a JSON Content-Type on %s', async (method) => {
  const { cloud, shareId, url, token } = await cloudWithShare();
  const target = method === 'DELETE' ? `${url}/${cloud.addTask(shareId)}` : url;
  const body = method === 'POST' ? { body: '{"path":"/"}' } : {};
  const callWith = (headers: Record<string, string>) =>
    send(target, { method, ...body, headers: { 'X-Auth-Token': token, ...headers } });

  const missing = await callWith({});
  const wrong = await callWith({ 'Content-Type': 'text/plain' });
  const right = await callWith({ 'Content-Type': 'application/json; charset=UTF-8' });

  expect([missing, wrong].map(errorOf)).toEqual(['400 SFS.TURBO.0001', '400 SFS.TURBO.0001']);
  expect(right.status).toBeLessThan(300);
});

test('answers 401 without a token, with an unknown one, and with one that is out of date', async () => {
  const { cloud, url, token, advance, call } = await cloudWithShare({ tokenLifetimeMs: 60_000 });

  const missing = await send(url, { headers: { 'Content-Type': 'application/json' } });
  const unknown = await send(url, { headers: withToken('MIIunknown') });
  const valid = await call(url);
  advance(60_000);
  const expired = await call(url);

  const ofIam = 'Incorrect IAM authentication information:';
  expect([missing, unknown, valid, expired].map(({ status }) => status)).toEqual([401, 401, 200, 401]);
  expect(JSON.parse(missing.text)).toEqual({
    error_msg: `${ofIam} x-auth-token not found`,
    error_code: 'APIGW.0301',
    request_id: missing.headers['x-request-id'],
  });
  expect(JSON.parse(unknown.text)).toMatchObject({ error_msg: `${ofIam} decrypt token fail` });
  expect(JSON.parse(expired.text)).toMatchObject({ error_code: 'APIGW.0307', error_msg: 'The token must be updated' });
  expect(token).toHaveLength(8900);
  expect(cloud.requestsOf('ListFsTasks').map(({ status }) => status)).toEqual([401, 401, 200, 401]);
});

test.each(['revokeTokens', 'expireTokens'] as const)('%s ends every token so far and no later one', async (kill) => {
  const { cloud, url, call } = await cloudWithShare();

  cloud[kill]();
  const old = await call(url);
  const fresh = await send(url, { headers: withToken(await fetchToken(cloud)) });

  expect(errorOf(old)).toBe('401 APIGW.0307');
  expect(fresh.status).toBe(200);
});

test('takes a new token and the one before it', async () => {
  const { cloud, url, call } = await cloudWithShare();
  await fetchToken(cloud);

  const reply = await call(url);

  expect(reply.status).toBe(200);
});

test.each([
  { name: 'the domain', scope: (cloud: Cloud) => ({ domain: { name: cloud.domainName } }), error: '403 APIGW.0302' },
  {
    name: 'a sub-project',
    scope: (cloud: Cloud) => ({ project: { id: cloud.subProjectId } }),
    error: '403 APIGW.0302',
  },
  {
    name: "another region's project",
    scope: (cloud: Cloud) => ({ project: { id: cloud.foreignProjectId } }),
    error: '401 APIGW.0307',
  },
])('refuses a token for $name', async ({ scope, error }) => {
  const { cloud, url } = await cloudWithShare();
  const token = await fetchToken(cloud, scope(cloud));

  const reply = await send(url, { headers: withToken(token) });

  expect(errorOf(reply)).toBe(error);
});

test('shows no share to another project', async () => {
  const { cloud, shareId } = await cloudWithShare();
  const headers = withToken(await fetchToken(cloud, { project: { id: cloud.subProjectId } }));
  const projectId = cloud.subProjectId;

  const tasks = await send(tasksUrl(cloud, shareId, { projectId }), { headers });
  const shares = await send(`${cloud.sfsTurboUrl}/v1/${projectId}/sfs-turbo/shares/detail`, { headers });

  expect(errorOf(tasks)).toBe('403 SFS.TURBO.9000');
  expect(JSON.parse(shares.text)).toEqual({ shares: [], count: 0 });
});

test('refuses a token and a signature at once', async () => {
  const { url, token } = await cloudWithShare();
  const headers = { ...withToken(token), Authorization: 'SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c' };

  const reply = await send(url, { headers });

  expect(errorOf(reply)).toBe('401 APIGW.0301');
});

test.each([
  ['no JSON', '{'],
  ['no body', ''],
  ['no path', '{}'],
  ['a field beside the path', '{"path":"/","depth":1}'],
  ['a path that is a number', '{"path":1}'],
  ['a relative path', '{"path":"data"}'],
  ['an empty path', '{"path":""}'],
  ['a level of 256 characters', JSON.stringify({ path: `/${'a'.repeat(256)}` })],
  ['a path of 4097 characters', JSON.stringify({ path: `${'/a'.repeat(2048)}/` })],
])('creates no task for %s', async (_name, body) => {
  const { cloud, shareId, url, call } = await cloudWithShare();

  const reply = await call(url, { method: 'POST', body });

  expect(errorOf(reply)).toBe('400 SFS.TURBO.0001');
  expect(cloud.tasks(shareId)).toEqual([]);
});

test.each([['/'], [`/${'a'.repeat(255)}`], ['/a'.repeat(2048)]])(
  'creates a task for a path at the limits',
  async (path) => {
    const { cloud, shareId, url, call } = await cloudWithShare();

    const reply = await call(url, { method: 'POST', body: JSON.stringify({ path }) });

    expect(reply.status).toBe(202);
    expect(cloud.tasks(shareId)).toMatchObject([{ path, status: 'DOING' }]);
  },
);

test('creates no eleventh running task, until one has finished', async () => {
  const { cloud, shareId, url, advance, call } = await cloudWithShare();
  for (let i = 0; i < 10; i += 1) cloud.addTask(shareId, { runsForMs: i === 0 ? 1000 : 60_000 });
  cloud.addTask(shareId, { status: 'SUCCESS' });
  const create: Call = { method: 'POST', body: '{"path":"/"}' };

  const eleventh = await call(url, create);
  advance(1000);
  const afterOne = await call(url, create);

  expect(errorOf(eleventh)).toBe('400 SFS.TURBO.0011');
  expect(afterOne.status).toBe(202);
});

test('pages through a listing in the order of creation', async () => {
  const { cloud, shareId, url, call } = await cloudWithShare();
  const ids = Array.from({ length: 45 }, () => cloud.addTask(shareId));

  const first = await call(url);
  const second = await call(`${url}?marker=${ids[19]}`);
  const rest = await call(`${url}?limit=100&marker=${ids[39]}`);
  const beyond = await call(`${url}?marker=${ids[44]}`);

  expect(idsOf(first)).toEqual(ids.slice(0, 20));
  expect(idsOf(second)).toEqual(ids.slice(20, 40));
  expect(idsOf(rest)).toEqual(ids.slice(40));
  expect(beyond).toMatchObject({ status: 200, text: '{"tasks":[]}' });
});

test.each([
  'limit=0',
  'limit=101',
  'limit=-1',
  'limit=1.5',
  'limit=x',
  'limit=',
  'marker=',
  'offset=1',
  'limit=1&limit=2',
])('refuses the listing query %s', async (query) => {
  const { url, call } = await cloudWithShare();

  const reply = await call(`${url}?${query}`);

  expect(errorOf(reply)).toBe('400 SFS.TURBO.0001');
});

test('refuses a marker whose task is gone', async () => {
  const { cloud, shareId, url, call } = await cloudWithShare();
  const taskId = cloud.addTask(shareId);
  await call(`${url}/${taskId}`, { method: 'DELETE' });

  const reply = await call(`${url}?marker=${taskId}`);

  expect(JSON.parse(reply.text)).toEqual(NOT_FOUND);
});

test('lists odd records as a test has laid them out', async () => {
  const { cloud, shareId, url, call } = await cloudWithShare();
  cloud.addTask(shareId, { id: '../odd', status: 'PAUSED', beginTime: 'yesterday', endTime: '2023-13-01 00:00:00' });
  cloud.addTask(shareId, { status: 'FAIL', raw: { begin_time: undefined, task_id: 7, extra: null } });

  const reply = await call(url);

  const [odd, failed] = JSON.parse(reply.text).tasks;
  expect(odd).toMatchObject({
    task_id: '../odd',
    status: 'PAUSED',
    begin_time: 'yesterday',
    end_time: '2023-13-01 00:00:00',
  });
  expect(failed).toMatchObject({ task_id: 7, status: 'FAIL', extra: null, dir_usage: { message: 'du failed' } });
  expect(failed).not.toHaveProperty('begin_time');
});

test('lists a deleted task for the length of the lag, as it was, while DELETE no longer finds it', async () => {
  const { cloud, shareId, url, advance, call } = await cloudWithShare({ listingLagMs: 300_000 });
  const taskId = cloud.addTask(shareId, { runsForMs: 1000 });

  const first = await call(`${url}/${taskId}`, { method: 'DELETE' });
  advance(299_999);
  const again = await call(`${url}/${taskId}`, { method: 'DELETE' });
  const listed = await call(`${url}`);
  const shown = await call(`${url}/${taskId}`);
  advance(1);
  const listedLater = await call(url);
  const shownLater = await call(`${url}/${taskId}`);

  expect([first.status, again.status]).toEqual([202, 404]);
  expect(JSON.parse(listed.text)).toMatchObject({ tasks: [{ task_id: taskId, status: 'DOING' }] });
  expect([shown.status, shownLater.status]).toEqual([200, 404]);
  expect(idsOf(listedLater)).toEqual([]);
  expect(cloud.tasks(shareId)).toEqual([]);
  expect(cloud.deletedTaskIds).toEqual([taskId]);
});

test('lists shares by limit and offset, and shows one', async () => {
  const { cloud, shareId, call } = await cloudWithShare();
  const oldId = cloud.addShare({ name: 'old', supportsTasks: false });
  const sharesUrl = `${cloud.sfsTurboUrl}/v1/${cloud.projectId}/sfs-turbo/shares`;

  const all = await call(`${sharesUrl}/detail`);
  const second = await call(`${sharesUrl}/detail?limit=1&offset=1`);
  const beyond = await call(`${sharesUrl}/detail?limit=200&offset=2`);
  const tooMany = await call(`${sharesUrl}/detail?limit=201&offset=0`);
  const one = await call(`${sharesUrl}/${shareId}`);
  cloud.removeShare(shareId);
  const removed = await call(`${sharesUrl}/${shareId}`);

  expect(JSON.parse(all.text)).toMatchObject({ shares: [{ id: shareId }, { id: oldId }], count: 2 });
  expect(JSON.parse(second.text)).toMatchObject({
    shares: [{ id: oldId, name: 'old', share_type: 'STANDARD', created_at: '2018-11-19T04:02:03' }],
  });
  expect(JSON.parse(beyond.text)).toMatchObject({ shares: [] });
  expect(errorOf(tooMany)).toBe('400 SFS.TURBO.0001');
  expect(JSON.parse(one.text)).toMatchObject({ id: shareId, expand_type: 'hpc', size: '1228.80' });
  expect(errorOf(removed)).toBe('403 SFS.TURBO.9000');
});

test('throttles each API by itself above 200 calls a second', async () => {
  const { cloud, url, advance, call } = await cloudWithShare();
  const sharesUrl = `${cloud.sfsTurboUrl}/v1/${cloud.projectId}/sfs-turbo/shares/detail`;

  const replies = await Promise.all(Array.from({ length: 201 }, () => call(url)));
  const otherApi = await call(sharesUrl);
  advance(1000);
  const aSecondLater = await call(url);

  const throttled = replies.filter(({ status }) => status === 429);
  expect(throttled).toHaveLength(1);
  expect(throttled.map(errorOf)).toEqual(['429 APIGW.0308']);
  expect([otherApi.status, aSecondLater.status]).toEqual([200, 200]);
});

test('takes headers up to 32 KB each and 128 KB in all', async () => {
  const { url, token } = await cloudWithShare();
  const callWith = (headers: Record<string, string>) => send(url, { headers: { ...withToken(token), ...headers } });
  const many = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`X-Pad-${i}`, 'a'.repeat(30_000)]));

  const fits = await callWith({ 'X-Pad': 'a'.repeat(32_000) });
  const single = await callWith({ 'X-Pad': 'a'.repeat(33_000) });
  const all = await callWith(many);

  expect([fits.status, errorOf(single), errorOf(all)]).toEqual([200, '494 APIGW.0201', '494 APIGW.0201']);
});

test('refuses a body of more than 12 MB', async () => {
  const { url, call } = await cloudWithShare();

  const reply = await call(url, { method: 'POST', body: ' '.repeat(12 * 1024 * 1024 + 1) });

  expect(errorOf(reply)).toBe('413 APIGW.0201');
});
