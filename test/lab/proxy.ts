import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What befalls the answers on their way, after toxiproxy's eight toxics (https://github.com/Shopify/toxiproxy). */
export type Toxic =
  /** each piece is late by this much, give or take */
  | { readonly type: 'latency'; readonly ms: number; readonly jitterMs: number }
  /** the connection ends, and no new one is taken */
  | { readonly type: 'down' }
  | { readonly type: 'bandwidth'; readonly bytesPerSecond: number }
  /** the end of a connection is passed on late */
  | { readonly type: 'slow close'; readonly ms: number }
  /** nothing comes through any more, and the connection ends after this time; 0: never */
  | { readonly type: 'time-out'; readonly ms: number }
  /** RST */
  | { readonly type: 'reset' }
  /** pieces of this size, with a pause before each */
  | { readonly type: 'slicer'; readonly bytes: number; readonly pauseMs: number }
  /** the connection ends after this many bytes more */
  | { readonly type: 'limit data'; readonly bytes: number };

/** Where in an answer a toxic begins to work. */
export const STAGES = ['before headers', 'in headers', 'in body'] as const;
export type Stage = (typeof STAGES)[number];

export interface Ailment {
  readonly toxic: Toxic;
  readonly stage: Stage;
  /** Connections that suffer from it, the first ones from now on. */
  readonly connections: number;
}

export interface TcpProxy {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly ail: (ailment: Ailment) => void;
  /** As a network drops idle connections: without a word, so that the next byte on one of today's is answered with RST. */
  readonly purge: () => void;
  /** As a network that drops idle connections and says nothing at all: what is sent on one of today's is lost. */
  readonly mute: () => void;
  readonly connections: () => number;
  readonly openConnections: () => number;
  readonly close: () => Promise<void>;
}

/** What becomes of what a client sends on a connection. */
type Fate = 'alive' | 'purged' | 'muted';

/** Starts a TCP proxy on loopback in front of a server there. Requests pass untouched, answers as the ailment has it. */
export async function startProxy(target: string): Promise<TcpProxy> {
  const targetPort = Number(new URL(target).port);
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket; fate: Fate }>();
  let ailment: Ailment | undefined;
  let ailing = 0;
  let accepted = 0;

  const proxy = net.createServer((client) => {
    accepted += 1;
    const suffers = ailment !== undefined && ailing > 0 ? ailment : undefined;
    if (suffers !== undefined) ailing -= 1;
    if (suffers?.toxic.type === 'down' && suffers.stage === 'before headers') {
      client.resetAndDestroy();
      return;
    }
    const server = net.connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const pair: { readonly client: Socket; readonly server: Socket; fate: Fate } = { client, server, fate: 'alive' };
    pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
    }
    client.on('data', (chunk) => {
      if (pair.fate === 'alive') server.write(chunk);
      if (pair.fate === 'purged') client.resetAndDestroy();
    });
    client.on('end', () => server.end());
    client.on('close', () => {
      server.destroy();
      pairs.delete(pair);
    });
    server.on('close', () => {
      if (suffers === undefined) client.destroySoon();
    });
    pass(server, client, suffers).catch(() => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    ail(next) {
      ailment = next;
      ailing = next.connections;
    },
    purge() {
      for (const pair of pairs) pair.fate = 'purged';
    },
    mute() {
      for (const pair of pairs) pair.fate = 'muted';
    },
    connections: () => accepted,
    openConnections: () => pairs.size,
    async close() {
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      const closed = once(proxy, 'close');
      proxy.close();
      await closed;
    },
  };
}

/** Hands what the server sends to the client: untouched up to the stage of the ailment, by its toxic from there on. */
async function pass(server: Socket, client: Socket, ailment: Ailment | undefined): Promise<void> {
  const finder = createStageFinder(ailment?.stage);
  let isToxic = false;
  for await (const chunk of server as AsyncIterable<Buffer>) {
    if (ailment === undefined) {
      client.write(chunk);
      continue;
    }
    const healthy = isToxic ? 0 : finder(chunk);
    client.write(chunk.subarray(0, healthy));
    if (healthy === chunk.length && ailment.stage !== 'before headers') continue;
    isToxic = true;
    const goesOn = await poison(chunk.subarray(healthy), client, ailment.toxic);
    if (!goesOn) return;
  }
  if (ailment?.toxic.type === 'slow close') await sleep(ailment.toxic.ms);
  client.end();
}

/** @returns whether anything more is to come through */
async function poison(chunk: Buffer, client: Socket, toxic: Toxic): Promise<boolean> {
  switch (toxic.type) {
    case 'latency':
      await sleep(toxic.ms + (Math.random() * 2 - 1) * toxic.jitterMs);
      client.write(chunk);
      return true;
    case 'down':
      client.destroySoon();
      return false;
    case 'bandwidth':
      await slice(chunk, client, Math.ceil(toxic.bytesPerSecond / 50), 20);
      return true;
    case 'slow close':
      client.write(chunk);
      return true;
    case 'time-out':
      if (toxic.ms > 0) {
        await sleep(toxic.ms);
        client.destroySoon();
      }
      return false;
    case 'reset':
      client.resetAndDestroy();
      return false;
    case 'slicer':
      await slice(chunk, client, toxic.bytes, toxic.pauseMs);
      return true;
    case 'limit data':
      client.write(chunk.subarray(0, toxic.bytes));
      client.destroySoon();
      return false;
    default:
      toxic satisfies never;
      throw new TypeError('unknown toxic');
  }
}

async function slice(chunk: Buffer, client: Socket, bytes: number, pauseMs: number): Promise<void> {
  for (let from = 0; from < chunk.length && !client.destroyed; from += bytes) {
    await sleep(pauseMs);
    client.write(chunk.subarray(from, from + bytes));
  }
}

/**
 * Tells how many bytes of each chunk come before the stage. In headers is 20 bytes into the first answer: within the
 * headers of any. In body is after its first byte.
 */
function createStageFinder(stage: Stage | undefined): (chunk: Buffer) => number {
  let seen = Buffer.alloc(0);
  return (chunk) => {
    const before = seen.length;
    seen = Buffer.concat([seen, chunk]);
    const headEnd = seen.indexOf('\r\n\r\n');
    const inBody = headEnd < 0 ? Number.POSITIVE_INFINITY : headEnd + 5;
    const offset = stage === 'before headers' ? 0 : stage === 'in headers' ? 20 : inBody;
    return Math.min(chunk.length, Math.max(0, offset - before));
  };
}
