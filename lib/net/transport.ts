import type { Runtime } from '../core/runtime.ts';
import type { Channel } from './channel.ts';
import { type Connections, createConnections } from './connections.ts';
import { exchange } from './exchange.ts';
import type { Request, Resend, Sent } from './request.ts';

export interface Transport {
  /**
   * Sends a request and reads the whole answer, whatever its status. Redirects are answers like any other. It does not throw
   * for anything that the network or the other side does.
   *
   * @param limitMs time for this attempt, from now to the last byte of the answer
   * @param resend when the request may go out twice; `after_reset` unless told
   */
  readonly send: (request: Request, limitMs: number, resend?: Resend) => Promise<Sent>;
  /** Opens a connection that the next request to this origin will need. */
  readonly preconnect: (origin: string) => void;
  /** Drops every connection. Nothing is sent afterwards. */
  readonly close: () => Promise<void>;
}

/** Sends requests to any origin. Connections belong to this instance. */
export function createTransport(runtime: Runtime): Transport {
  const connectionsByOrigin = new Map<string, Connections>();
  let isClosed = false;

  function connectionsTo(origin: string): Connections {
    const connections = connectionsByOrigin.get(origin) ?? createConnections(origin, runtime);
    connectionsByOrigin.set(origin, connections);
    return connections;
  }

  async function send(request: Request, limitMs: number, resend: Resend = 'after_reset'): Promise<Sent> {
    if (isClosed) {
      const { host } = new URL(request.url.origin);
      return { failure: { kind: 'unreachable', host }, sends: 0, mayHaveArrived: false };
    }
    const startedAtMs = runtime.monotonicNow();
    const connections = connectionsTo(request.url.origin);
    const { channel, isUsed, firstByteMs } = await connections.take(resend);
    const first = settled(await exchange(channel, request, { totalMs: limitMs, firstByteMs }), channel, connections);

    const totalMs = limitMs - (runtime.monotonicNow() - startedAtMs);
    if ('reply' in first || resend === 'never' || !isUsed || isClosed || totalMs <= 0) return first;
    const { kind } = first.failure;
    if (kind !== 'reset' && !(kind === 'timeout' && firstByteMs !== undefined)) return first;
    const other = connections.replacement();
    const second = settled(await exchange(other, request, { totalMs }), other, connections);
    return { ...second, sends: first.sends + second.sends, mayHaveArrived: true };
  }

  return {
    send,
    preconnect: (origin) => {
      if (!isClosed) connectionsTo(origin).preconnect();
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...connectionsByOrigin.values()].map((connections) => connections.close()));
    },
  };
}

/** Retires a channel that did not bring a whole answer. */
function settled(sent: Sent, channel: Channel, connections: Connections): Sent {
  if ('failure' in sent || sent.reply.truncated !== undefined) connections.retire(channel);
  return sent;
}
