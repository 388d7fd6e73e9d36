import { expect, test } from 'vitest';
import { askToken, fetchToken, send, startTestCloud, tokenBody, withSignature, withToken } from './caller.ts';
import type { Cloud } from './cloud.ts';

const NOW_MS = Date.UTC(2020, 0, 3, 9, 5, 22, 701);
const INVALID_BODY = { error: { code: 400, message: 'The request body is invalid', title: 'Bad Request' } };
const WRONG_PASSWORD = { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } };

test('issues a token for a project by name', async () => {
  const cloud = await startTestCloud({ now: () => NOW_MS });

  const reply = await askToken(cloud);

  const domain = { id: expect.any(String), name: cloud.domainName };
  expect(reply.status).toBe(201);
  expect(reply.headers['x-subject-token']).toMatch(/^MII[A-Za-z0-9+/]{8897}$/);
  expect(reply.headers['x-iam-trace-id']).toMatch(/./);
  expect(JSON.parse(reply.text)).toEqual({
    token: {
      catalog: [],
      expires_at: '2020-01-04T09:05:22.701000Z',
      issued_at: '2020-01-03T09:05:22.701000Z',
      methods: ['password'],
      project: { domain, id: cloud.projectId, name: cloud.projectName },
      roles: [{ id: '0', name: 'sfsturbo_operator' }],
      user: { domain, id: expect.any(String), name: cloud.userName, password_expires_at: '' },
    },
  });
});

test.each([
  { name: 'a project id', scope: (cloud: Cloud) => ({ project: { id: cloud.projectId } }), key: 'project' },
  {
    name: 'a project name with its domain',
    scope: (cloud: Cloud) => ({ project: { name: cloud.projectName, domain: { name: cloud.domainName } } }),
    key: 'project',
  },
  {
    name: 'project and domain, of which the project wins',
    scope: (cloud: Cloud) => ({ project: { id: cloud.projectId }, domain: { name: cloud.domainName } }),
    key: 'project',
  },
  { name: 'a domain', scope: (cloud: Cloud) => ({ domain: { name: cloud.domainName } }), key: 'domain' },
  { name: 'nothing, which means the domain', scope: () => undefined, key: 'domain' },
])('scopes a token to $name', async ({ scope, key }) => {
  const cloud = await startTestCloud();

  const reply = await askToken(cloud, tokenBody(cloud, { scope: scope(cloud) }));

  expect(reply.status).toBe(201);
  expect(JSON.parse(reply.text)).toHaveProperty(`token.${key}`);
});

test.each(['', '?nocatalog', '?nocatalog='])('lists the catalog with the query "%s"', async (query) => {
  const cloud = await startTestCloud();

  const reply = await askToken(cloud, tokenBody(cloud), query);

  expect(JSON.parse(reply.text)).toMatchObject({ token: { catalog: [{ type: 'sfsturbo' }] } });
});

test.each([
  ['an unknown project name', () => ({ project: { name: 'nowhere' } })],
  ['an unknown project id', () => ({ project: { id: '0'.repeat(32) } })],
  ['a wrong domain', (cloud: Cloud) => ({ project: { name: cloud.projectName, domain: { name: 'other' } } })],
])('refuses the scope of %s', async (_name, scope) => {
  const cloud = await startTestCloud();

  const reply = await askToken(cloud, tokenBody(cloud, { scope: scope(cloud) }));

  expect(reply.status).toBe(400);
  expect(JSON.parse(reply.text)).toMatchObject({ error_code: 'IAM.1109' });
  expect(reply.headers).not.toHaveProperty('x-subject-token');
});

const USER = { domain: { name: 'd' }, name: 'n', password: 'p' };
const identity = (user: unknown) => ({ methods: ['password'], password: { user } });
test.each<[string, unknown]>([
  ['no JSON', '{"auth":'],
  ['an empty body', ''],
  ['null', 'null'],
  ['a list', []],
  ['no auth', {}],
  ['a field beside auth', { auth: { identity: identity(USER) }, extra: 1 }],
  ['two methods', { auth: { identity: { ...identity(USER), methods: ['password', 'totp'] } } }],
  ['a method as text', { auth: { identity: { ...identity(USER), methods: 'password' } } }],
  ['a user without domain', { auth: { identity: identity({ name: 'n', password: 'p' }) } }],
  ['a domain by id', { auth: { identity: identity({ ...USER, domain: { id: 'd' } }) } }],
  ['a password that is a number', { auth: { identity: identity({ ...USER, password: 1 }) } }],
])('refuses %s', async (_name, body) => {
  const cloud = await startTestCloud();

  const reply = await askToken(cloud, body);

  expect(reply.status).toBe(400);
  expect(JSON.parse(reply.text)).toEqual(INVALID_BODY);
});

test.each<[string, unknown]>([
  ['both id and name of a project', { project: { id: 'a', name: 'b' } }],
  ['an id with a domain beside it', { project: { id: 'a', domain: { name: 'b' } } }],
  ['an unknown kind', { system: {} }],
  ['another domain', { domain: { name: 'other' } }],
])('refuses a scope with %s', async (_name, scope) => {
  const cloud = await startTestCloud();

  const reply = await askToken(cloud, tokenBody(cloud, { scope }));

  expect(JSON.parse(reply.text)).toEqual(INVALID_BODY);
});

test.each([undefined, 'text/plain', 'application/jsonp'])('refuses the media type %s', async (contentType) => {
  const cloud = await startTestCloud();
  const headers = contentType === undefined ? {} : { 'Content-Type': contentType };
  const body = JSON.stringify(tokenBody(cloud));

  const reply = await send(`${cloud.iamUrl}/auth/tokens`, { method: 'POST', headers, body });

  expect(JSON.parse(reply.text)).toEqual(INVALID_BODY);
});

test('refuses a body of more than 32 KB with a code of its own, and takes one of 32 KB', async () => {
  const cloud = await startTestCloud();
  const body = JSON.stringify(tokenBody(cloud)).padEnd(32 * 1024);

  const fits = await askToken(cloud, body);
  const exceeds = await askToken(cloud, `${body} `);

  expect([fits.status, exceeds.status]).toEqual([201, 400]);
  expect(JSON.parse(exceeds.text)).toMatchObject({ error_code: 'IAM.1101' });
});

test('says the same to a wrong password and to an unknown user', async () => {
  const cloud = await startTestCloud();

  const wrong = await askToken(cloud, tokenBody(cloud, { password: 'wrong' }));
  const unknown = await askToken(cloud, tokenBody(cloud, { userName: 'nobody' }));

  for (const reply of [wrong, unknown]) {
    expect(reply.status).toBe(401);
    expect(JSON.parse(reply.text)).toEqual(WRONG_PASSWORD);
  }
});

test('locks the user for 15 minutes after five wrong passwords within 15 minutes', async () => {
  let nowMs = NOW_MS;
  const cloud = await startTestCloud({ now: () => nowMs });
  const fail = () => askToken(cloud, tokenBody(cloud, { password: 'wrong' }));

  for (let i = 0; i < 4; i += 1) await fail();
  nowMs += 15 * 60_000;
  await fail(); // the first of a new window
  const stillOpen = await askToken(cloud);
  for (let i = 0; i < 5; i += 1) await fail();
  const locked = await askToken(cloud);
  nowMs += 15 * 60_000;
  const unlocked = await askToken(cloud);

  expect([stillOpen.status, locked.status, unlocked.status]).toEqual([201, 401, 201]);
  expect(JSON.parse(locked.text)).toEqual({ error: { code: 401, message: 'Account locked.', title: 'Unauthorized' } });
});

test('forgets wrong passwords once the right one was given', async () => {
  const cloud = await startTestCloud();
  const statuses: number[] = [];

  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 4; i += 1) await askToken(cloud, tokenBody(cloud, { password: 'wrong' }));
    statuses.push((await askToken(cloud)).status);
  }

  expect(statuses).toEqual([201, 201]);
});

test('answers other paths with 404 and other methods with 405', async () => {
  const cloud = await startTestCloud();

  const path = await send(`${cloud.iamUrl}/users`);
  const method = await send(`${cloud.iamUrl}/auth/tokens`);

  expect(JSON.parse(path.text)).toMatchObject({ error: { code: 404, title: 'Not Found' } });
  expect(JSON.parse(method.text)).toMatchObject({ error: { code: 405, title: 'Method Not Allowed' } });
  expect(cloud.requests.map(({ operation }) => operation)).toEqual(['unknown', 'unknown']);
});

test('lists the projects of a name to a token and to a signature', async () => {
  const cloud = await startTestCloud();
  const url = `${cloud.iamUrl}/projects?name=${cloud.projectName}`;
  const token = await fetchToken(cloud);

  const replies = [
    await send(url, { headers: withToken(token) }),
    await send(url, { headers: withSignature(url, {}, cloud) }),
  ];

  for (const reply of replies) {
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ projects: [{ id: cloud.projectId, name: cloud.projectName }] });
  }
  expect(cloud.requestsOf('ListProjects')).toHaveLength(2);
});

test.each([
  { name: 'nothing', headers: {}, message: /requires authentication/ },
  { name: 'an unknown token', headers: { 'X-Auth-Token': 'x' }, message: /X-Auth-Token is invalid/ },
  { name: 'a bad signature', headers: { Authorization: 'SDK-HMAC-SHA256 x' }, message: /APIGW\.0301/ },
])('lists no projects to a caller with $name', async ({ headers, message }) => {
  const cloud = await startTestCloud();

  const reply = await send(`${cloud.iamUrl}/projects`, { headers });

  expect(reply.status).toBe(401);
  expect(reply.text).toMatch(message);
});
