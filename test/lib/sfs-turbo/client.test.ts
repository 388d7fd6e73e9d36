import { describe, expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../../lib/app.ts';
import { readHttpConfig } from '../../../lib/config/read-config.ts';
import type { Call } from '../../../lib/core/call.ts';
import { createLogs } from '../../../lib/core/log.ts';
import { parseProjectId, parseShareId, type ShareId, type TaskRef } from '../../../lib/core/task.ts';
import type { SfsTurbo } from '../../../lib/sfs-turbo/client.ts';
import type { Deleted } from '../../../lib/sfs-turbo/delete-outcome.ts';
import type { DeleteTask } from '../../../lib/sfs-turbo/delete-task.ts';
import { type Cloud, type CloudOptions, type FaultKind, startCloud } from '../../cloud/cloud.ts';
import { createFakeRuntime, type FakeRuntime } from '../../support/fake-runtime.ts';
import { toTaskId } from '../../support/ids.ts';

interface Bench {
  readonly cloud: Cloud;
  readonly runtime: FakeRuntime;
  readonly sfsTurbo: SfsTurbo;
  readonly shareId: ShareId;
  /** Adds up how often DELETEs were sent. */
  readonly tally: { attempts: number };
  /** Throws the failure, if there is one. */
  readonly deleteRef: (...input: Parameters<DeleteTask>) => Promise<Deleted & { readonly projectId: string }>;
  readonly call: (remainingMs?: number) => Call;
  readonly ref: (taskId: string, projectId?: string) => TaskRef;
  readonly deleteTask: (taskId: string) => ReturnType<Bench['deleteRef']>;
  /** How often a DELETE arrived. */
  readonly deletes: () => number;
}

interface BenchOptions {
  readonly cloud?: CloudOptions;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The typed calls in front of the embedded SFS Turbo, with one share. */
async function startBench({ cloud: cloudOptions, variables }: BenchOptions = {}): Promise<Bench> {
  const runtime = createFakeRuntime();
  const cloud = await startCloud({ now: runtime.now, ...cloudOptions });
  onTestFinished(() => cloud.close());
  const values: Record<string, string> = {
    ...cloud.environment(),
    ALLOWED_SHARES: '*',
    ...variables,
  };
  const config = readHttpConfig((name) => values[name]);
  const app = createApp(config, runtime);
  onTestFinished(() => app.close());
  const { sfsTurbo } = app;
  const log = createLogs('DEBUG', runtime.write)('request-1');
  const shareId = parseShareId(cloud.addShare());
  const tally = { attempts: 0 };
  const deleteTask: Bench['deleteRef'] = async (...input) => {
    const deletion = await sfsTurbo.deleteTask(...input);
    tally.attempts += deletion.sends;
    if ('failure' in deletion) throw deletion.failure;
    return deletion;
  };
  const call = (remainingMs = 25_000): Call => ({ requestId: 'r', deadlineAtMs: runtime.now() + remainingMs, log });
  const ref: Bench['ref'] = (taskId, projectId) => ({
    shareId,
    taskId: toTaskId(taskId),
    feature: 'dir-usage',
    projectId: projectId === undefined ? undefined : parseProjectId(projectId),
  });
  return {
    cloud,
    runtime,
    sfsTurbo,
    shareId,
    tally,
    call,
    ref,
    deleteRef: deleteTask,
    deleteTask: (taskId) => deleteTask(ref(taskId), call()),
    deletes: () => cloud.requestsOf('DeleteFsTask').length,
  };
}

/** One attempt's limit is short where a fault means to wait for it, and else long enough for a busy machine. */
function startBenchFor({ type }: FaultKind): Promise<Bench> {
  const waits = type === 'silence' || type === 'stallBody';
  return startBench({ variables: { REQUEST_TIMEOUT_MS: waits ? '150' : '5000' } });
}

/** Orders a fault for every DELETE. */
function alwaysFails(cloud: Cloud, kind: FaultKind): void {
  cloud.order({ operation: 'DeleteFsTask', times: Number.POSITIVE_INFINITY, kind });
}

describe('an accepted DELETE', () => {
  test('goes to the documented path with the documented headers', async () => {
    const { cloud, shareId, deleteTask } = await startBench();
    const taskId = cloud.addTask(shareId);

    const result = await deleteTask(taskId);

    const [request] = cloud.requestsOf('DeleteFsTask');
    expect(request?.target).toBe(
      `/v1/${cloud.projectId}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks/${encodeURIComponent(taskId)}`,
    );
    expect(request?.headers['content-type']).toBe('application/json');
    expect(request?.headers['x-auth-token']).toHaveLength(8_900);
    expect(request?.body).toBe('');
    expect(result).toMatchObject({ outcome: 'accepted', projectId: cloud.projectId, upstreamStatus: 202 });
    expect(result.upstreamRequestId).toMatch(/^[0-9a-f]{32}$/);
    expect(cloud.task(shareId, taskId)).toBeUndefined();
  });

  test.each([
    [200, undefined],
    [200, '{}'],
    [202, undefined],
    [202, '{"task_id":"x"}'],
    [202, ' \r\n'],
    [204, undefined],
  ])('is one that is answered with %i and the body %j', async (status, body) => {
    const { cloud, deleteTask } = await startBench();
    const kind = { type: 'status', status, act: false, ...(body !== undefined && { body }) } as const;
    cloud.order({ operation: 'DeleteFsTask', kind });

    const result = await deleteTask('any');

    expect(result).toMatchObject({ outcome: 'accepted', upstreamStatus: status });
  });

  test.each([
    ['cut', { type: 'garbage', bytes: 'HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n{' }],
    ['stalled', { type: 'stallBody' }],
  ] as const)('is one whose status came, though its body was %s', async (_, kind) => {
    const { cloud, shareId, deleteTask, deletes } = await startBenchFor(kind);
    cloud.order({ operation: 'DeleteFsTask', kind });

    const result = await deleteTask(cloud.addTask(shareId));

    expect(result).toMatchObject({ outcome: 'accepted', upstreamStatus: 202 });
    expect(deletes()).toBe(1);
  });

  test.each([
    ['a page', '<html>welcome to the portal</html>'],
    ['half a JSON', '{"task'],
    ['text', 'OK'],
    ['more than 64 KiB', JSON.stringify('x'.repeat(70_000))],
  ])('is not one whose 200 has %s for a body', async (_, body) => {
    const { cloud, deleteTask, deletes } = await startBench();
    alwaysFails(cloud, { type: 'status', status: 200, body });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ code: 'upstream_invalid', status: 502 });
    await expect(failing).rejects.toThrow(/; the DELETE may have been carried out$/);
    expect(deletes()).toBe(1);
  });
});

describe('a refusal', () => {
  const sfsTurboBody = (status: number, code: string) => ({
    type: 'status' as const,
    status,
    body: { errCode: `SFS.TURBO.${code}`, errMsg: `message of ${code}` },
  });

  test.each([
    [sfsTurboBody(400, '0001'), { code: 'upstream_bad_request', status: 400, errCode: 'SFS.TURBO.0001' }],
    [sfsTurboBody(400, '0123'), { code: 'upstream_bad_request', status: 400, errCode: 'SFS.TURBO.0123' }],
    [sfsTurboBody(404, '0124'), { code: 'task_not_found', status: 404, errCode: 'SFS.TURBO.0124' }],
    [sfsTurboBody(404, '0002'), { code: 'task_not_found', status: 404, errCode: 'SFS.TURBO.0002' }],
    [sfsTurboBody(409, '0040'), { code: 'upstream_conflict', status: 409, errCode: 'SFS.TURBO.0040' }],
  ])('by %j is told as it came, after one attempt', async (kind, told) => {
    const { cloud, deleteTask, deletes } = await startBenchFor(kind);
    alwaysFails(cloud, kind);

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ ...told, message: kind.body.errMsg });
    expect(deletes()).toBe(1);
  });

  test('for want of privileges names the share that was asked for', async () => {
    const kind = sfsTurboBody(403, '9000');
    const { cloud, shareId, deleteTask, deletes } = await startBenchFor(kind);
    alwaysFails(cloud, kind);

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({
      code: 'upstream_forbidden',
      status: 403,
      errCode: 'SFS.TURBO.9000',
      message: `message of 9000 (share_id ${shareId})`,
    });
    expect(deletes()).toBe(1);
  });

  test.each([
    ['its API pages', { errCode: 'SFS.TURBO.0001', errMsg: 'no' }, 'SFS.TURBO.0001'],
    ['its gateway', { error_code: 'APIGW.0106', error_msg: 'no', request_id: 'x' }, 'APIGW.0106'],
    ['IAM', { error: { code: 'IAM.0007', message: 'no', title: 'Bad' } }, 'IAM.0007'],
    ['IAM with a number', { error: { code: 400, message: 'no', title: 'Bad' } }, '400'],
  ])('in the shape of %s is understood', async (_, body, errCode) => {
    const { cloud, deleteTask } = await startBench();
    alwaysFails(cloud, { type: 'status', status: 400, body });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ status: 400, errCode, message: 'no' });
  });

  test.each(
    [400, 403, 404, 409, 500].flatMap((status) =>
      ['', '<html>', '{}', '[]', '{"errMsg":"x"}'].map((body) => ({ status, body })),
    ),
  )('by $status with the body $body is not believed', async ({ status, body }) => {
    const { cloud, deleteTask } = await startBench();
    alwaysFails(cloud, { type: 'status', status, body });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ code: 'upstream_invalid', status: 502, upstream: { status } });
    await expect(failing).rejects.toThrow(status === 500 ? /may have been carried out/ : /was not carried out/);
  });

  test.each([
    { error_code: 'APIGW.0101', error_msg: 'The API does not exist', request_id: 'x' },
    { error: { code: 404, message: 'page not found' } },
  ])('by 404 from elsewhere (%j) says nothing of the task', async (body) => {
    const { cloud, deleteTask, deletes } = await startBench();
    alwaysFails(cloud, { type: 'status', status: 404, body });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ code: 'upstream_invalid', status: 502 });
    expect(deletes()).toBe(1);
  });

  test.each([201, 206, 300, 301, 302, 307, 308, 304, 402, 405, 406, 410, 411, 413, 418, 451, 494, 501, 505, 599, 999])(
    'by the undocumented %i is invalid',
    async (status) => {
      const { cloud, deleteTask, deletes } = await startBench();
      const headers = { Location: `${cloud.iamUrl}/elsewhere` };
      const body = { errCode: 'SFS.TURBO.0001', errMsg: 'x' };
      alwaysFails(cloud, { type: 'status', status, headers, ...(status !== 304 && { body }) });

      const failing = deleteTask('any');

      await expect(failing).rejects.toMatchObject({ code: 'upstream_invalid', status: 502, upstream: { status } });
      expect(deletes()).toBe(1);
      expect(cloud.requests.filter(({ path }) => path.includes('elsewhere'))).toEqual([]);
    },
  );
});

describe('a failure that may pass', () => {
  const kinds: readonly FaultKind[] = [
    { type: 'throttle' },
    { type: 'throttle', retryAfter: '2' },
    { type: 'status', status: 500 },
    { type: 'status', status: 500, body: '<html>' },
    { type: 'status', status: 502 },
    { type: 'status', status: 503, body: '<html>' },
    { type: 'status', status: 504 },
    { type: 'status', status: 408, body: '' },
    { type: 'status', status: 400, body: { errCode: 'SFS.TURBO.0011', errMsg: 'Cluster is doing something' } },
    { type: 'status', status: 409, body: { errCode: 'SFS.TURBO.0037', errMsg: 'operation conflict' } },
    { type: 'reset', when: 'before' },
    { type: 'silence' },
    { type: 'truncate', bytes: 0, act: false },
    { type: 'truncate', bytes: 30, act: false },
  ];

  test.each(kinds.map((kind) => ({ kind })))('$kind is tried again until it has passed', async ({ kind }) => {
    const { cloud, shareId, deleteTask, deletes, tally } = await startBenchFor(kind);
    cloud.order({ operation: 'DeleteFsTask', times: 2, kind });

    const result = await deleteTask(cloud.addTask(shareId));

    expect(result.outcome).toBe('accepted');
    expect(deletes()).toBe(3);
    expect(tally.attempts).toBe(3);
  });

  test.each([
    [{ type: 'throttle' }, { code: 'upstream_throttled', status: 503, errCode: 'APIGW.0308', retryAfterMs: 5_000 }],
    [
      { type: 'throttle', retryAfter: '1' },
      { code: 'upstream_throttled', status: 503, retryAfterMs: 1_000 },
    ],
    [
      { type: 'status', status: 500 },
      { code: 'upstream_error', status: 500, errCode: 'SFS.TURBO.0005' },
    ],
    [
      { type: 'status', status: 502 },
      { code: 'upstream_unavailable', status: 503, errCode: 'FN.UPSTREAM_UNAVAILABLE' },
    ],
    [
      { type: 'status', status: 503 },
      { code: 'upstream_unavailable', status: 503, errCode: 'FN.UPSTREAM_UNAVAILABLE' },
    ],
    [
      { type: 'status', status: 504 },
      { code: 'upstream_timeout', status: 504, errCode: 'FN.UPSTREAM_TIMEOUT' },
    ],
    [
      { type: 'status', status: 408 },
      { code: 'upstream_invalid', status: 502, errCode: 'FN.UPSTREAM_INVALID' },
    ],
    [{ type: 'silence' }, { code: 'upstream_timeout', status: 504, errCode: 'FN.UPSTREAM_TIMEOUT' }],
    [
      { type: 'reset', when: 'before' },
      { code: 'upstream_unavailable', status: 503 },
    ],
    [
      { type: 'status', status: 429, body: '<html>' },
      { code: 'upstream_throttled', status: 503, errCode: 'FN.UPSTREAM_UNAVAILABLE' },
    ],
  ] as const)('%j that lasts is told after three attempts', async (kind, told) => {
    const { cloud, deleteTask, deletes } = await startBenchFor(kind);
    alwaysFails(cloud, kind);

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject(told);
    expect(deletes()).toBe(3);
  });

  test('garbage is not tried again', async () => {
    const { cloud, deleteTask, deletes } = await startBench();
    alwaysFails(cloud, { type: 'garbage', bytes: '+OK POP3 ready\r\n' });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ code: 'upstream_invalid', status: 502 });
    expect(deletes()).toBe(1);
  });

  test('a Retry-After beyond the deadline is not waited for, and told', async () => {
    const { cloud, runtime, deleteTask, deletes } = await startBench();
    alwaysFails(cloud, { type: 'throttle', retryAfter: '60' });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ status: 503, retryAfterMs: 60_000 });
    expect(deletes()).toBe(1);
    expect(runtime.sleeps).toEqual([]);
  });

  test('the deadline ends the attempts', async () => {
    const { cloud, call, ref, tally, deleteRef } = await startBench();
    alwaysFails(cloud, { type: 'status', status: 503 });

    const failing = deleteRef(ref('any'), call(120));

    await expect(failing).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(tally.attempts).toBe(2);
  });
});

describe('what became of the DELETE', () => {
  const NOT_DONE = 'the DELETE was not carried out';
  const MAYBE_DONE = 'the DELETE may have been carried out';

  test.each<[FaultKind, string]>([
    [{ type: 'silence' }, MAYBE_DONE],
    [{ type: 'silence', act: true }, MAYBE_DONE],
    [{ type: 'reset', when: 'before' }, MAYBE_DONE],
    [{ type: 'status', status: 502 }, MAYBE_DONE],
    [{ type: 'status', status: 503 }, MAYBE_DONE],
    [{ type: 'status', status: 504 }, MAYBE_DONE],
    [{ type: 'status', status: 501 }, MAYBE_DONE],
    [{ type: 'status', status: 500, body: '?' }, MAYBE_DONE],
    [{ type: 'status', status: 200, body: '?' }, MAYBE_DONE],
    [{ type: 'garbage', bytes: '?\r\n\r\n' }, MAYBE_DONE],
    [{ type: 'status', status: 302 }, NOT_DONE],
    [{ type: 'status', status: 400, body: '?' }, NOT_DONE],
    [{ type: 'status', status: 404, body: '?' }, NOT_DONE],
    [{ type: 'status', status: 418 }, NOT_DONE],
  ])('after %j: %s', async (kind, fate) => {
    const { cloud, deleteTask } = await startBenchFor(kind);
    alwaysFails(cloud, kind);

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ message: expect.stringMatching(new RegExp(`; ${fate}$`)) });
  });

  test('is not forgotten over later attempts', async () => {
    const { cloud, deleteTask } = await startBenchFor({ type: 'silence' });
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'silence' } });
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 400, body: '?' } });

    const failing = deleteTask('any');

    await expect(failing).rejects.toThrow(/400 without a readable error; the DELETE may have been carried out$/);
  });

  test.each<[FaultKind, string]>([
    [{ type: 'status', status: 403 }, 'no privileges to operate (share_id SHARE)'],
    [{ type: 'status', status: 400, body: { errCode: 'SFS.TURBO.0001', errMsg: 'no' } }, 'no'],
    [{ type: 'status', status: 409, body: { errCode: 'SFS.TURBO.0040', errMsg: 'no' } }, 'no'],
    [{ type: 'throttle', retryAfter: '99' }, 'The throttling threshold has been reached'],
  ])('is told beside what is passed on of %j, when an earlier attempt left it open', async (kind, said) => {
    const { cloud, shareId, deleteTask } = await startBench();
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 502 } });
    cloud.order({ operation: 'DeleteFsTask', kind });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ message: `${said.replace('SHARE', shareId)}; ${MAYBE_DONE}` });
  });

  test('is told when the token was refused after an attempt that may have been carried out', async () => {
    const { cloud, shareId, deleteTask } = await startBench();
    const taskId = cloud.addTask(shareId);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'reset', when: 'after' } });
    cloud.order({ operation: 'DeleteFsTask', times: 2, kind: { type: 'status', status: 401 } });

    const failing = deleteTask(taskId);

    await expect(failing).rejects.toMatchObject({ code: 'iam_rejected', message: expect.stringMatching(MAYBE_DONE) });
    expect(cloud.deletedTaskIds).toEqual([taskId]);
  });

  test('is nothing when IAM gave no token', async () => {
    const { cloud, deleteTask, deletes } = await startBenchFor({ type: 'silence' });
    cloud.order({ operation: 'CreateToken', times: 3, kind: { type: 'silence' } });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ message: `IAM did not answer in time; ${NOT_DONE}` });
    expect(deletes()).toBe(0);
  });

  test('is nothing when SFS Turbo cannot be reached', async () => {
    const { deleteTask } = await startBench({ variables: { SFS_TURBO_ENDPOINT: 'http://127.0.0.1:1' } });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ message: `SFS Turbo cannot be reached; ${NOT_DONE}`, status: 503 });
  });

  test('is nothing when the time was up before it was sent', async () => {
    const { sfsTurbo, call, ref, tally, deletes, deleteRef } = await startBench();
    await sfsTurbo.listSharePage(0, call());

    const failing = deleteRef(ref('any'), call(0));

    await expect(failing).rejects.toMatchObject({ message: `SFS Turbo did not answer in time; ${NOT_DONE}` });
    expect(deletes()).toBe(0);
    expect(tally.attempts).toBe(0);
  });
});

describe('"already gone"', () => {
  test.each<[string, FaultKind]>([
    ['a reset after the act', { type: 'reset', when: 'after' }],
    ['a time-out after the act', { type: 'silence', act: true }],
    ['a 500 after the act', { type: 'status', status: 500, act: true }],
    ['a 502 after the act', { type: 'status', status: 502, act: true }],
    ['a 504 after the act', { type: 'status', status: 504, act: true }],
    ['an answer cut in its head', { type: 'truncate', bytes: 10 }],
  ])('is said of a task that %s has removed', async (_, kind) => {
    const { cloud, shareId, deleteTask, deletes, tally } = await startBenchFor(kind);
    const taskId = cloud.addTask(shareId);
    cloud.order({ operation: 'DeleteFsTask', kind });

    const result = await deleteTask(taskId);

    expect(result).toMatchObject({ outcome: 'already_gone', upstreamStatus: 404 });
    expect(deletes()).toBe(2);
    expect(tally.attempts).toBe(2);
    expect(cloud.deletedTaskIds).toEqual([taskId]);
  });

  test('is said when a dead connection hid the first answer', async () => {
    const { cloud, shareId, deleteTask, tally } = await startBench();
    await deleteTask(cloud.addTask(shareId));
    const taskId = cloud.addTask(shareId);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'reset', when: 'after' } });

    const result = await deleteTask(taskId);

    expect(result.outcome).toBe('already_gone');
    expect(tally.attempts).toBe(1 + 2);
    expect(cloud.deletedTaskIds.filter((id) => id === taskId)).toHaveLength(1);
  });

  test.each([
    ['is said', 1],
    ['is not forgotten', 2],
  ])('%s when the token died between the two sendings that a dead connection took', async (_, refusals) => {
    const { cloud, shareId, deleteTask } = await startBench();
    await deleteTask(cloud.addTask(shareId));
    const taskId = cloud.addTask(shareId);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'reset', when: 'after' } });
    cloud.order({ operation: 'DeleteFsTask', times: refusals, kind: { type: 'status', status: 401 } });

    const [outcome] = await Promise.allSettled([deleteTask(taskId)]);

    if (refusals === 1) expect(outcome).toMatchObject({ value: { outcome: 'already_gone' } });
    else expect(outcome).toMatchObject({ reason: { message: expect.stringMatching(/may have been carried out$/) } });
  });

  test('is not said of a 404 at first', async () => {
    const { deleteTask, deletes } = await startBench();

    const failing = deleteTask('never-was');

    await expect(failing).rejects.toMatchObject({ code: 'task_not_found', status: 404, errCode: 'SFS.TURBO.0124' });
    expect(deletes()).toBe(1);
  });

  test.each<[string, FaultKind]>([
    ['a refused request', { type: 'throttle' }],
    ['a conflict', { type: 'status', status: 409, body: { errCode: 'SFS.TURBO.0037', errMsg: 'conflict' } }],
    [
      'a refusal whose body was cut',
      { type: 'garbage', bytes: 'HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n{' },
    ],
  ])('is not said when the first attempt was %s', async (_, kind) => {
    const { cloud, deleteTask, deletes } = await startBenchFor(kind);
    cloud.order({ operation: 'DeleteFsTask', kind });

    const failing = deleteTask('never-was');

    await expect(failing).rejects.toMatchObject({ code: 'task_not_found', status: 404 });
    expect(deletes()).toBe(2);
  });

  test('is not said when a dead token was renewed between the attempts', async () => {
    const { cloud, shareId, deleteTask } = await startBench();
    await deleteTask(cloud.addTask(shareId));
    cloud.revokeTokens();

    const failing = deleteTask('never-was');

    await expect(failing).rejects.toMatchObject({ code: 'task_not_found', status: 404 });
  });

  test.each<[string, FaultKind]>([
    ["a gateway's", { type: 'status', status: 404, body: { error_code: 'APIGW.0101', error_msg: 'no API' } }],
    ["a proxy's", { type: 'status', status: 404, body: '<html>' }],
    [
      "SFS Turbo's, of another thing",
      { type: 'status', status: 404, body: { errCode: 'SFS.TURBO.0002', errMsg: '?' } },
    ],
    ["SFS Turbo's code in a 403", { type: 'status', status: 403, body: { errCode: 'SFS.TURBO.0124', errMsg: '?' } }],
  ])('is not said for a 404 that is %s', async (_, kind) => {
    const { cloud, deleteTask } = await startBenchFor(kind);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'reset', when: 'before' } });
    cloud.order({ operation: 'DeleteFsTask', kind });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({ name: 'ServiceError' });
  });
});

describe('a dead token', () => {
  test('is renewed once, and the request replayed once', async () => {
    const { cloud, shareId, deleteTask, deletes, tally } = await startBench();
    await deleteTask(cloud.addTask(shareId));
    cloud.revokeTokens();

    const result = await deleteTask(cloud.addTask(shareId));

    expect(result.outcome).toBe('accepted');
    expect(cloud.requestsOf('CreateToken')).toHaveLength(2);
    expect(deletes()).toBe(1 + 2);
    expect(tally.attempts).toBe(1 + 2);
  });

  test('that a fresh one does not cure is told as our fault, not the caller’s', async () => {
    const { cloud, deleteTask, deletes } = await startBench();
    alwaysFails(cloud, { type: 'status', status: 401 });

    const failing = deleteTask('any');

    await expect(failing).rejects.toMatchObject({
      code: 'iam_rejected',
      status: 502,
      errCode: 'FN.IAM_REJECTED',
      upstream: { status: 401, errCode: 'APIGW.0301' },
    });
    expect(deletes()).toBe(2);
    expect(cloud.requestsOf('CreateToken')).toHaveLength(2);
  });

  test('of 50 calls at once costs one more token', async () => {
    const { cloud, shareId, deleteTask } = await startBench({
      cloud: { rateLimitPerSecond: Number.POSITIVE_INFINITY },
    });
    await deleteTask(cloud.addTask(shareId));
    cloud.revokeTokens();
    const taskIds = Array.from({ length: 50 }, () => cloud.addTask(shareId));

    const results = await Promise.all(taskIds.map(deleteTask));

    expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true);
    expect(cloud.requestsOf('CreateToken')).toHaveLength(2);
    expect(cloud.deletedTaskIds).toHaveLength(51);
  });
});

describe('a project that is not ours', () => {
  test('is refused before any DELETE is sent', async () => {
    const { cloud, call, ref, tally, deletes, deleteRef } = await startBench();

    const failing = deleteRef(ref('any', cloud.foreignProjectId), call());

    await expect(failing).rejects.toMatchObject({ code: 'forbidden', status: 403, errCode: 'FN.FORBIDDEN' });
    expect(deletes()).toBe(0);
    expect(tally.attempts).toBe(0);
  });

  test('is not one that is ours by name', async () => {
    const { cloud, shareId, call, ref, deleteRef } = await startBench();

    const result = await deleteRef(ref(cloud.addTask(shareId), cloud.projectId), call());

    expect(result.outcome).toBe('accepted');
  });
});

describe('a page of tasks', () => {
  test('has every task as it is listed, with its oddities', async () => {
    const { cloud, sfsTurbo, shareId, call } = await startBench();
    const done = cloud.addTask(shareId, {
      status: 'SUCCESS',
      beginTime: '2024-03-01 11:46:01',
      endTime: '2024-03-01 11:50:00',
      path: '/data',
    });
    cloud.addTask(shareId, { id: 'odd', raw: { status: 'PAUSED', begin_time: '2024-02-30 00:00:00', end_time: null } });
    cloud.addTask(shareId, { id: 'worse', raw: { task_id: '../up', dir_usage: 7, status: 3, begin_time: 0 } });

    const page = await sfsTurbo.listTaskPage(shareId, undefined, call());

    expect(page).toMatchObject([
      {
        rawId: done,
        taskId: done,
        status: 'SUCCESS',
        begin: { type: 'time', atMs: Date.UTC(2024, 2, 1, 11, 46, 1) },
        end: { type: 'time', atMs: Date.UTC(2024, 2, 1, 11, 50, 0) },
        path: '/data',
        usedCapacityBytes: 1_024_000,
      },
      { rawId: 'odd', taskId: 'odd', status: undefined, begin: { type: 'unreadable' }, end: { type: 'absent' } },
      { rawId: '../up', taskId: undefined, status: undefined, path: undefined, begin: { type: 'unreadable' } },
    ]);
    expect(cloud.requestsOf('ListFsTasks')[0]?.query).toEqual({ limit: '100' });
  });

  test('begins after its marker, and an empty one is the end', async () => {
    const { cloud, sfsTurbo, shareId, call } = await startBench();
    const ids = Array.from({ length: 150 }, () => cloud.addTask(shareId));

    const first = await sfsTurbo.listTaskPage(shareId, undefined, call());
    const second = await sfsTurbo.listTaskPage(shareId, ids[99], call());
    const third = await sfsTurbo.listTaskPage(shareId, ids[149], call());

    expect([...first, ...second].map(({ taskId }) => taskId)).toEqual(ids);
    expect(third).toEqual([]);
  });

  test('whose marker is gone fails', async () => {
    const { sfsTurbo, shareId, call } = await startBench();

    const failing = sfsTurbo.listTaskPage(shareId, 'gone', call());

    await expect(failing).rejects.toMatchObject({ code: 'task_not_found' });
  });

  test('that is too large is asked for in less', async () => {
    const { cloud, sfsTurbo, shareId, call } = await startBench();
    const ids = Array.from({ length: 30 }, (_, n) => cloud.addTask(shareId, { path: `/${n}${'/p'.repeat(2_000)}` }));

    const page = await sfsTurbo.listTaskPage(shareId, undefined, call());

    expect(page.map(({ taskId }) => taskId)).toEqual(ids.slice(0, 5));
    expect(cloud.requestsOf('ListFsTasks').map(({ query }) => query['limit'])).toEqual(['100', '25', '5']);
  });

  test('that is too large however little is asked for fails', async () => {
    const { cloud, sfsTurbo, shareId, call } = await startBench();
    cloud.addTask(shareId, { path: 'x'.repeat(70_000) });

    const failing = sfsTurbo.listTaskPage(shareId, undefined, call());

    await expect(failing).rejects.toMatchObject({ code: 'upstream_invalid' });
  });

  test.each<[string, string | object]>([
    ['no JSON', '<html>'],
    ['a list', '[]'],
    ['no tasks', {}],
    ['null for tasks', { tasks: null }],
    ['an object for tasks', { tasks: {} }],
    ['a member that is no object', { tasks: [{ task_id: 'a' }, 7] }],
    ['a member that is null', { tasks: [null] }],
  ])('with %s fails, as it is not known to be whole', async (_, body) => {
    const { cloud, sfsTurbo, shareId, call } = await startBench();
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 200, body } });

    const failing = sfsTurbo.listTaskPage(shareId, undefined, call());

    await expect(failing).rejects.toMatchObject({ code: 'upstream_invalid', status: 502 });
    await expect(failing).rejects.not.toThrow(/DELETE/);
  });

  test.each<FaultKind>([
    { type: 'truncate', bytes: 400 },
    { type: 'stallBody' },
    { type: 'reset', when: 'before' },
    { type: 'status', status: 500 },
  ])('that fails by %j is asked for again', async (kind) => {
    const { cloud, sfsTurbo, shareId, call } = await startBenchFor(kind);
    const taskId = cloud.addTask(shareId);
    cloud.order({ operation: 'ListFsTasks', kind });

    const page = await sfsTurbo.listTaskPage(shareId, undefined, call());

    expect(page.map((task) => task.taskId)).toEqual([taskId]);
  });

  test('of a share that is not there, or not of a kind that has tasks, fails with what SFS Turbo says', async () => {
    const { cloud, sfsTurbo, call } = await startBench();
    const old = parseShareId(cloud.addShare({ supportsTasks: false }));

    const outcomes = await Promise.allSettled([
      sfsTurbo.listTaskPage(parseShareId('nowhere'), undefined, call()),
      sfsTurbo.listTaskPage(old, undefined, call()),
    ]);

    expect(outcomes).toMatchObject([
      { reason: { code: 'upstream_forbidden', errCode: 'SFS.TURBO.9000' } },
      { reason: { code: 'upstream_bad_request', errCode: 'SFS.TURBO.0041' } },
    ]);
  });
});

describe('one task', () => {
  test('is shown as it is', async () => {
    const { cloud, runtime, sfsTurbo, shareId, call, ref } = await startBench();
    const taskId = cloud.addTask(shareId, { runsForMs: 1_000 });

    const before = await sfsTurbo.showTask(ref(taskId), call());
    runtime.advance(2_000);
    const after = await sfsTurbo.showTask(ref(taskId), call());

    expect(before).toMatchObject({ taskId, status: 'DOING', end: { type: 'absent' } });
    expect(after).toMatchObject({ taskId, status: 'SUCCESS', end: { type: 'time', atMs: runtime.now() - 1_000 } });
  });

  test('that is not there fails', async () => {
    const { sfsTurbo, call, ref } = await startBench();

    const failing = sfsTurbo.showTask(ref('never-was'), call());

    await expect(failing).rejects.toMatchObject({ code: 'task_not_found', status: 404 });
  });

  test.each<[string, string | object]>([
    ['a list', '[]'],
    ['no JSON', 'OK'],
    ['more than 64 KiB', { task_id: 'x'.repeat(70_000) }],
  ])('in %s fails', async (_, body) => {
    const { cloud, sfsTurbo, call, ref } = await startBench();
    cloud.order({ operation: 'ShowFsTask', kind: { type: 'status', status: 200, body } });

    const failing = sfsTurbo.showTask(ref('any'), call());

    await expect(failing).rejects.toMatchObject({ code: 'upstream_invalid' });
  });
});

describe('a page of shares', () => {
  test('has shares of every kind', async () => {
    const { cloud, sfsTurbo, shareId, call } = await startBench();
    const old = cloud.addShare({ supportsTasks: false });

    const page = await sfsTurbo.listSharePage(0, call());

    expect(page).toMatchObject([{ shareId }, { shareId: old }]);
    expect(cloud.requestsOf('ListShares')[0]?.query).toEqual({ limit: '40', offset: '0' });
  });

  test('keeps a share with an odd id in the count, without the id', async () => {
    const { cloud, sfsTurbo, call } = await startBench();
    const body = { shares: [{ id: 'a/b', name: 7 }, {}] };
    cloud.order({ operation: 'ListShares', kind: { type: 'status', status: 200, body } });

    const page = await sfsTurbo.listSharePage(0, call());

    expect(page).toEqual([{ shareId: undefined }, { shareId: undefined }]);
  });

  test('begins at its offset', async () => {
    const { cloud, sfsTurbo, shareId, call } = await startBench();
    const ids = [shareId, ...Array.from({ length: 60 }, () => cloud.addShare())];

    const first = await sfsTurbo.listSharePage(0, call());
    const second = await sfsTurbo.listSharePage(first.length, call());

    expect([...first, ...second].map((share) => share.shareId)).toEqual(ids);
  });
});
