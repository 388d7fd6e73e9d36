import { describe, expect, test } from 'vitest';
import type { Call, Permits } from '../../../lib/core/call.ts';
import { ServiceError } from '../../../lib/core/errors.ts';
import { createLogs } from '../../../lib/core/log.ts';
import { createPermittedSend } from '../../../lib/net/permitted-send.ts';
import { type RawAnswer, rawAnswer, startRawServer } from '../../support/raw-server.ts';
import { failureOf, get, openTransport, replyOf } from '../../support/sending.ts';

const LONG_MS = 3_600_000;
const SECRET = `MIIa+/${'secret'.repeat(20)}`;

interface Given {
  readonly requestTimeoutMs?: number;
  readonly remainingMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly permits?: Permits;
  readonly stop?: AbortSignal;
}

async function prepare(answer: RawAnswer, given: Given = {}) {
  const { requestTimeoutMs = LONG_MS, remainingMs = LONG_MS, headers = {}, permits, stop } = given;
  const { transport, runtime } = openTransport();
  const server = await startRawServer(answer);
  const send = createPermittedSend(requestTimeoutMs, transport, runtime);
  const log = createLogs('ERROR', runtime.write)('r');
  const call: Call = { requestId: 'r', deadlineAtMs: runtime.now() + remainingMs, log, permits, stop };
  return {
    server,
    runtime,
    transport,
    send: (prepareRequest = () => ({ ...get(server), headers })) => send(prepareRequest, call),
  };
}

/** Permits that are always there, and remember what was done with them. */
function rememberingPermits() {
  const done: string[] = [];
  const permits: Permits = {
    acquire: async () => {
      done.push('taken');
      return () => done.push('given back');
    },
    pause: (retryAfterMs) => done.push(`paused for ${retryAfterMs}`),
    isOpen: () => true,
  };
  return { permits, done };
}

const accept: RawAnswer = ({ socket }) => socket.write(rawAnswer(202));

describe('nothing is sent', () => {
  test('once the call was stopped, even with a permit', async () => {
    const { permits, done } = rememberingPermits();
    const { send, server } = await prepare(accept, { permits, stop: AbortSignal.abort() });

    const error = await send().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ code: 'out_of_time', message: 'it was stopped before this was sent' });
    expect(server.connections()).toBe(0);
    expect(done).toEqual(['taken', 'given back']);
  });

  test.each([0, -1])('with %i ms left', async (remainingMs) => {
    const { permits, done } = rememberingPermits();
    const { send, server } = await prepare(accept, { permits, remainingMs });

    const failure = await failureOf(send());

    expect(failure).toEqual({ kind: 'timeout', sends: 0, mayHaveArrived: false });
    expect(server.connections()).toBe(0);
    expect(done).toEqual(['taken', 'given back']);
  });

  test('where the request cannot be made, and the permit is given back', async () => {
    const { permits, done } = rememberingPermits();
    const { send, server } = await prepare(accept, { permits });

    const error = await send(() => {
      throw new TypeError('no key');
    }).catch((thrown: unknown) => thrown);

    expect(error).toEqual(new TypeError('no key'));
    expect(server.connections()).toBe(0);
    expect(done).toEqual(['taken', 'given back']);
  });
});

describe('the limit of a request', () => {
  test.each([
    ["its own time-out, where this is shorter than the call's time", { requestTimeoutMs: 60 }],
    ["the call's time, where this is shorter", { remainingMs: 60 }],
  ])('is %s', async (_, given) => {
    const { send } = await prepare(() => {}, given);

    const failure = await failureOf(send());

    expect(failure).toMatchObject({ kind: 'timeout', sends: 1, mayHaveArrived: true });
  });
});

describe('a connection that has died while it was idle', () => {
  const silentOnSecond: RawAnswer = ({ socket, connection }, number) => {
    if (connection === 2 || number === 1) socket.write(rawAnswer(202));
  };

  test('is replaced, and the request goes out again', async () => {
    const { send, runtime } = await prepare(silentOnSecond);
    await send();
    runtime.advance(2_000);

    const reply = await replyOf(send());

    expect(reply).toMatchObject({ status: 202, sends: 2, mayHaveArrived: true });
  });

  test('is not used where each request needs a permit, so that none goes out twice', async () => {
    const { permits, done } = rememberingPermits();
    const { send, runtime, server } = await prepare(silentOnSecond, { permits });
    await send();
    runtime.advance(2_000);

    const reply = await replyOf(send());

    expect(reply).toMatchObject({ status: 202, sends: 1 });
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2]);
    expect(done).toEqual(['taken', 'given back', 'taken', 'given back']);
  });

  test('is told of where each request needs a permit and it broke in a burst', async () => {
    const { permits } = rememberingPermits();
    const { send, server } = await prepare(
      ({ socket }, number) => {
        if (number === 1) socket.write(rawAnswer(202));
        else socket.resetAndDestroy();
      },
      { permits },
    );
    await send();

    const failure = await failureOf(send());

    expect(failure).toMatchObject({ kind: 'reset', sends: 1, mayHaveArrived: true });
    expect(server.requests).toHaveLength(2);
  });
});

describe('an answer', () => {
  test.each([
    [429, ['Retry-After: 7'], ['taken', 'paused for 7000', 'given back']],
    [429, [], ['taken', 'paused for undefined', 'given back']],
    [503, ['Retry-After: 7'], ['taken', 'given back']],
    [202, [], ['taken', 'given back']],
  ])('of %i with %j leaves the permits %j', async (status, headers, expected) => {
    const { permits, done } = rememberingPermits();
    const { send } = await prepare(({ socket }) => socket.write(rawAnswer(status, '', headers)), { permits });

    const reply = await replyOf(send());

    expect(reply.status).toBe(status);
    expect(done).toEqual(expected);
  });

  test('of 429 is an answer like any other without permits', async () => {
    const { send } = await prepare(({ socket }) => socket.write(rawAnswer(429, 'slow down')));

    expect(await replyOf(send())).toMatchObject({ status: 429, body: 'slow down', sends: 1, mayHaveArrived: false });
  });

  test.each(['x-auth-token', 'authorization', 'x-security-token'])('that repeats %s is emptied', async (name) => {
    const body = JSON.stringify({ errMsg: `no such token: ${SECRET}` });
    const { send } = await prepare(({ socket }) => socket.write(rawAnswer(401, body)), { headers: { [name]: SECRET } });

    expect(await replyOf(send())).toMatchObject({ status: 401, headers: {}, body: '', sends: 1 });
  });

  test('that repeats another header is passed on', async () => {
    const body = JSON.stringify({ errMsg: `no such project: ${SECRET}` });
    const headers = { 'x-project-id': SECRET };
    const { send } = await prepare(({ socket }) => socket.write(rawAnswer(404, body)), { headers });

    expect(await replyOf(send())).toMatchObject({ status: 404, body });
  });
});
