import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import tls from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { type Network, startNetwork } from './network.ts';
import { arrivalMs, listening, portOf } from './relay.ts';
import { createSchedule } from './schedule.ts';

test.each([
  { what: 'the first bytes of a client, sent when it connected', from: 'client', sentAtMs: 1_000, arrives: 1_075 },
  { what: 'what a client sends half a round trip later', from: 'client', sentAtMs: 1_025, arrives: 1_075 },
  { what: 'what a client sends a round trip later', from: 'client', sentAtMs: 1_050, arrives: 1_075 },
  {
    what: 'what a client sends on a connection that it has had for long',
    from: 'client',
    sentAtMs: 9_000,
    arrives: 9_025,
  },
  { what: 'the first answer', from: 'server', sentAtMs: 1_075, arrives: 1_100 },
] as const)('over a round trip of 50 ms, $what is there at $arrives', ({ from, sentAtMs, arrives }) => {
  expect(arrivalMs(from, { roundTripMs: 50, sentAtMs, connectedAtMs: 1_000 })).toBe(arrives);
});

test('without a round trip everything is there at once', () => {
  expect(arrivalMs('client', { roundTripMs: 0, sentAtMs: 7, connectedAtMs: 7 })).toBe(7);
});

test('actions run by their times, and those of one time in the order in which they came', async () => {
  const schedule = createSchedule();
  const soonMs = performance.now() + 5;
  const ran: string[] = [];

  await new Promise<void>((resolve) => {
    schedule.at(soonMs + 10, resolve);
    schedule.at(soonMs, () => ran.push('second'));
    schedule.at(soonMs, () => ran.push('third'));
    schedule.at(soonMs - 4, () => ran.push('first'));
  });

  expect(ran).toEqual(['first', 'second', 'third']);
});

test.each([{ encrypted: false }, { encrypted: true }])(
  'bytes arrive whole and in order, also where the round trip becomes shorter on the way (TLS: $encrypted)',
  async ({ encrypted }) => {
    const network = start(encrypted);
    const client = await connect(network, await serve((socket) => socket.pipe(socket)));
    const sent = randomBytes(300_000);
    const received = buffer(client);

    network.setRoundTrip(40);
    client.write(sent.subarray(0, 100_000));
    await new Promise((resolve) => setImmediate(resolve));
    network.setRoundTrip(2);
    client.write(sent.subarray(100_000, 200_000));
    await new Promise((resolve) => setImmediate(resolve));
    network.setRoundTrip(0);
    client.end(sent.subarray(200_000));

    expect(sent.equals(await received)).toBe(true);
  },
);

test('a reset by the service is a reset for the client', async () => {
  const network = start(false);
  const port = await serve((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const client = await connect(network, port);
  const failed = once(client, 'error');

  client.write('anything');

  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
});

test('a client that goes away is gone for the service too', async () => {
  const network = start(true);
  let gone: Promise<unknown> | undefined;
  const port = await serve((socket) => {
    gone = once(socket, 'end');
    socket.resume().write('welcome');
  });
  const client = await connect(network, port);
  await once(client, 'data');

  client.destroy();

  await expect(gone).resolves.toEqual([]);
});

function start(encrypted: boolean): Network {
  const network = startNetwork({ tls: encrypted });
  onTestFinished(() => network.close());
  return network;
}

/** Starts a service for the running test, and returns its port. */
async function serve(answer: (socket: Socket) => void): Promise<number> {
  const server: Server = await listening(
    net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      answer(socket);
    }),
  );
  onTestFinished(() => void server.close());
  return portOf(server);
}

async function connect(network: Network, port: number): Promise<Socket> {
  const { hostname, port: outerPort } = new URL(await network.through(`http://127.0.0.1:${port}`));
  const { certificate } = network;
  const options = { host: hostname, port: Number(outerPort), allowHalfOpen: true };
  const client = certificate === undefined ? net.connect(options) : tls.connect({ ...options, ca: certificate });
  onTestFinished(() => void client.destroy());
  await once(client, certificate === undefined ? 'connect' : 'secureConnect');
  return client;
}
