import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GatewayResponse } from '../../handlers/platform/answer.ts';
import type { FaultKind } from '../cloud/cloud.ts';
import { lambdaContext } from '../support/contexts.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import { type RawRequest, startRawServer } from '../support/raw-server.ts';
import { expectNothingLeaked, expectTableAnswer } from '../support/table.ts';

const REMAINING_MS = 1_500;
const IN_PARALLEL = 12;

/** How a server treats one request: these pieces, then this. */
interface Behaviour {
  readonly pieces: readonly Uint8Array[];
  readonly ending: 'end' | 'reset' | 'hang';
}

const SHORT = { REQUEST_TIMEOUT_MS: '100' };
// no pause between attempts: what is tested is what comes of the answers
const NO_PAUSE = { random: () => 0 };

const statusLine = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 100, max: 599 }).map((status) => `HTTP/1.1 ${status} Any\r\n`) },
  fc.constantFrom('HTTP/1.0 202 OK\r\n', 'HTTP/1.1 202\r\n', 'HTTP/2.0 202 OK\r\n', 'HTTP/1.1 20 2\r\n', '\r\n', ''),
);
const header = fc.oneof(
  fc.constantFrom(
    'Content-Length: 3',
    'Content-Length: 0',
    'Content-Length: 99',
    'Content-Length: -1',
    'Transfer-Encoding: chunked',
    'Connection: close',
    'Connection: keep-alive',
    'Retry-After: 0',
    'Retry-After: 9',
    'Retry-After: nonsense',
    'Location: http://127.0.0.1:1/',
    'X-Subject-Token: MIIabc',
    'X-Request-Id: r-1',
    'Upgrade: websocket',
    '__proto__: x',
    'constructor: x',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const jsonBody = fc.oneof(
  fc.constantFrom(
    '{"errCode":"SFS.TURBO.0124","errMsg":"task_id not found"}',
    '{"error_code":"APIGW.0308","error_msg":"slow"}',
    '{"error":{"code":401,"message":"no"}}',
    '{"token":{"expires_at":"2099-01-01T00:00:00Z","project":{"id":"p"}}}',
    '<html>',
  ),
  fc.json(),
  fc.string({ unit: 'binary' }),
);
const structured = fc
  .tuple(statusLine, fc.array(header, { maxLength: 5 }), jsonBody, fc.boolean())
  .map(([first, headers, body, hasLength]) => {
    const length = hasLength ? [`Content-Length: ${Buffer.byteLength(body)}`] : [];
    return Buffer.from(`${first}${[...headers, ...length].map((line) => `${line}\r\n`).join('')}\r\n${body}`);
  });
const bytes = fc.oneof({ weight: 5, arbitrary: structured }, fc.uint8Array({ maxLength: 300 }));

/** Any bytes, whole or cut anywhere, in any pieces; and then an end, a reset or nothing more. */
const behaviour: fc.Arbitrary<Behaviour> = fc
  .record({
    whole: bytes,
    keep: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
    splitAt: fc.double({ min: 0, max: 1, noNaN: true }),
    ending: fc.constantFrom<Behaviour['ending']>('end', 'end', 'reset', 'hang'),
  })
  .map(({ whole, keep, splitAt, ending }) => {
    const kept = whole.slice(0, Math.floor(whole.length * keep));
    const middle = Math.floor(kept.length * splitAt);
    return { pieces: [kept.slice(0, middle), kept.slice(middle)], ending };
  });

async function perform({ pieces, ending }: Behaviour, { socket }: RawRequest): Promise<void> {
  for (const piece of pieces) {
    if (piece.length === 0 || socket.destroyed) continue;
    socket.write(piece);
    await new Promise(setImmediate);
  }
  if (ending === 'end') socket.end();
  if (ending === 'reset') socket.resetAndDestroy();
}

/** JSON in which every letter is written as its number. */
function escaped(value: object): string {
  return JSON.stringify(value).replace(/[A-Za-z0-9+/](?=[^"]*"[,}])/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

async function timed(invoking: Promise<GatewayResponse>): Promise<GatewayResponse> {
  const startedAtMs = performance.now();
  const answer = await invoking;
  expect(performance.now() - startedAtMs).toBeLessThan(REMAINING_MS);
  return answer;
}

function expectContract(deployment: Deployment, answers: readonly GatewayResponse[]): void {
  for (const answer of answers) expectTableAnswer(answer);
  expectNothingLeaked(deployment, answers);
}

describe('the function answers from the table before its deadline', () => {
  test('whatever bytes SFS Turbo answers with', async () => {
    const base = await deploy({ variables: SHORT, runtime: NO_PAUSE });
    let behaviours: readonly Behaviour[] = [];
    const server = await startRawServer((request) => {
      const [, index] = /\/tasks\/(\d+) /.exec(request.head) ?? [];
      perform(behaviours[Number(index)] ?? { pieces: [], ending: 'end' }, request);
    });

    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { minLength: IN_PARALLEL, maxLength: IN_PARALLEL }), async (given) => {
        behaviours = given;
        const instance = base.coldStart({ SFS_TURBO_ENDPOINT: server.origin });
        const cancel = (_: unknown, index: number) =>
          timed(instance.cancel({ share_id: base.shareId, task_id: String(index) }, lambdaContext(REMAINING_MS)));

        expectContract(instance, await Promise.all(given.map(cancel)));
        await instance.app.close();
      }),
      { numRuns: 12 },
    );
  });

  test('whatever bytes IAM answers with', async () => {
    const base = await deploy({ variables: SHORT, runtime: NO_PAUSE });
    let behaviours: readonly Behaviour[] = [];
    const server = await startRawServer((request) => {
      const [, index] = /^POST \/(\d+)\/v3\//.exec(request.head) ?? [];
      perform(behaviours[Number(index)] ?? { pieces: [], ending: 'end' }, request);
    });

    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { minLength: IN_PARALLEL, maxLength: IN_PARALLEL }), async (given) => {
        behaviours = given;
        const cancel = async (_: unknown, index: number) => {
          const instance = base.coldStart({ HW_AUTH_URL: `${server.origin}/${index}/v3` });
          const task = { share_id: base.shareId, task_id: 'any' };
          expectContract(instance, [await timed(instance.cancel(task, lambdaContext(REMAINING_MS)))]);
          await instance.app.close();
        };

        await Promise.all(given.map(cancel));
      }),
      { numRuns: 12 },
    );
    expect(base.cloud.deletedTaskIds).toEqual([]);
  });

  test.each([
    ['its message', (secret: string) => ({ body: { errCode: 'SFS.TURBO.0001', errMsg: `bad ${secret}` } })],
    ['its message, in part', (secret: string) => ({ body: { errCode: 'A', errMsg: secret.slice(0, 100) } })],
    ['its message, escaped', (secret: string) => ({ body: escaped({ errCode: 'A', errMsg: secret }) })],
    ['its request id', (secret: string) => ({ headers: { 'x-request-id': secret.slice(0, 128) } })],
  ])('when SFS Turbo repeats the token in %s, and says nothing of it', async (_, echo) => {
    const deployment = await deploy({ variables: SHORT, runtime: NO_PAUSE });
    const { cloud, shareId } = deployment;
    const answers: GatewayResponse[] = [];

    for (const status of [202, 400, 401, 403, 404, 409, 429, 500, 503]) {
      await deployment.cancel({ share_id: shareId, task_id: 'before' });
      const token = String(cloud.requestsOf('DeleteFsTask').at(-1)?.headers['x-auth-token']);
      // after a 401 the next request has another token
      const times = status === 401 ? 1 : 3;
      cloud.order({ operation: 'DeleteFsTask', times, kind: { type: 'status', status, ...echo(token) } });
      answers.push(await deployment.cancel({ share_id: shareId, task_id: 'any' }));
      cloud.clearFaults();
    }

    expectContract(deployment, answers);
  });

  test('when IAM repeats the password, and says nothing of it', async () => {
    const base = await deploy({ variables: SHORT, runtime: NO_PAUSE });
    const body = { error_code: 'IAM.0012', error_msg: `slow down, ${base.cloud.password}` };

    for (const status of [400, 401, 429, 500, 503]) {
      const instance = base.coldStart();
      base.cloud.order({ operation: 'CreateToken', times: 3, kind: { type: 'status', status, body } });
      const answer = await instance.cancel({ share_id: base.shareId, task_id: 'any' });
      base.cloud.clearFaults();

      expectContract(instance, [answer]);
    }
  });

  test('whatever faults befall the two, one after another', async () => {
    const status = fc.integer({ min: 200, max: 999 });
    const kind: fc.Arbitrary<FaultKind> = fc.oneof(
      fc.record({ type: fc.constant('status' as const), status, act: fc.boolean() }),
      fc.record({ type: fc.constant('status' as const), status, body: fc.oneof(fc.json(), fc.string()) }),
      fc.record({ type: fc.constant('truncate' as const), bytes: fc.nat(9_500), act: fc.boolean() }),
      fc.record({ type: fc.constant('garbage' as const), bytes, thenHang: fc.boolean(), act: fc.boolean() }),
      fc.constantFrom<FaultKind>(
        { type: 'throttle' },
        { type: 'throttle', retryAfter: '9' },
        { type: 'reset', when: 'before' },
        { type: 'reset', when: 'after' },
        { type: 'silence' },
        { type: 'silence', act: true },
        { type: 'stallBody' },
      ),
    );
    const operation = fc.constantFrom('CreateToken' as const, 'DeleteFsTask' as const);
    const fault = fc.record({ operation, kind, times: fc.integer({ min: 1, max: 3 }) });
    const base = await deploy({
      variables: SHORT,
      runtime: NO_PAUSE,
      cloud: { rateLimitPerSecond: Number.POSITIVE_INFINITY },
    });

    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 4 }), async (faults) => {
        const instance = base.coldStart();
        const taskId = base.cloud.addTask(base.shareId);
        base.cloud.clearFaults();
        base.cloud.reset();
        for (const each of faults) base.cloud.order(each);
        const task = { share_id: base.shareId, task_id: taskId };

        const answer = await timed(instance.cancel(task, lambdaContext(REMAINING_MS)));
        const after = await timed(instance.cancel(task, lambdaContext(REMAINING_MS)));

        expectContract(instance, [answer, after]);
        expect(base.cloud.deletedTaskIds.length).toBeLessThanOrEqual(1);
        expect(instance.logged('audit')).toHaveLength(2);
        await instance.app.close();
      }),
      { numRuns: 50 },
    );
  });
});
