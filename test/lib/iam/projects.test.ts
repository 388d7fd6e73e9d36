import { describe, expect, onTestFinished, test } from 'vitest';
import type { Call } from '../../../lib/core/call.ts';
import { createLogs } from '../../../lib/core/log.ts';
import { nodeRuntime } from '../../../lib/core/runtime.ts';
import { parseProjectId } from '../../../lib/core/task.ts';
import { createProjectFinder } from '../../../lib/iam/projects.ts';
import { createRetrier } from '../../../lib/net/retry.ts';
import { createTransport } from '../../../lib/net/transport.ts';
import { type RawAnswer, rawAnswer, startRawServer } from '../../support/raw-server.ts';

const KEY = { accessKey: 'AK', secretKey: 'SK' };
const LIMIT_MS = 300;

/** A project finder in front of an IAM that answers as told. */
async function startFinder(answer: RawAnswer) {
  const server = await startRawServer(answer);
  const transport = createTransport(nodeRuntime);
  onTestFinished(() => transport.close());
  const settings = {
    iamUrl: `${server.origin}/v3`,
    requestTimeoutMs: LIMIT_MS,
    project: { id: undefined, name: 'cn-north-4' },
  };
  const finder = createProjectFinder(settings, {
    transport,
    retrier: createRetrier(1, nodeRuntime),
    runtime: nodeRuntime,
  });
  const call = (remainingMs = 5_000): Call => ({
    requestId: 'r',
    deadlineAtMs: Date.now() + remainingMs,
    log: createLogs('ERROR', () => {})('r'),
  });
  return { server, finder, call };
}

const listed =
  (...projects: readonly unknown[]): RawAnswer =>
  ({ socket }) =>
    socket.write(rawAnswer(200, JSON.stringify({ projects })));
const one = { id: 'p-1', name: 'cn-north-4' };

describe('the project of a name', () => {
  test('is asked for once, signed and by its name', async () => {
    const { server, finder, call } = await startFinder(listed(one));

    const found = [await finder.find(KEY, call()), await finder.find(KEY, call())];

    expect(found).toEqual(['p-1', 'p-1']);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.head).toMatch(/^GET \/v3\/projects\?name=cn-north-4 HTTP/);
    expect(server.requests[0]?.head).toMatch(
      /^authorization: SDK-HMAC-SHA256 Access=AK, SignedHeaders=content-type;host;x-sdk-date,/im,
    );
    expect(server.requests[0]?.head).toMatch(/^content-type: application\/json\r?$/im);
  });

  test('is asked for once by all who come at once', async () => {
    const { server, finder, call } = await startFinder(listed(one));

    const found = await Promise.all([1, 2, 3].map(() => finder.find(KEY, call())));

    expect(found).toEqual(['p-1', 'p-1', 'p-1']);
    expect(server.requests).toHaveLength(1);
  });

  test('is that of the agency where there is one, and is not asked for', async () => {
    const { server, finder, call } = await startFinder(listed(one));

    const found = await finder.find(KEY, { ...call(), agency: { ...KEY, projectId: parseProjectId('own') } });

    expect(found).toBe('own');
    expect(server.requests).toEqual([]);
  });

  test('is not one of another name, nor one with an odd id', async () => {
    const { finder, call } = await startFinder(
      listed({ id: 'p-0', name: 'cn-north-4_sub' }, { id: 'a/b', name: 'cn-north-4' }, one),
    );

    expect(await finder.find(KEY, call())).toBe('p-1');
  });

  test.each([
    { projects: [], fault: 'HW_PROJECT_NAME names no project: set HW_PROJECT_ID' },
    { projects: [one, { ...one, id: 'p-2' }], fault: 'HW_PROJECT_NAME names 2 projects: set HW_PROJECT_ID' },
  ])('that is not one project is a fault: $fault', async ({ projects, fault }) => {
    const { finder, call } = await startFinder(listed(...projects));

    const failing = finder.find(KEY, call());

    await expect(failing).rejects.toMatchObject({
      code: 'misconfigured',
      message: 'the function is not configured; its log names the variables',
      faults: [fault],
    });
  });
});

describe('an answer of IAM', () => {
  const answer =
    (status: number, body: string): RawAnswer =>
    ({ socket }) =>
      socket.write(rawAnswer(status, body));
  const ERROR = '{"error":{"code":401,"message":"no"}}';

  test.each([
    [400, ERROR, 'iam_rejected', "IAM refused the function's access key (400)"],
    [401, ERROR, 'iam_rejected', "IAM refused the function's access key (401)"],
    [404, ERROR, 'iam_rejected', "IAM refused the function's access key (404)"],
    [302, '', 'upstream_invalid', 'IAM answered with the undocumented status 302'],
    [503, '', 'upstream_unavailable', 'IAM is not available (503)'],
    [200, '{}', 'upstream_invalid', 'IAM answered with no projects'],
    [200, 'garbage', 'upstream_invalid', 'IAM answered with no projects'],
    [200, 'x'.repeat(65_537), 'upstream_invalid', 'IAM answered with more than 64 KiB'],
  ])('%i is told as what it is', async (status, body, code, message) => {
    const { finder, call } = await startFinder(answer(status, body));

    await expect(finder.find(KEY, call())).rejects.toMatchObject({ code, message });
  });

  test('keeps what IAM said for the log', async () => {
    const { finder, call } = await startFinder(answer(401, ERROR));

    await expect(finder.find(KEY, call())).rejects.toMatchObject({ upstream: { status: 401, errCode: '401' } });
  });

  test('that does not come ends the attempt', async () => {
    const { finder, call } = await startFinder(() => {});

    await expect(finder.find(KEY, call())).rejects.toMatchObject({
      code: 'upstream_timeout',
      message: 'IAM did not answer in time',
    });
  });

  test('that comes too late for a caller leaves the others with theirs', async () => {
    const { finder, call } = await startFinder(({ socket }) => {
      setTimeout(() => socket.write(rawAnswer(200, JSON.stringify({ projects: [one] }))), 150);
    });

    const [late, other] = await Promise.allSettled([finder.find(KEY, call(5_000)), finder.find(KEY, call(50))]);

    expect(late).toMatchObject({ status: 'fulfilled', value: 'p-1' });
    expect(other).toMatchObject({ reason: { code: 'upstream_timeout', message: 'IAM did not answer in time' } });
    expect(other).toMatchObject({ reason: { why: expect.stringMatching(/\(127\.0\.0\.1:\d+: timeout\)$/) } });
  });

  test('that failed is asked for again by the next call', async () => {
    const { finder, call } = await startFinder(({ socket }, number) => {
      socket.write(number === 1 ? rawAnswer(503) : rawAnswer(200, JSON.stringify({ projects: [one] })));
    });

    await expect(finder.find(KEY, call())).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await expect(finder.find(KEY, call())).resolves.toBe('p-1');
  });
});
