import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createHandler } from '../../handlers/http.ts';
import type { FaultKind, TaskInput } from '../cloud/cloud.ts';
import { formatTaskTime } from '../cloud/shares.ts';
import { FunctionGraphContext, lambdaContext } from '../support/contexts.ts';
import { type Deployment, type DeploymentOptions, deploy, httpEvent, sha256 } from '../support/deployment.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK, exampleVariables } from '../support/examples.ts';
import { onlyApp } from '../support/only-app.ts';
import { expectNothingLeaked, expectTableAnswer } from '../support/table.ts';

const HOUR_MS = 3_600_000;
const ago = (ms: number) => formatTaskTime(Date.now() - ms);
const finished = (hours: number, path = '/') => ({
  path,
  status: 'SUCCESS',
  beginTime: ago((hours + 1) * HOUR_MS),
  endTime: ago(hours * HOUR_MS),
});

/** The function with a key that may read, and ways to list and to show. */
async function deployReader(options: DeploymentOptions = {}) {
  const deployment = await deploy({ rights: 'read', ...options });
  const { cloud, shareId, callerKey, invoke } = deployment;
  const headers = { authorization: `Bearer ${callerKey}` };
  const path = (project = cloud.projectId, share = shareId) =>
    `/v1/${project}/sfs-turbo/shares/${share}/fs/dir-usage/tasks`;
  const list = (query: Readonly<Record<string, string>> = {}, context = lambdaContext(), at = path()) =>
    invoke({ ...httpEvent('GET', at, headers), rawQueryString: new URLSearchParams(query).toString() }, context);
  const show = (taskId: string, context = lambdaContext(), at = path()) =>
    invoke(httpEvent('GET', `${at}/${taskId}`, headers), context);
  const add = (...tasks: readonly TaskInput[]) => tasks.map((task) => cloud.addTask(shareId, task));
  return { ...deployment, path, list, show, add };
}

const idsOf = (body: string) => JSON.parse(body).tasks.map((task: { task_id: string }) => task.task_id);

describe('a list', () => {
  test('has the members of the real API, and the age of each task', async () => {
    const { cloud, shareId, list, add } = await deployReader();
    add(finished(24, '/builds'), { beginTime: ago(2 * HOUR_MS), status: 'DOING' }, { ...finished(5), status: 'FAIL' });

    const answer = await list();

    expect(answer.statusCode).toBe(200);
    const { tasks, ...rest } = JSON.parse(answer.body);
    expect(rest).toEqual({});
    expect(tasks).toMatchObject(cloud.listed(shareId));
    const ages = tasks.map(({ age_s }: { age_s: number }) => Math.round((age_s * 1_000) / HOUR_MS));
    expect(ages).toEqual([24, 2, 5]);
  });

  test('says how old it may be, and what SFS Turbo called the request', async () => {
    const { list } = await deployReader();

    const { headers } = await list();

    expect(headers['x-data-age-max-s']).toBe('300');
    expect(headers['x-upstream-request-id']).toMatch(/^[0-9a-f-]{32,36}$/);
  });

  test('has 20 tasks unless told otherwise, and goes on from next_marker to the end', async () => {
    const { list, add } = await deployReader();
    const ids = add(...Array.from({ length: 45 }, () => ({})));
    const pages: (readonly string[])[] = [];

    let marker: string | undefined;
    do {
      const { body } = await list(marker === undefined ? {} : { marker });
      pages.push(idsOf(body));
      marker = JSON.parse(body).next_marker;
    } while (marker !== undefined);

    expect(pages.map((page) => page.length)).toEqual([20, 20, 5]);
    expect(pages.flat()).toEqual(ids);
  });

  test('that ends with a full page has an empty one behind it', async () => {
    const { list, add } = await deployReader();
    const ids = add({}, {});

    const first = JSON.parse((await list({ limit: '2' })).body);
    const second = JSON.parse((await list({ limit: '2', marker: first.next_marker })).body);

    expect(first.next_marker).toBe(ids[1]);
    expect(second).toEqual({ tasks: [] });
  });

  test.each([
    { query: { status: 'DOING' }, found: [2] },
    { query: { status: 'SUCCESS,FAIL' }, found: [0, 1, 3] },
    { query: { older_than: '4h' }, found: [0, 3] },
    { query: { older_than: 'PT36H' }, found: [] },
    { query: { path_prefix: '/builds/' }, found: [0, 2] },
    { query: { path_prefix: '/builds/', status: 'DOING', older_than: '90m' }, found: [2] },
    { query: { path_prefix: '/nowhere' }, found: [] },
  ])('with $query has tasks $found alone', async ({ query, found }) => {
    const { list, add } = await deployReader();
    const ids = add(
      finished(24, '/builds/a'),
      finished(1, '/builds-of-old'),
      { path: '/builds/b', beginTime: ago(2 * HOUR_MS), status: 'DOING' },
      { ...finished(5, '/home'), status: 'FAIL' },
    );

    const { body } = await list(query);

    expect(idsOf(body)).toEqual(found.map((index) => ids[index]));
    expect(JSON.parse(body).next_marker).toBeUndefined();
  });

  test('with a filter reads on over many pages until it is full, and goes on from there', async () => {
    const { cloud, list, add } = await deployReader();
    const ids = add(...Array.from({ length: 450 }, (_, at) => (at % 150 === 149 ? { status: 'FAIL' } : {})));
    const failed = ids.filter((_, at) => at % 150 === 149);

    const first = JSON.parse((await list({ status: 'FAIL', limit: '2' })).body);
    const lists = cloud.requestsOf('ListFsTasks').length;
    const second = await list({ status: 'FAIL', limit: '2', marker: first.next_marker });

    expect(first.tasks.map(({ task_id }: { task_id: string }) => task_id)).toEqual(failed.slice(0, 2));
    expect(first.next_marker).toBe(failed[1]);
    expect(lists).toBe(3);
    expect(idsOf(second.body)).toEqual(failed.slice(2));
    expect(JSON.parse(second.body).next_marker).toBeUndefined();
  });

  test.each([
    ['in the future', { begin_time: '2999-01-01 00:00:00', end_time: '' }],
    ['that end before they begin', { begin_time: '2024-03-01 11:46:01', end_time: '2024-03-01 11:46:00' }],
    ['that are missing', { begin_time: undefined, end_time: undefined }],
    ['that nobody can read', { begin_time: 'yesterday', end_time: '' }],
    ['of the year 1', { begin_time: '0001-01-01 00:00:00', end_time: '' }],
  ])('has no age for times %s, and leaves the task out where an age is asked for', async (_, raw) => {
    const { list, add } = await deployReader();
    const ids = add({ status: 'SUCCESS', raw });

    const [all, old] = [await list(), await list({ older_than: '0h' })];

    expect(idsOf(all.body)).toEqual(ids);
    expect(JSON.parse(all.body).tasks[0]).not.toHaveProperty('age_s');
    expect(idsOf(old.body)).toEqual([]);
  });

  test.each([
    ['no end', { end_time: undefined }],
    ['null for an end', { end_time: null }],
    ['no results', { dir_usage: undefined }],
    ['null for results', { dir_usage: { path: '/', used_capacity: null, file_count: null, message: null } }],
  ])('takes a running task with %s', async (_, raw) => {
    const { list, add } = await deployReader();
    const ids = add({ raw });

    const answer = await list({ status: 'DOING' });

    expect(idsOf(answer.body)).toEqual(ids);
  });

  test('has pages with long paths, which SFS Turbo has to be asked for in less', async () => {
    const { list, add } = await deployReader();
    const path = `/${'d'.repeat(200)}`.repeat(20);
    const ids = add(...Array.from({ length: 30 }, () => ({ path })));

    const { body } = await list({ limit: '25' });

    expect(idsOf(body)).toEqual(ids.slice(0, 25));
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=', 'limit'],
    ['limit=10&limit=20', 'limit'],
    ['marker=', 'marker'],
    ['marker=a%20b', 'marker'],
    ['status=', 'status'],
    ['status=DONE', 'status'],
    ['status=DOING,', 'status'],
    ['older_than=old', 'older_than'],
    ['path_prefix=builds', 'path_prefix'],
    ['offset=5', '"offset"'],
    ['constructor=5', '"constructor"'],
    ['__proto__=5', '"__proto__"'],
  ])('asked for with ?%s is a 400 that names %s, and no request goes out', async (query, name) => {
    const { cloud, callerKey, path, invoke } = await deployReader();

    const answer = await invoke({
      ...httpEvent('GET', path(), { authorization: `Bearer ${callerKey}` }),
      rawQueryString: query,
    });

    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ errCode: 'SFS.TURBO.0001', errMsg: expect.stringContaining(name) });
    expect(cloud.requests).toEqual([]);
  });

  test('from a marker that is gone is a 404 of SFS Turbo', async () => {
    const { list } = await deployReader();

    const answer = await list({ marker: EXAMPLE_TASK });

    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body)).toEqual({ errCode: 'SFS.TURBO.0124', errMsg: 'task_id not found' });
  });

  test('begins anew where the task between two pages is deleted meanwhile', async () => {
    const { cloud, shareId, list, add } = await deployReader();
    const ids = add({}, {}, {}, {});
    cloud.order({ operation: 'ListFsTasks', skip: 1, kind: { type: 'status', status: 404 } });

    const { statusCode, body } = await list({ status: 'DOING' });

    expect(statusCode).toBe(200);
    expect(idsOf(body)).toEqual(ids);
    expect(cloud.tasks(shareId)).toHaveLength(4);
  });

  test('goes on later where a later page fails by what may pass', async () => {
    const { cloud, list, add } = await deployReader({ variables: { MAX_ATTEMPTS: '1' } });
    const ids = add(...Array.from({ length: 150 }, (_, at) => (at % 2 === 0 ? {} : { status: 'FAIL' })));
    cloud.order({ operation: 'ListFsTasks', skip: 1, kind: { type: 'status', status: 500 } });

    const first = JSON.parse((await list({ status: 'DOING', limit: '100' })).body);
    const second = JSON.parse((await list({ status: 'DOING', limit: '100', marker: first.next_marker })).body);

    expect([first, second].map(({ tasks }) => tasks.length)).toEqual([50, 25]);
    expect(first.next_marker).toBe(ids[99]);
    expect(second).not.toHaveProperty('next_marker');
  });
});

describe('a task', () => {
  test('is shown as the real API shows it', async () => {
    const { cloud, shareId, show, add } = await deployReader();
    const [id = ''] = add(finished(3, '/builds'));

    const answer = await show(id);

    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(cloud.listed(shareId)[0]);
    expect(answer.headers['x-data-age-max-s']).toBe('300');
    expect(answer.headers['x-upstream-request-id']).toMatch(/^[0-9a-f-]{32,36}$/);
  });

  test('that is not there is a 404 of SFS Turbo', async () => {
    const { show } = await deployReader();

    const answer = await show(EXAMPLE_TASK);

    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body)).toEqual({ errCode: 'SFS.TURBO.0124', errMsg: 'task_id not found' });
    expect(answer.headers).not.toHaveProperty('x-data-age-max-s');
  });
});

describe.each(['list', 'show'] as const)('%s', (name) => {
  const read = (deployment: Awaited<ReturnType<typeof deployReader>>, context = lambdaContext(), path?: string) =>
    name === 'list' ? deployment.list({}, context, path) : deployment.show(EXAMPLE_TASK, context, path);
  const operation = name === 'list' ? 'ListFsTasks' : 'ShowFsTask';

  test('of another project is a 403 before anything of it is read', async () => {
    const deployment = await deployReader();

    const answer = await read(deployment, lambdaContext(), deployment.path('f'.repeat(32)));

    expect(answer.statusCode).toBe(403);
    expect(JSON.parse(answer.body).errCode).toBe('FN.FORBIDDEN');
    expect(deployment.cloud.requestsOf(operation)).toEqual([]);
  });

  test('of another project goes out to nobody where the project is configured', async () => {
    const deployment = await deployReader({ variables: { HW_PROJECT_ID: '0'.repeat(32) } });

    const answer = await read(deployment);

    expect(answer.statusCode).toBe(403);
    expect(deployment.cloud.requests).toEqual([]);
    expect(deployment.logged('http.request')).toMatchObject([
      { status: 403, reason: "project_id is not the project of the function's credentials" },
    ]);
  });

  const task = { task_id: 'a', status: 'DOING', begin_time: '2024-03-01 11:46:01', end_time: '' };
  test.each([
    '',
    'null',
    '[]',
    '<html>',
    '{}',
    { ...task, task_id: 7 },
    { ...task, task_id: '' },
    { ...task, task_id: undefined },
    { ...task, status: undefined },
    { ...task, status: 'PAUSED' },
    { ...task, begin_time: 1_709_293_561 },
    { ...task, dir_usage: 'large' },
    { ...task, dir_usage: { path: 7 } },
    { ...task, dir_usage: { used_capacity: '12' } },
    { ...task, dir_usage: { file_count: { regular: '3' } } },
    7,
  ])('of what is not as documented (%j) is a 502', async (answered) => {
    const deployment = await deployReader();
    const whole =
      typeof answered === 'object' && name === 'list' ? { tasks: [{ ...task, task_id: 'b' }, answered] } : answered;
    const body = typeof whole === 'string' ? whole : JSON.stringify(whole);
    deployment.cloud.order({ operation, times: 9, kind: { type: 'status', status: 200, body } });

    const answer = await read(deployment);

    expect(answer.statusCode).toBe(502);
    expect(JSON.parse(answer.body)).toEqual({
      errCode: 'FN.UPSTREAM_INVALID',
      errMsg: 'SFS Turbo answered 200 with something undocumented',
    });
  });

  const faults: readonly FaultKind[] = [
    { type: 'latency', ms: 50 },
    { type: 'throttle', retryAfter: '60' },
    ...[302, 400, 401, 403, 409, 418, 500, 502, 503, 504].map((status) => ({ type: 'status' as const, status })),
    { type: 'reset', when: 'before' },
    { type: 'reset', when: 'after' },
    { type: 'truncate', bytes: 40 },
    { type: 'truncate', bytes: 300 },
    { type: 'garbage', bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"tasks"', thenHang: true },
    { type: 'silence' },
    { type: 'stallBody' },
  ];

  test.each(faults)('is answered from the table and in time under %j, with no word of a DELETE', async (kind) => {
    const deployment = await deployReader({ variables: { REQUEST_TIMEOUT_MS: '300' } });
    deployment.cloud.addTask(deployment.shareId, { id: EXAMPLE_TASK });
    deployment.cloud.order({ operation, times: Number.POSITIVE_INFINITY, kind });
    const endsAtMs = performance.now() + 2_500;

    const answer = await read(deployment, lambdaContext(2_500));

    expect(performance.now()).toBeLessThan(endsAtMs);
    expect(answer.body).not.toMatch(/DELETE/);
    if (answer.statusCode !== 200) expectTableAnswer(answer);
    expect([kind.type === 'latency', answer.statusCode === 200]).toEqual([
      kind.type === 'latency',
      kind.type === 'latency',
    ]);
    expectNothingLeaked(deployment, [answer]);
  });

  test('that gets no answer at all ends before the platform does', async () => {
    const never = () => new Promise<never>(() => {});
    const deployment = await deployReader();
    const invoke = createHandler(onlyApp({ ...deployment.app, listTasks: never, showTask: never }));
    const path = name === 'list' ? deployment.path() : `${deployment.path()}/${EXAMPLE_TASK}`;

    const event = httpEvent('GET', path, { authorization: `Bearer ${deployment.callerKey}` });
    const answer = await invoke(event, lambdaContext(250));

    expect(answer.statusCode).toBe(504);
    expect(JSON.parse(answer.body)).toEqual({ errCode: 'FN.UPSTREAM_TIMEOUT', errMsg: 'no answer in time' });
  });
});

test('reading leaves no audit line, and deletes nothing', async () => {
  const { cloud, logged, list, show, add } = await deployReader();
  const [id = ''] = add({});

  await list();
  await show(id);

  expect(logged('audit')).toEqual([]);
  expect(new Set(cloud.requests.map(({ method }) => method))).toEqual(new Set(['POST', 'GET']));
  expect(cloud.requestsOf('CreateToken')).toHaveLength(1);
});

test.each(['http-api', 'rest-api', 'functiongraph'])('the query of an event of %s is read', async (gateway) => {
  const { cloud, invoke }: Deployment = await deploy({
    variables: { ...exampleVariables, CALLER_KEYS: `example:${sha256('example-caller-key')}:read` },
  });
  cloud.addShare({ id: EXAMPLE_SHARE });
  for (let at = 0; at < 7; at += 1) cloud.addTask(EXAMPLE_SHARE, { path: '/builds/nightly run', status: 'FAIL' });
  cloud.addTask(EXAMPLE_SHARE, { path: '/builds/nightly', status: 'FAIL' });
  const event = readFileSync(`test/events/${gateway}-list.json`, 'utf8').replaceAll(
    'aa2d97d7e62c4b7da3ffdfc11551f878',
    cloud.projectId,
  );

  const answer = await invoke(
    JSON.parse(event),
    gateway === 'functiongraph' ? new FunctionGraphContext() : lambdaContext(),
  );

  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body).tasks).toHaveLength(5);
  expect(JSON.parse(answer.body).next_marker).toBe(cloud.tasks(EXAMPLE_SHARE)[4]?.id);
});
