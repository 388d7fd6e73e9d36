import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFeishuApi } from '../../../../lib/chat/feishu/api.ts';
import { createLogs } from '../../../../lib/core/log.ts';
import { createRetrier } from '../../../../lib/net/retry.ts';
import { createTransport } from '../../../../lib/net/transport.ts';
import { type Reply, startLoopback } from '../../../support/chat-platforms/loopback.ts';
import { createFakeRuntime } from '../../../support/fake-runtime.ts';

const SECRET = v.object({ secret: v.string() });
const SUCCESS = { code: 0, msg: 'success', secret: 'word' };

const json = (status: number, body: unknown): Reply => ({ status, body: JSON.stringify(body) });

/** The API against a server that gives these answers in turn, the last one again and again. */
async function startApi(...replies: readonly Reply[]) {
  const runtime = createFakeRuntime();
  const transport = createTransport(runtime);
  let count = 0;
  const server = await startLoopback(() => {
    count += 1;
    return replies[Math.min(count, replies.length) - 1] ?? json(404, {});
  });
  onTestFinished(async () => void (await Promise.all([transport.close(), server.close()])));
  const api = createFeishuApi(server.origin, transport, createRetrier(3, runtime));
  const deadline = { deadlineAtMs: runtime.now() + 60_000, log: createLogs('INFO', () => {})('r1') };
  return {
    server,
    post: () => api.post({ path: 'some/thing', body: { a: 1 }, token: 't-1', answer: SECRET }, deadline),
  };
}

test('a post carries its token and its body, and returns what the schema asks for', async () => {
  const { server, post } = await startApi(json(200, SUCCESS));

  const answer = await post();

  expect(answer).toEqual({ secret: 'word' });
  expect(server.received).toEqual([
    expect.objectContaining({ method: 'POST', path: '/open-apis/some/thing', body: '{"a":1}' }),
  ]);
  expect(server.received[0]?.headers).toMatchObject({
    authorization: 'Bearer t-1',
    'content-type': 'application/json; charset=utf-8',
  });
});

describe('an answer', () => {
  test.each([
    ['a refusal with status 400', json(400, { code: 10014, msg: 'app secret invalid' }), 'upstream_forbidden', '10014'],
    ['a refusal with status 200', json(200, { code: 10014, secret: 'word' }), 'upstream_forbidden', '10014'],
    ['status 403 without a code', json(403, { msg: 'no' }), 'upstream_invalid', undefined],
    ['a code that is no number', json(200, { ...SUCCESS, code: '0' }), 'upstream_invalid', undefined],
    ['no JSON', { status: 200, body: 'ok' }, 'upstream_invalid', undefined],
    ['a list', json(200, [SUCCESS]), 'upstream_invalid', undefined],
    ['more than 64 KiB', json(200, { ...SUCCESS, secret: 'x'.repeat(70_000) }), 'upstream_invalid', undefined],
  ])('of %s is a failure that is not repeated', async (_, reply, code, errCode) => {
    const { server, post } = await startApi(reply);

    const posting = post();

    await expect(posting).rejects.toMatchObject({ code, upstream: { status: reply.status, errCode } });
    expect(server.received.length).toBe(1);
  });

  test.each([
    ['a missing field', { code: 0 }],
    ['a malformed field', { ...SUCCESS, secret: 7 }],
  ])('that succeeds with %s is not believed', async (_, body) => {
    const { server, post } = await startApi(json(200, body));

    await expect(post()).rejects.toMatchObject({ code: 'upstream_invalid' });
    expect(server.received.length).toBe(1);
  });

  test.each([429, 500, 502, 503, 504])('of status %i is asked for again', async (status) => {
    const { server, post } = await startApi(json(status, { code: 1 }), json(200, SUCCESS));

    expect(await post()).toEqual({ secret: 'word' });
    expect(server.received.length).toBe(2);
  });

  test('that stays unavailable is a failure after the last attempt', async () => {
    const { server, post } = await startApi(json(503, {}));

    await expect(post()).rejects.toMatchObject({ code: 'upstream_unavailable', upstream: { status: 503 } });
    expect(server.received.length).toBe(3);
  });
});
