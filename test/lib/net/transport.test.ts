import net from 'node:net';
import tls from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rawAnswer, startRawServer } from '../../support/raw-server.ts';
import { createSelfSigned } from '../../support/self-signed.ts';
import { failureOf, get, openTransport, replyOf } from '../../support/sending.ts';

const LIMIT_MS = 5_000;
const AN_HOUR_MS = 3_600_000;

describe('a request', () => {
  test('goes out as it is and comes back whole', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(201, '{"ü":1}', ['X-Request-Id: r-1'])));

    const reply = await replyOf(
      transport.send(
        { method: 'POST', url: new URL('/a%20b?c=d', server.origin), headers: { 'x-auth-token': 't' }, body: 'häh' },
        LIMIT_MS,
      ),
    );

    expect(reply).toMatchObject({ status: 201, body: '{"ü":1}', truncated: undefined, sends: 1 });
    expect(reply.headers['x-request-id']).toBe('r-1');
    expect(server.requests[0]?.head).toMatch(/^POST \/a%20b\?c=d HTTP\/1\.1\r\n/);
    expect(server.requests[0]?.head).toMatch(/^x-auth-token: t\r?$/im);
    expect(server.requests[0]?.body).toBe('häh');
  });

  test.each([200, 204, 302, 400, 401, 404, 429, 500, 503, 599, 999])(
    'is answered with a %i as it came',
    async (status) => {
      const { transport } = openTransport();
      const server = await startRawServer(({ socket }) => {
        socket.write(status === 204 ? 'HTTP/1.1 204 No Content\r\n\r\n' : rawAnswer(status, 'text'));
      });

      const reply = await replyOf(transport.send(get(server), LIMIT_MS));

      expect(reply).toMatchObject({ status, body: status === 204 ? '' : 'text', truncated: undefined });
    },
  );

  test('does not follow a redirect, so that no token leaves for another host', async () => {
    const { transport } = openTransport();
    const elsewhere = await startRawServer(({ socket }) => socket.write(rawAnswer(200)));
    const server = await startRawServer(({ socket }) => {
      socket.write(rawAnswer(307, '', [`Location: ${elsewhere.origin}/`]));
    });

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply.status).toBe(307);
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([
    ['in one chunk', 'Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n'],
    ['in chunks with a trailer', 'Transfer-Encoding: chunked\r\n\r\n1\r\nb\r\n3;x=y\r\nody\r\n0\r\nT: v\r\n\r\n'],
    ['until the connection ends', 'Connection: close\r\n\r\nbody'],
  ])('reads a body that comes %s', async (_, rest) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 200, body: 'body', truncated: undefined });
  });

  test('reads an answer that comes byte by byte', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(async ({ socket }) => {
      socket.setNoDelay(true);
      for (const byte of rawAnswer(202, 'body', ['X: y'])) {
        socket.write(byte);
        await new Promise(setImmediate);
      }
    });

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 202, body: 'body' });
  });

  test.each([
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'],
    ['several', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 199 Odd\r\n\r\n'],
  ])('takes the final answer after interim ones (%s)', async (_, interim) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(interim + rawAnswer(202, 'final')));

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 202, body: 'final' });
  });
});

describe('the size of an answer', () => {
  test.each([
    { bytes: 0, truncated: undefined },
    { bytes: 65_535, truncated: undefined },
    { bytes: 65_536, truncated: undefined },
    { bytes: 65_537, truncated: 'too_large' },
    { bytes: 2_000_000, truncated: 'too_large' },
  ])('$bytes bytes of body: truncated is $truncated', async ({ bytes, truncated }) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(200, 'x'.repeat(bytes))));

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 200, truncated, body: truncated === undefined ? 'x'.repeat(bytes) : '' });
  });

  test('a body without end is left after 64 KiB', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write('10000\r\n'.concat('x'.repeat(65_536), '\r\n')));
      };
      socket.on('drain', pour);
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      pour();
    });

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 200, truncated: 'too_large', body: '' });
    await expect.poll(() => server.openSockets().length).toBe(0);
  });

  test.each([9_000, 40_000, 65_000])('a header of %i bytes is taken', async (bytes) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => {
      socket.write(rawAnswer(201, '', [`X-Subject-Token: ${'t'.repeat(bytes)}`]));
    });

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply.headers['x-subject-token']).toHaveLength(bytes);
  });

  test.each([
    ['one header of 70,000 bytes', `X-Subject-Token: ${'t'.repeat(70_000)}`],
    ['1,000 headers of 100 bytes', Array.from({ length: 1_000 }, (_, n) => `X-${n}: ${'v'.repeat(92)}`).join('\r\n')],
  ])('%s: garbage', async (_, headers) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(201, '', [headers])));

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'garbage', mayHaveArrived: true });
  });
});

describe('the time limit', () => {
  test('ends an attempt that is not answered', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(() => {});

    const failure = await failureOf(transport.send(get(server), 60));

    expect(failure).toMatchObject({ kind: 'timeout', mayHaveArrived: true });
    await expect.poll(() => server.openSockets().length).toBe(0);
  });

  test('is fresh for each attempt', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number === 2) setTimeout(() => socket.write(rawAnswer(202)), 100);
    });
    await failureOf(transport.send(get(server), 150));

    const reply = await replyOf(transport.send(get(server), 5_000));

    expect(reply.status).toBe(202);
  });

  test('covers the body, and the status that came before is kept', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => {
      socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nhalf');
    });

    const reply = await replyOf(transport.send(get(server), 60));

    expect(reply).toMatchObject({ status: 202, truncated: 'timeout', body: '' });
    await expect.poll(() => server.openSockets().length).toBe(0);
  });

  test('covers the whole answer, not the pause between two bytes', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => {
      const dripping = setInterval(() => socket.write('x'), 10);
      socket.once('close', () => clearInterval(dripping));
      socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 100000\r\n\r\n');
    });

    const reply = await replyOf(transport.send(get(server), 100));

    expect(reply).toMatchObject({ status: 202, truncated: 'timeout' });
  });

  test('counts interim answers as none', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'));

    const failure = await failureOf(transport.send(get(server), 60));

    expect(failure).toMatchObject({ kind: 'timeout', mayHaveArrived: true });
  });

  test('lets no request out late that waited for a connection in vain', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(() => {});
    const busy = Array.from({ length: 64 }, () => failureOf(transport.send(get(server), 400)));
    await expect.poll(() => server.requests.length).toBe(64);

    const waiting = await Promise.all(Array.from({ length: 6 }, () => failureOf(transport.send(get(server), 50))));
    await Promise.all(busy);
    await new Promise((resolve) => setTimeout(resolve, 30));

    expect(waiting).toMatchObject(new Array(6).fill({ kind: 'timeout', mayHaveArrived: false }));
    expect(server.requests).toHaveLength(64);
  });
});

describe('no answer', () => {
  test('is unreachable when the connection is refused', async () => {
    const { transport } = openTransport();
    const origin = await closedOrigin();

    const failure = await failureOf(transport.send(get({ origin }), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'unreachable', mayHaveArrived: false });
  });

  test('is unreachable when there is no such host', async () => {
    const { transport } = openTransport();

    const failure = await failureOf(transport.send(get({ origin: 'http://nonexistent.invalid' }), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'unreachable', mayHaveArrived: false });
  });

  test.each([
    ['reset', 'resetAndDestroy'],
    ['ended', 'end'],
  ] as const)('is reset when the connection is %s before an answer', async (_, method) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => void socket[method]());

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'reset', mayHaveArrived: true });
    expect(server.requests).toHaveLength(1);
  });

  test('is reset when the connection ends within the headers', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.end('HTTP/1.1 202 Accepted\r\nX-Request'));

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'reset', mayHaveArrived: true });
  });

  test.each([
    ['reset', 'resetAndDestroy'],
    ['ended', 'end'],
  ] as const)('is half an answer when the connection is %s within the body', async (_, method) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => {
      socket.write('HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\nhalf', () => setTimeout(() => socket[method](), 20));
    });

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 500, truncated: 'reset', body: '' });
  });

  test('is garbage when what comes is no HTTP', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.end('220 mail.example ESMTP\r\n'));

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'garbage', mayHaveArrived: true });
  });

  test('is unreachable when a TLS server is none', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const origin = server.origin.replace('http:', 'https:');

    const failure = await failureOf(transport.send(get({ origin }), 300));

    expect(failure.mayHaveArrived).toBe(false);
    expect(server.requests).toEqual([]);
  });

  test('is untrusted when nobody vouches for the certificate, and nothing is sent', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(
      ({ socket }) => socket.write(rawAnswer(202)),
      tls.createServer(createSelfSigned('127.0.0.1')),
    );
    const origin = server.origin.replace('http:', 'https:');

    const failure = await failureOf(transport.send(get({ origin }), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'untrusted', mayHaveArrived: false });
    expect(server.requests).toEqual([]);
  });
});

describe('connections', () => {
  test('are used again within a burst', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));

    for (let i = 0; i < 20; i += 1) {
      await transport.send(get(server), LIMIT_MS);
      runtime.advance(1_000);
    }

    expect(server.requests).toHaveLength(20);
    expect(server.connections()).toBe(1);
  });

  test('are as many as there are requests at once, up to 64', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => setTimeout(() => socket.write(rawAnswer(202)), 20));

    const replies = await Promise.all(
      Array.from({ length: 100 }, () => replyOf(transport.send(get(server), LIMIT_MS))),
    );

    expect(replies.every(({ status }) => status === 202)).toBe(true);
    expect(server.connections()).toBe(64);
  });

  test('are not shared by origins, nor by transports', async () => {
    const { transport } = openTransport();
    const { transport: other } = openTransport();
    const one = await startRawServer(({ socket }) => socket.write(rawAnswer(201)));
    const two = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));

    const replies = [
      await replyOf(transport.send(get(one), LIMIT_MS)),
      await replyOf(transport.send(get(two), LIMIT_MS)),
      await replyOf(other.send(get(one), LIMIT_MS)),
    ];

    expect(replies.map(({ status }) => status)).toEqual([201, 202, 201]);
    expect(one.connections()).toBe(2);
    expect(two.connections()).toBe(1);
  });

  test.each([
    ['reset', 'resetAndDestroy'],
    ['ended', 'end'],
  ] as const)('that turn out to be %s are replaced at once, and the request goes out again', async (_, method) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket, connection }, number) => {
      if (connection === 1 && number === 2) socket[method]();
      else socket.write(rawAnswer(202));
    });
    await transport.send(get(server), LIMIT_MS);

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 202, sends: 2, mayHaveArrived: true });
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  test('that are new get no second chance', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.resetAndDestroy());

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'reset', mayHaveArrived: true });
    expect(server.requests).toHaveLength(1);
  });

  test('that are new get none either while the first answer is still to come', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number === 2) socket.resetAndDestroy();
      if (number === 2) server.requests[0]?.socket.write(rawAnswer(202));
    });

    const [first, second] = await Promise.all([
      replyOf(transport.send(get(server), LIMIT_MS)),
      failureOf(transport.send(get(server), LIMIT_MS)),
    ]);

    expect(first.status).toBe(202);
    expect(second).toMatchObject({ kind: 'reset', sends: 1, mayHaveArrived: true });
  });

  test('get no second chance for a request that may go out once only', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number === 1) socket.write(rawAnswer(202));
      else socket.resetAndDestroy();
    });
    await transport.send(get(server), LIMIT_MS, 'never');

    const failure = await failureOf(transport.send(get(server), LIMIT_MS, 'never'));

    expect(failure).toMatchObject({ kind: 'reset', sends: 1, mayHaveArrived: true });
    expect(server.requests).toHaveLength(2);
  });

  test('get no second chance where the first one took all the time', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number === 1) return void socket.write(rawAnswer(202));
      runtime.advance(LIMIT_MS);
      socket.resetAndDestroy();
    });
    await transport.send(get(server), LIMIT_MS);

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'reset', sends: 1, mayHaveArrived: true });
  });

  test('are none after close: nothing is sent', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));
    await transport.close();

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    const host = `127.0.0.1:${server.port}`;
    expect(failure).toEqual({ kind: 'unreachable', host, sends: 0, mayHaveArrived: false });
    expect(server.connections()).toBe(0);
  });

  test('get one second chance, not two', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number === 1) socket.write(rawAnswer(202));
      else socket.resetAndDestroy();
    });
    await transport.send(get(server), LIMIT_MS);

    const failure = await failureOf(transport.send(get(server), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'reset', mayHaveArrived: true });
    expect(server.requests).toHaveLength(3);
  });

  test('that fail a second time count as sent, whatever the second failure is', async () => {
    const { transport } = openTransport();
    let lastSocket: net.Socket | undefined;
    const server = net.createServer((socket) => {
      lastSocket = socket;
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(rawAnswer(202));
        socket.once('data', () => {
          server.close();
          socket.resetAndDestroy();
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void lastSocket?.destroy());
    const origin = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    await transport.send(get({ origin }), LIMIT_MS);

    const failure = await failureOf(transport.send(get({ origin }), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'unreachable', mayHaveArrived: true });
  });

  test.each([
    ['nothing within the limit', () => {}, 'timeout'],
    ['garbage', (socket: net.Socket) => socket.write('garbage\r\n\r\n'), 'garbage'],
  ] as const)('that are old but answer with %s get no second chance', async (_, answer, kind) => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number === 1) socket.write(rawAnswer(202));
      else answer(socket);
    });
    await transport.send(get(server), LIMIT_MS);

    const failure = await failureOf(transport.send(get(server), 100));

    expect(failure.kind).toBe(kind);
    expect(server.requests).toHaveLength(2);
  });

  test('that all died together are replaced by no more than their number, and none is left over', async () => {
    const { transport } = openTransport();
    let phase: 'warm' | 'dead' | 'new' = 'warm';
    const server = await startRawServer(({ socket, connection }) => {
      if (phase === 'dead' && connection <= 10) socket.resetAndDestroy();
      else setTimeout(() => socket.write(rawAnswer(202)), 10);
    });
    const burst = () => Promise.all(Array.from({ length: 10 }, () => replyOf(transport.send(get(server), LIMIT_MS))));
    await burst();
    phase = 'dead';

    const replies = await burst();
    phase = 'new';
    await burst();
    await transport.close();

    expect(replies.every(({ status }) => status === 202)).toBe(true);
    expect(server.connections()).toBeLessThanOrEqual(20);
    await expect.poll(() => server.openSockets().length, { timeout: 1_000 }).toBe(0);
  });

  test('are gone after close, those with requests under way as well', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number <= 2) socket.write(rawAnswer(202));
    });
    await Promise.all([transport.send(get(server), LIMIT_MS), transport.send(get(server), LIMIT_MS)]);
    const failing = failureOf(transport.send(get(server), LIMIT_MS));
    await expect.poll(() => server.requests.length).toBe(3);

    await transport.close();

    expect((await failing).mayHaveArrived).toBe(true);
    await expect.poll(() => server.openSockets().length).toBe(0);
  });

  test('that were given up with requests under way are gone after close, too', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(() => {});
    const failing = failureOf(transport.send(get(server), LIMIT_MS));
    await expect.poll(() => server.requests.length).toBe(1);
    runtime.advance(2_000);
    const alsoFailing = failureOf(transport.send(get(server), LIMIT_MS));
    await expect.poll(() => server.requests.length).toBe(2);

    await transport.close();

    await Promise.all([failing, alsoFailing]);
    await expect.poll(() => server.openSockets().length, { timeout: 1_000 }).toBe(0);
  });
});

describe('a connection that was idle', () => {
  test('is used again for 45 seconds', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));

    for (const pauseMs of [0, 1_001, 5_000, 45_000]) {
      runtime.advance(pauseMs);
      await replyOf(transport.send(get(server), LIMIT_MS, 'always'));
    }

    expect(server.requests).toHaveLength(4);
    expect(server.connections()).toBe(1);
  });

  test.each([
    ['a longer pause', 45_001],
    ['a clock that was set back', -1_001],
  ])('is replaced after %s', async (_, ms) => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));
    await transport.send(get(server), LIMIT_MS, 'always');

    runtime.advance(ms);
    const reply = await replyOf(transport.send(get(server), LIMIT_MS, 'always'));

    expect(reply).toMatchObject({ status: 202, sends: 1 });
    expect(server.connections()).toBe(2);
    await expect.poll(() => server.openSockets().length).toBe(1);
  });

  test('is replaced by one that is new, and gets no second chance', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number === 1) socket.write(rawAnswer(202));
      else socket.resetAndDestroy();
    });
    await transport.send(get(server), LIMIT_MS, 'always');

    runtime.advance(45_001);
    const failure = await failureOf(transport.send(get(server), LIMIT_MS, 'always'));

    expect(failure).toMatchObject({ kind: 'reset', sends: 1, mayHaveArrived: true });
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  test('is replaced with all others where there are several', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }) => setTimeout(() => socket.write(rawAnswer(202)), 20));
    await Promise.all([
      transport.send(get(server), LIMIT_MS, 'always'),
      transport.send(get(server), LIMIT_MS, 'always'),
    ]);

    runtime.advance(1_001);
    await replyOf(transport.send(get(server), LIMIT_MS, 'always'));

    expect(server.connections()).toBe(3);
    await expect.poll(() => server.openSockets().length).toBe(1);
  });

  test('is replaced for a request that may not go out twice', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));
    await transport.send(get(server), LIMIT_MS, 'never');

    runtime.advance(1_001);
    const reply = await replyOf(transport.send(get(server), LIMIT_MS, 'never'));

    expect(reply).toMatchObject({ status: 202, sends: 1 });
    expect(server.connections()).toBe(2);
  });

  test('is replaced when the other side has closed it', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));
    await transport.send(get(server), LIMIT_MS, 'always');
    server.openSockets()[0]?.end();
    await expect.poll(() => server.openSockets().length).toBe(0);

    runtime.advance(5_000);
    const reply = await replyOf(transport.send(get(server), LIMIT_MS, 'always'));

    expect(reply).toMatchObject({ status: 202, sends: 1, mayHaveArrived: false });
    expect(server.connections()).toBe(2);
  });

  test.each([
    ['silent', () => {}],
    ['reset', (socket: net.Socket) => socket.resetAndDestroy()],
  ] as const)('and is %s now is replaced, and the request goes out again', async (_, die) => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket, connection }, number) => {
      if (connection === 1 && number === 2) die(socket);
      else socket.write(rawAnswer(202));
    });
    await transport.send(get(server), LIMIT_MS, 'always');

    runtime.advance(1_001);
    const reply = await replyOf(transport.send(get(server), LIMIT_MS, 'always'));

    expect(reply).toMatchObject({ status: 202, sends: 2, mayHaveArrived: true });
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
    await expect.poll(() => server.openSockets().length).toBe(1);
  });

  test('and is silent is given up long before the limit of the request', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket, connection }, number) => {
      if (connection === 2 || number === 1) socket.write(rawAnswer(202));
    });
    await transport.send(get(server), AN_HOUR_MS, 'always');

    runtime.advance(1_001);
    const reply = await replyOf(transport.send(get(server), AN_HOUR_MS, 'always'));

    expect(reply).toMatchObject({ status: 202, sends: 2 });
  });

  test('and answers later than three round trips is replaced', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      // the round trip of the first one is 0 ms by the clock of the test
      setTimeout(() => socket.write(rawAnswer(202)), number === 2 ? 600 : 0);
    });
    await transport.send(get(server), LIMIT_MS, 'always');

    runtime.advance(1_001);
    const reply = await replyOf(transport.send(get(server), LIMIT_MS, 'always'));

    expect(reply).toMatchObject({ status: 202, sends: 2 });
  });

  test('but answers with garbage gets no second chance', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      socket.write(number === 1 ? rawAnswer(202) : 'garbage\r\n\r\n');
    });
    await transport.send(get(server), LIMIT_MS, 'always');

    runtime.advance(1_001);
    const failure = await failureOf(transport.send(get(server), LIMIT_MS, 'always'));

    expect(failure).toMatchObject({ kind: 'garbage', sends: 1 });
    expect(server.requests).toHaveLength(2);
  });

  test('is replaced for a request that may not be repeated because its answer is slow', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      setTimeout(() => socket.write(rawAnswer(202)), number === 1 ? 0 : 1_200);
    });
    await transport.send(get(server), LIMIT_MS);

    runtime.advance(1_001);
    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 202, sends: 1 });
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  test('may take its time for the rest of an answer that has begun', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      const answer = rawAnswer(200, 'body');
      socket.write(answer.slice(0, -1));
      setTimeout(() => socket.write(answer.slice(-1)), number === 1 ? 0 : 1_200);
    });
    await transport.send(get(server), LIMIT_MS, 'always');

    runtime.advance(1_001);
    const reply = await replyOf(transport.send(get(server), LIMIT_MS, 'always'));

    expect(reply).toMatchObject({ body: 'body', sends: 1 });
    expect(server.requests).toHaveLength(2);
  });

  test('gets no second chance where the limit of the request is up', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }, number) => {
      if (number === 1) socket.write(rawAnswer(202));
    });
    await transport.send(get(server), LIMIT_MS, 'always');

    runtime.advance(1_001);
    const failure = await failureOf(transport.send(get(server), 0, 'always'));

    expect(failure).toMatchObject({ kind: 'timeout', sends: 1 });
  });
});

describe('a connection that was opened ahead', () => {
  async function openedAhead() {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));
    transport.preconnect(server.origin);
    await expect.poll(() => server.connections()).toBe(1);
    return { transport, runtime, server };
  }

  test('is taken by the next request', async () => {
    const { transport, server } = await openedAhead();

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply).toMatchObject({ status: 202, sends: 1 });
    expect(server.connections()).toBe(1);
  });

  test('is waited for by a request that comes before it is there', async () => {
    const { transport } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));
    transport.preconnect(server.origin);

    const reply = await replyOf(transport.send(get(server), LIMIT_MS));

    expect(reply.status).toBe(202);
    expect(server.connections()).toBe(1);
  });

  test('is one, however often it is asked for, and none where there are others', async () => {
    const { transport, server } = await openedAhead();

    transport.preconnect(server.origin);
    await transport.send(get(server), LIMIT_MS);
    transport.preconnect(server.origin);
    await transport.send(get(server), LIMIT_MS);

    expect(server.connections()).toBe(1);
  });

  test('is none where one that was idle may still be good', async () => {
    const { transport, runtime } = openTransport();
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)));
    await transport.send(get(server), LIMIT_MS, 'always');

    runtime.advance(5_000);
    transport.preconnect(server.origin);
    await transport.send(get(server), LIMIT_MS, 'always');

    expect(server.connections()).toBe(1);
  });

  test('serves one of many requests', async () => {
    const { transport, server } = await openedAhead();

    const replies = await Promise.all(Array.from({ length: 10 }, () => replyOf(transport.send(get(server), LIMIT_MS))));

    expect(replies.every(({ status }) => status === 202)).toBe(true);
    expect(server.connections()).toBe(10);
  });

  test.each(['end', 'resetAndDestroy'] as const)(
    'is replaced when the other side has closed it meanwhile (%s)',
    async (method) => {
      const { transport, server } = await openedAhead();
      server.openSockets()[0]?.[method]();
      await expect.poll(() => server.openSockets().length).toBe(0);

      const reply = await replyOf(transport.send(get(server), LIMIT_MS));

      expect(reply).toMatchObject({ status: 202, sends: 1 });
      expect(server.connections()).toBe(2);
    },
  );

  test('is not trusted after a pause, and not left over', async () => {
    const { transport, runtime, server } = await openedAhead();

    runtime.advance(1_001);
    await transport.send(get(server), LIMIT_MS);

    expect(server.connections()).toBe(2);
    await expect.poll(() => server.openSockets().length).toBe(1);
  });

  test('is gone after close, also one that comes later than that', async () => {
    const { transport, server } = await openedAhead();
    const { transport: other } = openTransport();
    other.preconnect(server.origin);

    await Promise.all([transport.close(), other.close()]);
    transport.preconnect(server.origin);

    await expect.poll(() => server.connections()).toBe(2);
    await expect.poll(() => server.openSockets().length).toBe(0);
    expect(server.connections()).toBe(2);
  });

  test('tells the next request why there is none', async () => {
    const { transport } = openTransport();
    const origin = await closedOrigin();
    transport.preconnect(origin);
    await new Promise((resolve) => setTimeout(resolve, 20));

    const failure = await failureOf(transport.send(get({ origin }), LIMIT_MS));

    expect(failure).toMatchObject({ kind: 'unreachable', mayHaveArrived: false });
  });
});

/** An origin on which nobody listens any more. */
async function closedOrigin(): Promise<string> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
