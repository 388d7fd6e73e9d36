import type { Runtime } from '../core/runtime.ts';
import { type Channel, openChannel } from './channel.ts';
import { createConnector } from './connector.ts';
import type { Resend } from './request.ts';
import { probeLimitMs } from './trust.ts';

/** The connections to one origin, replaced after each failure and after a pause that they may not have survived. */
export interface Connections {
  /** The channel for the next request. */
  readonly take: (resend: Resend) => Promise<Taken>;
  /** The channel for a request whose connection was dead. Requests whose connections died together share it. */
  readonly replacement: () => Channel;
  /** Sends no more requests on a channel. Those under way go on to their end. */
  readonly retire: (channel: Channel) => void;
  /** Opens a connection for the next request, unless there is one. */
  readonly preconnect: () => void;
  readonly close: () => Promise<void>;
}

interface Taken {
  readonly channel: Channel;
  /** Whether its connections have been used before, and so may be dead by now. */
  readonly isUsed: boolean;
  /** For how long the first byte of an answer may be waited for, where the connection may have died without a word. */
  readonly firstByteMs?: number;
}

export function createConnections(origin: string, runtime: Runtime): Connections {
  const connector = createConnector(origin);
  // also those that were replaced and still have requests under way
  const channels = new Set<Channel>();
  let current: Channel | undefined;

  function open(): Channel {
    current = openChannel(origin, connector, runtime);
    channels.add(current);
    return current;
  }

  function retire(channel: Channel): void {
    if (current === channel) {
      current = undefined;
      connector.close();
    }
    channel.dispatcher
      .close()
      .catch(() => {})
      .finally(() => channels.delete(channel));
  }

  function trusted(resend: Resend): Taken {
    if (current === undefined) return { channel: open(), isUsed: false };
    const lastRoundTripMs = current.lastRoundTripMs();
    const trust = current.trust(resend);
    if (trust === 'full') return { channel: current, isUsed: lastRoundTripMs !== undefined };
    if (trust === 'probe' && lastRoundTripMs !== undefined) {
      return { channel: current, isUsed: true, firstByteMs: probeLimitMs(lastRoundTripMs) };
    }
    retire(current);
    return { channel: open(), isUsed: false };
  }

  return {
    take: async (resend) => {
      await current?.ready();
      return trusted(resend);
    },
    replacement: () => current ?? open(),
    retire,
    preconnect: () => {
      const known = current;
      if (trusted('always').channel !== known) connector.preconnect();
    },
    close: async () => {
      current = undefined;
      connector.close();
      await Promise.all([...channels].map(({ dispatcher }) => dispatcher.destroy()));
      channels.clear();
    },
  };
}
