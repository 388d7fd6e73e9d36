import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createHandler } from '../../handlers/http.ts';
import { createApps } from '../../handlers/platform/apps.ts';
import { createHttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime } from '../../lib/core/runtime.ts';
import { FunctionGraphContext, lambdaContext } from '../support/contexts.ts';
import { cancelEvent, deploy, httpEvent } from '../support/deployment.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK, exampleVariables } from '../support/examples.ts';
import { onlyApp } from '../support/only-app.ts';

const TASKS = `/v1/aa2d97d7e62c4b7da3ffdfc11551f878/sfs-turbo/shares/${EXAMPLE_SHARE}/fs/dir-usage/tasks`;

describe('cancelling a task', () => {
  test('a running task is gone after a 202', async () => {
    const { cloud, shareId, cancel } = await deploy();
    const taskId = cloud.addTask(shareId);

    const answer = await cancel({ share_id: shareId, task_id: taskId });

    expect(answer).toMatchObject({ statusCode: 202, isBase64Encoded: false });
    expect(JSON.parse(answer.body)).toEqual({
      project_id: cloud.projectId,
      share_id: shareId,
      feature: 'dir-usage',
      task_id: taskId,
      outcome: 'accepted',
    });
    expect(cloud.task(shareId, taskId)).toBeUndefined();
  });

  test('a task that is not there is a 404 with the code of SFS Turbo', async () => {
    const { shareId, cancel } = await deploy();

    const answer = await cancel({ share_id: shareId, task_id: EXAMPLE_TASK });

    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body)).toEqual({ errCode: 'SFS.TURBO.0124', errMsg: 'task_id not found' });
  });

  test('a share that the credentials may not touch is a 403 with the code of SFS Turbo', async () => {
    const { cancel } = await deploy({ variables: { ALLOWED_SHARES: '*' } });

    const answer = await cancel({ share_id: EXAMPLE_SHARE, task_id: EXAMPLE_TASK });

    expect(answer.statusCode).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ errCode: 'SFS.TURBO.9000' });
  });

  test('the URI of the real API works as it is, with the project in it', async () => {
    const { cloud, shareId, callerKey, invoke } = await deploy();
    const taskId = cloud.addTask(shareId);
    const path = `/v1/${cloud.projectId}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks/${taskId}`;

    const answer = await invoke(httpEvent('DELETE', path, { authorization: `Bearer ${callerKey}` }));

    expect(answer.statusCode).toBe(202);
    expect(cloud.deletedTaskIds).toEqual([taskId]);
  });

  test.each([
    { variables: {}, sent: 'after a token, before the DELETE' },
    { variables: 'with HW_PROJECT_ID', sent: 'before anything' },
  ])('a foreign project is refused $sent', async ({ variables }) => {
    const foreign = 'f'.repeat(32);
    const probe = await deploy();
    const fixed = variables === 'with HW_PROJECT_ID' ? { HW_PROJECT_ID: probe.cloud.projectId } : {};
    const { cloud, shareId, cancel } = await deploy({ variables: fixed });

    const answer = await cancel({ share_id: shareId, task_id: cloud.addTask(shareId), project_id: foreign });

    expect(answer.statusCode).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ errCode: 'FN.FORBIDDEN' });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
    expect(cloud.requests.length).toBe(variables === 'with HW_PROJECT_ID' ? 0 : 1);
  });
});

describe('every gateway', () => {
  const examples = readdirSync('test/events').filter((name) =>
    /^(http-api|rest-api|function-url|functiongraph)-(post|delete|named-stage)/.test(name),
  );

  test.each(examples)('%s cancels the task of the documentation', async (name) => {
    const onFunctionGraph = name.startsWith('functiongraph');
    const { cloud, app, invoke } = await deploy({ variables: exampleVariables });
    cloud.addShare({ id: EXAMPLE_SHARE });
    cloud.addTask(EXAMPLE_SHARE, { id: EXAMPLE_TASK });
    // the project in the example's path is not the embedded cloud's
    const event = readFileSync(`test/events/${name}`, 'utf8').replaceAll(
      'aa2d97d7e62c4b7da3ffdfc11551f878',
      cloud.projectId,
    );

    const answer = await invoke(JSON.parse(event), onFunctionGraph ? new FunctionGraphContext() : lambdaContext());

    expect(app.config.region).toBe(cloud.region);
    expect(answer.statusCode).toBe(202);
    expect(Object.keys(answer).sort()).toEqual(['body', 'headers', 'isBase64Encoded', 'statusCode']);
    expect(Object.values(answer.headers).every((value) => typeof value === 'string')).toBe(true);
    expect(answer.headers['x-request-id']).toBe(onFunctionGraph ? 'functiongraph-request-1' : 'request-1');
    expect(cloud.deletedTaskIds).toEqual([EXAMPLE_TASK]);
  });

  test('an event that came as text is read all the same', async () => {
    const { cloud, shareId, callerKey, invoke } = await deploy();
    const event = cancelEvent(
      { share_id: shareId, task_id: cloud.addTask(shareId) },
      { authorization: `Bearer ${callerKey}` },
    );

    const answer = await invoke(JSON.stringify(event));

    expect(answer.statusCode).toBe(202);
  });

  test.each([
    undefined,
    null,
    '',
    'text',
    42,
    [],
    {},
    { version: '2.0' },
    { requestContext: null },
    { httpMethod: 7, path: {} },
  ])('what is no HTTP event (%j) has no route', async (event) => {
    const { cloud, invoke } = await deploy();

    const answer = await invoke(event, {});

    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body).errCode).toBe('FN.NO_ROUTE');
    expect(cloud.requests).toEqual([]);
  });
});

describe('answers', () => {
  test('each has its request id, is JSON and is not kept by caches', async () => {
    const { invoke } = await deploy();

    const answers = await Promise.all([invoke(httpEvent('GET', '/healthz')), invoke(httpEvent('GET', '/nowhere'))]);

    for (const { headers, body } of answers) {
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-request-id': 'request-1',
      });
      expect(() => JSON.parse(body)).not.toThrow();
    }
  });

  test('the id that SFS Turbo gave is passed on, with success and with failure', async () => {
    const { cloud, shareId, cancel } = await deploy();
    const taskId = cloud.addTask(shareId);

    const [accepted, gone] = [
      await cancel({ share_id: shareId, task_id: taskId }),
      await cancel({ share_id: shareId, task_id: taskId }),
    ];

    expect(accepted.headers['x-upstream-request-id']).toMatch(/^[0-9a-f-]{32,36}$/);
    expect(gone.headers['x-upstream-request-id']).toMatch(/^[0-9a-f-]{32,36}$/);
    expect(gone.headers['x-upstream-request-id']).not.toBe(accepted.headers['x-upstream-request-id']);
  });

  test('the health check says that the function is up, without configuration, and calls nothing', async () => {
    const { cloud, invoke } = await deploy();

    const answer = await invoke(httpEvent('GET', '/healthz'));

    expect(answer).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
    expect(cloud.requests).toEqual([]);
  });

  test.each([
    { path: '/healthz', status: 200 },
    { path: '/nowhere', status: 404 },
    { path: '/v1/tasks/cancel', status: 405 },
  ])('HEAD $path is answered with $status, in the headers of any answer and without a body', async (row) => {
    const { invoke } = await deploy();

    const answer = await invoke(httpEvent('HEAD', row.path));

    expect(answer).toMatchObject({ statusCode: row.status, body: '' });
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test.each([
    { method: 'GET', path: '/v1/tasks/cancel', allow: 'POST' },
    { method: 'DELETE', path: '/v1/webhooks/tasks', allow: 'POST' },
    { method: 'POST', path: `${TASKS}/1`, allow: 'DELETE, GET' },
    { method: 'DELETE', path: TASKS, allow: 'GET' },
    { method: 'POST', path: '/healthz', allow: 'GET, HEAD' },
    { method: '__proto__', path: '/healthz', allow: 'GET, HEAD' },
  ])('$method $path is a 405 that allows $allow', async ({ method, path, allow }) => {
    const { invoke } = await deploy();

    const answer = await invoke(httpEvent(method, path));

    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
    expect(JSON.parse(answer.body).errCode).toBe('FN.METHOD_NOT_ALLOWED');
  });

  test.each([
    '/',
    '/v1',
    '/v1/tasks',
    TASKS.replace('/tasks', ''),
    `${TASKS}/a/b`,
    '/V1/tasks/cancel',
    '//v1/tasks/cancel',
    '/healthz/x',
  ])('%s is no route', async (path) => {
    const { invoke } = await deploy();

    const answer = await invoke(httpEvent('POST', path));

    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body).errCode).toBe('FN.NO_ROUTE');
  });
});

test('ids in a query string are not taken for a body, which is said to be empty', async () => {
  const { callerKey, invoke, shareId } = await deploy();
  const event = httpEvent('POST', '/v1/tasks/cancel', { authorization: `Bearer ${callerKey}` });
  const query = { share_id: shareId, task_id: 'any' };

  const answer = await invoke({
    ...event,
    rawQueryString: String(new URLSearchParams(query)),
    queryStringParameters: query,
  });

  expect(answer.statusCode).toBe(400);
  expect(JSON.parse(answer.body).errMsg).toMatch(/^body is empty; .* query strings are not read$/);
});

describe('the order of checks', () => {
  const big = 'x'.repeat(65_537);

  test.each([
    { name: 'the route before the caller', event: httpEvent('POST', '/v2', {}, big), errCode: 'FN.NO_ROUTE' },
    {
      name: 'the method before the caller',
      event: httpEvent('PUT', '/v1/tasks/cancel', {}, big),
      errCode: 'FN.METHOD_NOT_ALLOWED',
    },
    { name: 'the caller before the size', event: cancelEvent(big), errCode: 'FN.UNAUTHENTICATED' },
    {
      name: 'the size before the media type',
      key: true,
      event: cancelEvent(big, { 'content-type': 'text/plain' }),
      errCode: 'FN.BODY_TOO_LARGE',
    },
    {
      name: 'the media type before the JSON',
      key: true,
      event: cancelEvent('{', { 'content-type': 'text/plain' }),
      errCode: 'FN.MEDIA_TYPE',
    },
    { name: 'the JSON before the fields', key: true, event: cancelEvent('{"feature":'), errCode: 'SFS.TURBO.0001' },
    {
      name: 'the fields before the feature',
      key: true,
      event: cancelEvent({ feature: 'du' }),
      errCode: 'SFS.TURBO.0001',
    },
    {
      name: 'the feature before the share',
      key: true,
      event: cancelEvent({ share_id: 'foreign', task_id: 't', feature: 'du' }),
      errCode: 'SFS.TURBO.0123',
    },
    {
      name: 'the share last',
      key: true,
      event: cancelEvent({ share_id: 'foreign', task_id: 't' }),
      errCode: 'FN.FORBIDDEN',
    },
  ])('$name', async ({ event, errCode, key }) => {
    const { cloud, callerKey, invoke } = await deploy();
    const headers = { ...(event['headers'] as object), ...(key && { authorization: `Bearer ${callerKey}` }) };

    const answer = await invoke({ ...event, headers });

    expect(JSON.parse(answer.body).errCode).toBe(errCode);
    expect(cloud.requests).toEqual([]);
  });
});

describe('the body', () => {
  test('64 KiB are taken, one byte more is not', async () => {
    const { cloud, shareId, cancel } = await deploy();
    const json = JSON.stringify({ share_id: shareId, task_id: cloud.addTask(shareId) });

    const [fits, tooLarge] = await Promise.all([cancel(json.padEnd(65_536)), cancel(json.padEnd(65_537))]);

    expect(fits.statusCode).toBe(202);
    expect(tooLarge.statusCode).toBe(413);
  });

  test('its size is that of its bytes, not of their base64 or their characters', async () => {
    const { cancel } = await deploy();

    const [fits, tooLarge] = await Promise.all([
      cancel(Buffer.from(JSON.stringify({ share_id: 'é' }).padEnd(65_535))),
      cancel(JSON.stringify({ share_id: 'é' }).padEnd(65_536)),
    ]);

    expect(fits.statusCode).toBe(400);
    expect(tooLarge.statusCode).toBe(413);
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=utf8',
    'Application/JSON',
    'application/json ; x=y',
  ])('%s is JSON', async (contentType) => {
    const { cloud, shareId, callerKey, invoke } = await deploy();
    const body = { share_id: shareId, task_id: cloud.addTask(shareId) };

    const answer = await invoke(
      cancelEvent(body, { 'content-type': contentType, authorization: `Bearer ${callerKey}` }),
    );

    expect(answer.statusCode).toBe(202);
  });

  test.each([
    '',
    'text/json',
    'application/jsonp',
    'application/vnd.api+json',
    'application/json, application/json',
    'text/plain; application/json',
  ])('%j is another media type', async (contentType) => {
    const { callerKey, invoke } = await deploy();

    const answer = await invoke(cancelEvent({}, { 'content-type': contentType, authorization: `Bearer ${callerKey}` }));

    expect(answer.statusCode).toBe(415);
    expect(JSON.parse(answer.body).errCode).toBe('FN.MEDIA_TYPE');
  });
});

test('LOG_LEVEL decides on the line of each request, and not on what a DELETE leaves behind', async () => {
  const { variables, callerKey, shareId, cloud } = await deploy();
  const lines: string[] = [];
  const runtime = { ...nodeRuntime, write: (line: string) => void lines.push(line) };
  const invoke = createHandler(createApps(readHttpConfig, createHttpApp, runtime));
  const event = cancelEvent(
    { share_id: shareId, task_id: cloud.addTask(shareId) },
    { authorization: `Bearer ${callerKey}` },
  );

  const userData = { ...variables, LOG_LEVEL: 'ERROR' };
  const answer = await invoke(event, new FunctionGraphContext({ userData }));

  expect(answer.statusCode).toBe(202);
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['audit']);
});

describe('an answer that does not come', () => {
  const never = () => new Promise<never>(() => {});
  const byKey = (key: string) => cancelEvent({ share_id: 'a', task_id: 'b' }, { authorization: `Bearer ${key}` });

  test('is ended before the platform does, and may have been carried out', async () => {
    const { app, callerKey } = await deploy();
    const invoke = createHandler(onlyApp({ ...app, cancelTask: never }));

    const answer = await invoke(byKey(callerKey), lambdaContext(250));

    expect(answer.statusCode).toBe(504);
    expect(JSON.parse(answer.body)).toEqual({
      errCode: 'FN.UPSTREAM_TIMEOUT',
      errMsg: 'no answer in time; the DELETE may have been carried out',
    });
  });

  test('says nothing of a DELETE where none can have been sent', async () => {
    const { app, callerKey } = await deploy();
    const invoke = createHandler({ ...onlyApp(app), appFor: never });

    const answer = await invoke(byKey(callerKey), new FunctionGraphContext({ remainingMs: 150 }));

    expect(answer.statusCode).toBe(504);
    expect(JSON.parse(answer.body)).toEqual({ errCode: 'FN.UPSTREAM_TIMEOUT', errMsg: 'no answer in time' });
  });
});

describe('a function that is not configured', () => {
  test('answers 503 without a word of its variables, and logs each of them', async () => {
    const lines: string[] = [];
    const runtime = { ...nodeRuntime, write: (line: string) => void lines.push(line) };
    const handler = createHandler(createApps(readHttpConfig, createHttpApp, runtime));
    const userData = { HW_REGION_NAME: 'Not A Region!', HW_USER_NAME: 'du', MAX_ATTEMPTS: 'three' };

    const answer = await handler(cancelEvent({}), new FunctionGraphContext({ userData }));
    const health = await handler(httpEvent('GET', '/healthz'), new FunctionGraphContext({ userData }));

    expect(answer.statusCode).toBe(503);
    expect(JSON.parse(answer.body).errCode).toBe('FN.MISCONFIGURED');
    expect(answer.body).not.toMatch(/HW_|ALLOWED|Region!/);
    const faults = lines.map((line) => JSON.parse(line)).find(({ event }) => event === 'config.faults');
    const named = faults.faults.map((fault: string) => fault.split(' ')[0]);
    expect(named.sort()).toEqual([
      'ALLOWED_SHARES',
      'HW_DOMAIN_NAME',
      'HW_REGION_NAME',
      'HW_USER_PASSWORD',
      'MAX_ATTEMPTS',
    ]);
    expect(lines.join()).not.toMatch(/Not A Region|three/);
    expect(health.statusCode).toBe(200);
  });

  test('has its routes closed where only their key or secret is missing', async () => {
    const { invoke } = await deploy({ variables: { CALLER_KEYS: '', WEBHOOK_SECRETS: ' ' } });

    const answers = await Promise.all([
      invoke(cancelEvent({}, { authorization: 'Bearer x' })),
      invoke(httpEvent('DELETE', `${TASKS}/1`, { authorization: 'Bearer ' })),
      invoke(httpEvent('POST', '/v1/webhooks/tasks', {}, '{}')),
    ]);

    for (const { statusCode, body } of answers) {
      expect(statusCode).toBe(503);
      expect(JSON.parse(body).errCode).toBe('FN.MISCONFIGURED');
    }
  });
});
