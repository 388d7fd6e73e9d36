import { Pool } from 'undici';
import type { Runtime } from '../core/runtime.ts';
import { createConnector } from './connector.ts';
import { exchange } from './exchange.ts';
import type { Request, Sent } from './request.ts';
import { LONGEST_PAUSE_MS, probeLimitMs, type Trust, trustAfter } from './trust.ts';

// IAM tokens come in a header and have up to 9 KB; Node's default limit for all headers is 16 KB
const MAX_HEADER_BYTES = 65_536;
const MAX_CONNECTIONS = 64;

/** The connections to one origin, replaced after each failure and after a pause that they may not have survived. */
export interface Connections {
  /** As {@link Transport.send}. */
  readonly send: (request: Request, limitMs: number, mayResend: boolean) => Promise<Sent>;
  readonly preconnect: () => void;
  readonly close: () => Promise<void>;
}

/** Connections that are trusted, and given up, together. */
interface Channel {
  readonly pool: Pool;
  lastUsedAtMs: number;
  /** Absent before the first answer: then every connection is new. */
  lastRoundTripMs: number | undefined;
  /** Resolves when the connection of the latest answer takes a request again. */
  freed: Promise<void>;
}

export function createConnections(origin: string, runtime: Runtime): Connections {
  const connector = createConnector(origin);
  // also those that were replaced and still have requests under way
  const pools = new Set<Pool>();
  let current: Channel | undefined;
  let isClosed = false;

  function open(): Channel {
    const pool = new Pool(origin, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: LONGEST_PAUSE_MS,
      keepAliveMaxTimeout: LONGEST_PAUSE_MS,
      connect: connector.connect,
    });
    pools.add(pool);
    current = { pool, lastUsedAtMs: runtime.now(), lastRoundTripMs: undefined, freed: Promise.resolve() };
    return current;
  }

  /** Requests that are under way on it go on to their end; no new one will use it. */
  function retire(channel: Channel): void {
    if (current === channel) {
      current = undefined;
      connector.close();
    }
    channel.pool
      .close()
      .catch(() => {})
      .finally(() => pools.delete(channel.pool));
  }

  /** The channel for the next request, and how far it can be trusted. */
  function trusted(mayResend: boolean): { readonly channel: Channel; readonly trust: Exclude<Trust, 'none'> } {
    if (current === undefined) return { channel: open(), trust: 'full' };
    const pauseMs = runtime.now() - current.lastUsedAtMs;
    const trust = trustAfter({ pauseMs, connections: current.pool.stats.connected, mayResend });
    if (trust !== 'none') return { channel: current, trust };
    retire(current);
    return { channel: open(), trust: 'full' };
  }

  async function sendOn(channel: Channel, request: Request, totalMs: number, firstByteMs?: number): Promise<Sent> {
    const startedAtMs = runtime.monotonicNow();
    channel.lastUsedAtMs = runtime.now();
    const sent = await exchange(channel.pool, request, { totalMs, firstByteMs });
    if ('failure' in sent || sent.reply.truncated !== undefined) {
      retire(channel);
      return sent;
    }
    channel.lastUsedAtMs = runtime.now();
    channel.lastRoundTripMs = runtime.monotonicNow() - startedAtMs;
    // undici takes a connection as busy until the next turn of the event loop, and would open another for a request before
    channel.freed = new Promise((resolve) => setImmediate(resolve));
    return sent;
  }

  async function send(request: Request, limitMs: number, mayResend: boolean): Promise<Sent> {
    const startedAtMs = runtime.monotonicNow();
    await current?.freed;
    const { channel, trust } = trusted(mayResend);
    const { lastRoundTripMs } = channel;
    const isProbe = trust === 'probe' && lastRoundTripMs !== undefined;
    const first = await sendOn(channel, request, limitMs, isProbe ? probeLimitMs(lastRoundTripMs) : undefined);

    const remainingMs = limitMs - (runtime.monotonicNow() - startedAtMs);
    if ('reply' in first || !mayResend || isClosed || lastRoundTripMs === undefined || remainingMs <= 0) return first;
    const { kind } = first.failure;
    if (kind !== 'reset' && !(isProbe && kind === 'timeout')) return first;
    // requests whose connections died together share the new ones
    const second = await sendOn(current ?? open(), request, remainingMs);
    return { ...second, sends: first.sends + second.sends, mayHaveArrived: true };
  }

  return {
    send,
    preconnect: () => {
      const known = current;
      if (trusted(true).channel !== known) connector.preconnect();
    },
    close: async () => {
      isClosed = true;
      current = undefined;
      connector.close();
      await Promise.all([...pools].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}
