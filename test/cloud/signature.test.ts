import { expect, test } from 'vitest';
import { send, startTestCloud, tasksUrl, withSignature } from './caller.ts';
import { canonicalRequestOf, parseAuthorization, parseSdkDate, sha256Hex, signatureOf } from './signature.ts';

const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const PROJECT_ID = 'aa2d97d7e62c4b7da3ffdfc11551f878';

test.each([
  {
    // https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-002.html
    name: 'the sample of the signing guide',
    method: 'GET',
    path: '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs',
    rawQuery: 'limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
    headers: {
      'content-type': 'application/json',
      host: 'service.region.example.com',
      'x-sdk-date': '20191115T033655Z',
    },
    secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc',
    canonicalHash: 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    signature: '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  },
  {
    // computed with @huaweicloud/huaweicloud-sdk-core 3.1.211
    name: 'what the official SDK signs for our call',
    method: 'DELETE',
    path: `/v1/${PROJECT_ID}/sfs-turbo/shares/77ba6f4b-6365-4895-8dda-bc7142af4dde/fs/dir-usage/tasks/11abef677ac40f46644d1d5cfc2424a4`,
    rawQuery: '',
    headers: {
      'content-type': 'application/json',
      host: 'sfs-turbo.cn-north-4.myhuaweicloud.com',
      'x-project-id': PROJECT_ID,
      'x-sdk-date': '20240102T030405Z',
    },
    secretKey: 'SKexample0000000000000000000000000000000',
    canonicalHash: '45d24ef13548936d51270fe253beca66ded91333611e363156529b26278cf6b0',
    signature: '81b5df4c8ea8153fee6fb138c7742c665770d7e907214c62090aa6ff72ad459c',
  },
])('computes $name', ({ headers, secretKey, canonicalHash, signature, ...request }) => {
  const signedHeaders = Object.keys(headers);

  const canonical = canonicalRequestOf({ ...request, headers, signedHeaders, bodyHash: EMPTY_HASH });

  expect(sha256Hex(canonical)).toBe(canonicalHash);
  expect(signatureOf(canonical, headers['x-sdk-date'], secretKey)).toBe(signature);
});

test('puts path and query into their canonical form', () => {
  const request = {
    method: 'get',
    path: '/v1/urn:a%3Ab/c d!*',
    rawQuery: 'b=2&a=%7E&B=%2f&b=1&flag&plus=1+1',
    headers: { host: ' h ' },
    signedHeaders: ['host'],
    bodyHash: 'x',
  };

  const lines = canonicalRequestOf(request).split('\n');

  const query = 'B=%2F&a=~&b=1&b=2&flag=&plus=1%2B1';
  expect(lines).toEqual(['GET', '/v1/urn%3Aa%3Ab/c%20d%21%2A/', query, 'host:h', '', 'host', 'x']);
});

const SIGNATURE = 'a'.repeat(64);
test.each([
  ['another algorithm', `SDK-SHA256 Access=A, SignedHeaders=host, Signature=${SIGNATURE}`],
  ['no space after the commas', `SDK-HMAC-SHA256 Access=A,SignedHeaders=host,Signature=${SIGNATURE}`],
  ['unsorted header names', `SDK-HMAC-SHA256 Access=A, SignedHeaders=x-sdk-date;host, Signature=${SIGNATURE}`],
  ['a header name twice', `SDK-HMAC-SHA256 Access=A, SignedHeaders=host;host, Signature=${SIGNATURE}`],
  ['header names in upper case', `SDK-HMAC-SHA256 Access=A, SignedHeaders=Host, Signature=${SIGNATURE}`],
  ['a signature in upper case', `SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=${SIGNATURE.toUpperCase()}`],
  ['a short signature', 'SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=abc'],
])('does not take an Authorization header with %s', (_name, header) => {
  const authorization = parseAuthorization(header);

  expect(authorization).toBeUndefined();
});

test('reads the form of X-Sdk-Date and no other', () => {
  const times = ['20240102T030405Z', '2024-01-02T03:04:05Z', '20240102T030405', '20241302T030405Z'].map(parseSdkDate);

  expect(times).toEqual([Date.UTC(2024, 0, 2, 3, 4, 5), Number.NaN, Number.NaN, Number.NaN]);
});

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

async function signedCloud() {
  let nowMs = NOW_MS;
  const cloud = await startTestCloud({ now: () => nowMs });
  const shareId = cloud.addShare();
  const url = `${tasksUrl(cloud, shareId)}/${cloud.addTask(shareId)}`;
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { cloud, url, advance };
}

test.each([undefined, 'own'])('lets a signed request in, X-Project-Id being %s', async (project) => {
  const { cloud, url } = await signedCloud();
  const method = 'DELETE';
  const options = project === undefined ? { atMs: NOW_MS } : { atMs: NOW_MS, projectId: cloud.projectId };

  const reply = await send(url, { method, headers: withSignature(url, { method }, cloud, options) });

  expect(reply.status).toBe(202);
  expect(cloud.deletedTaskIds).toHaveLength(1);
});

test('covers the body of a signed request', async () => {
  const { cloud } = await signedCloud();
  const url = tasksUrl(cloud, cloud.addShare());
  const signed = { method: 'POST', body: '{"path":"/a"}' };
  const headers = withSignature(url, signed, cloud, { atMs: NOW_MS });

  const intact = await send(url, { ...signed, headers });
  const altered = await send(url, { ...signed, body: '{"path":"/b"}', headers });

  expect([intact.status, altered.status]).toEqual([202, 401]);
});

test('shows its own canonical request when a signature does not hold', async () => {
  const { cloud, url } = await signedCloud();
  const keys = { accessKey: cloud.accessKey, secretKey: 'wrong' };

  const reply = await send(url, { headers: withSignature(url, {}, keys, { atMs: NOW_MS }) });

  expect(reply.status).toBe(401);
  const { pathname, host } = new URL(url);
  const error: unknown = JSON.parse(reply.text);
  expect(error).toEqual({
    error_code: 'APIGW.0301',
    error_msg: `Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|${pathname}/||content-type:application/json|host:${host}|x-sdk-date:20260102T030405Z||content-type;host;x-sdk-date|${EMPTY_HASH}`,
    request_id: reply.headers['x-request-id'],
  });
});

test.each([
  { offMs: 15 * 60_000, status: 200 },
  { offMs: -15 * 60_000, status: 200 },
  { offMs: 15 * 60_000 + 1000, status: 401 },
  { offMs: -15 * 60_000 - 1000, status: 401 },
])('answers $status to a clock that is off by $offMs ms', async ({ offMs, status }) => {
  const { cloud, url } = await signedCloud();

  const reply = await send(url, { headers: withSignature(url, {}, cloud, { atMs: NOW_MS + offMs }) });

  expect(reply.status).toBe(status);
});

test('takes temporary keys only with their own security token, and only as long as they last', async () => {
  const { cloud, url, advance } = await signedCloud();
  const keys = cloud.issueTemporaryCredentials(60_000);
  const { securityToken, ...withoutToken } = keys;
  const call = (with_: Parameters<typeof withSignature>[2], atMs = NOW_MS) =>
    send(url, { headers: withSignature(url, {}, with_, { atMs }) });

  const statuses = [
    (await call(keys)).status,
    (await call(withoutToken)).status,
    (await call({ ...keys, securityToken: `${securityToken}x` })).status,
    (await call({ ...cloud, securityToken })).status,
  ];
  advance(60_000);
  const late = await call(keys, NOW_MS + 60_000);

  expect(statuses).toEqual([200, 401, 401, 401]);
  expect(late.text).toContain('security token expired');
});

test('checks X-Sdk-Content-Sha256 against the body', async () => {
  const { cloud, url } = await signedCloud();
  const callWith = (hash: string) =>
    send(url, {
      headers: { ...withSignature(url, {}, cloud, { atMs: NOW_MS }), 'X-Sdk-Content-Sha256': hash },
    });

  const right = await callWith(EMPTY_HASH);
  const wrong = await callWith(sha256Hex('{}'));
  const unsigned = await callWith('UNSIGNED-PAYLOAD');

  expect([right.status, wrong.status, unsigned.status]).toEqual([200, 401, 401]);
});

test('takes a security token that was added after signing', async () => {
  const { cloud, url } = await signedCloud();
  const { securityToken, ...keys } = cloud.issueTemporaryCredentials();
  const headers = withSignature(url, {}, keys, { atMs: NOW_MS });

  const reply = await send(url, { headers: { ...headers, 'X-Security-Token': securityToken } });

  expect(reply.status).toBe(200);
});

test.each(['host', 'x-sdk-date'])('demands that %s is signed', async (name) => {
  const { cloud, url } = await signedCloud();
  const headers = withSignature(url, {}, cloud, { atMs: NOW_MS });
  const authorization = headers['authorization']?.replace(new RegExp(`${name};|;${name}`), '');

  const reply = await send(url, { headers: { ...headers, authorization } });

  expect(reply.status).toBe(401);
  expect(reply.text).toContain(`header ${name} is not signed`);
});

test('locks an access key after five failures in a row for five minutes, the right key too', async () => {
  const { cloud, url, advance } = await signedCloud();
  const bad = { accessKey: cloud.accessKey, secretKey: 'wrong' };
  const call = (keys: Parameters<typeof withSignature>[2], atMs = NOW_MS) =>
    send(url, { headers: withSignature(url, {}, keys, { atMs }) });

  for (let i = 0; i < 4; i += 1) await call(bad);
  await call(cloud); // ends the row
  for (let i = 0; i < 4; i += 1) await call(bad);
  const beforeLock = await call(cloud);
  for (let i = 0; i < 5; i += 1) await call(bad);
  const locked = await call(cloud);
  advance(5 * 60_000);
  const unlocked = await call(cloud, NOW_MS + 5 * 60_000);

  expect([beforeLock.status, locked.status, unlocked.status]).toEqual([200, 401, 200]);
  expect(locked.text).toContain('AK access failed to reach the limit,forbidden');
});

test('refuses an access key that it does not know, and a foreign project', async () => {
  const { cloud, url } = await signedCloud();
  const unknown = { accessKey: 'AKUNKNOWN', secretKey: 'x' };
  const foreign = { atMs: NOW_MS, projectId: cloud.foreignProjectId };

  const noKey = await send(url, { headers: withSignature(url, {}, unknown, { atMs: NOW_MS }) });
  const otherProject = await send(url, { headers: withSignature(url, {}, cloud, foreign) });

  expect(noKey.text).toContain('ak AKUNKNOWN not exist');
  expect(otherProject.status).toBe(403);
  expect(otherProject.text).toContain('APIGW.0302');
});
