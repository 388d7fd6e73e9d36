import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { rawAnswer, startRawServer } from '../../support/raw-server.ts';
import { failureOf, get, openTransport, replyOf } from '../../support/sending.ts';

const LIMIT_MS = 5_000;
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: none\r\nConnection: upgrade\r\n\r\n';

const HEADS = [
  ['100', CONTINUE],
  ['100 without a reason', 'HTTP/1.1 100\r\n\r\n'],
  ['100 with headers', 'HTTP/1.1 100 Continue\r\nX: y\r\nZ: HTTP/1.1 101\r\n\r\n'],
  ['101 that nobody asked for', SWITCHING],
  ['100 after 103', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${CONTINUE}`],
  ['103 after 100', `${CONTINUE}HTTP/1.1 103 Early Hints\r\n\r\n`],
  ['twenty of each', `${CONTINUE}${SWITCHING}`.repeat(20)],
  ['100 after blank lines', `\r\n\r\n${CONTINUE}`],
  ['blank lines after 100', `${CONTINUE}\r\n\n\r\n`],
] as const;

describe('interim answers are skipped', () => {
  test.each(HEADS)('%s, in one piece with the answer', async (_, heads) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(heads + rawAnswer(202, 'final')));

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 202, body: 'final', sends: 1 });
  });

  test.each(HEADS)('%s, byte by byte', async (_, heads) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => drip(socket, heads + rawAnswer(202, 'final')));

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 202, body: 'final', sends: 1 });
  });

  test('before each answer on a connection', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      socket.write(CONTINUE.repeat(number) + rawAnswer(200 + number, `body ${number}`));
    });

    const replies = [];
    for (let count = 0; count < 4; count += 1) replies.push(await replyOf(transport.send(get(server), LIMIT_MS)));

    expect(replies.map(({ status, body }) => [status, body])).toEqual(
      [
        [201, 'body 1'],
        [202, 'body 2'],
        [203, 'body 3'],
        [204, 'body 4'],
      ].map(([status, body]) => [status, status === 204 ? '' : body]),
    );
    expect(server.connections()).toBe(1);
  });
});

describe('nothing else is changed', () => {
  test.each([
    ['in one piece', (socket: Socket, text: string) => socket.write(text)],
    ['byte by byte', drip],
  ] as const)('what looks like an interim answer stays in a header and in the body, %s', async (_, write) => {
    const { transport } = openTransport();
    const body = `HTTP/1.1 100\r\n\r\nHTTP/1.1 101 x\r\n\r\n${SWITCHING}`;
    const server = await startRawServer(({ socket }) => {
      write(socket, CONTINUE + rawAnswer(200, body, ['X-Trace: HTTP/1.1 100', 'X-Next: HTTP/1.1 101']));
    });

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 200, body });
    expect(reply.headers).toMatchObject({ 'x-trace': 'HTTP/1.1 100', 'x-next': 'HTTP/1.1 101' });
  });

  test.each([
    ['HTTP/1.1 1000 Long\r\n\r\n'],
    ['HTTP/9.9 100 Continue\r\n\r\n'],
    ['http/1.1 100 Continue\r\n\r\n'],
    ['HTTP/1.1 100 Continue\nX\u0000: y\r\n\r\n'],
    ['HTTQ/1.1 100 Continue\r\n\r\n'],
  ])('%j is garbage still', async (head) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(head + rawAnswer(202)));

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'garbage', mayHaveArrived: true });
  });

  test.each([
    ['100', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a 100 that has not ended', 'HTTP/1.1 100 Continue\r\nX: y'],
  ])('%s alone is no answer', async (_, head) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.end(head));

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'reset', mayHaveArrived: true });
  });
});

async function drip(socket: Socket, text: string): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of text) {
    socket.write(byte);
    await new Promise(setImmediate);
  }
}
