import { type Dispatcher, Pool } from 'undici';
import type { Runtime } from '../core/runtime.ts';
import type { Connector } from './connector.ts';
import type { Resend } from './request.ts';
import { LONGEST_PAUSE_MS, type Trust, trustAfter } from './trust.ts';

// IAM tokens come in a header and have up to 9 KB; Node's default limit for all headers is 16 KB
const MAX_HEADER_BYTES = 65_536;
const MAX_CONNECTIONS = 64;

/** Connections to one origin that are trusted, and given up, together. */
export interface Channel {
  readonly dispatcher: Dispatcher;
  /** Notes that a request goes out now. What it returns is called when the answer is there. */
  readonly noteRequest: () => () => void;
  /** Resolves when the connection of the latest answer takes a request again. */
  readonly ready: () => Promise<void>;
  readonly trust: (resend: Resend) => Trust;
  /** Absent before the first answer: then every connection is new. */
  readonly lastRoundTripMs: () => number | undefined;
}

export function openChannel(origin: string, { connect }: Connector, runtime: Runtime): Channel {
  const pool = new Pool(origin, {
    connections: MAX_CONNECTIONS,
    pipelining: 1,
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: LONGEST_PAUSE_MS,
    keepAliveMaxTimeout: LONGEST_PAUSE_MS,
    connect,
  });
  let lastUsedAtMs = runtime.now();
  let lastRoundTripMs: number | undefined;
  let freed: Promise<void> = Promise.resolve();

  return {
    dispatcher: pool,
    noteRequest: () => {
      const startedAtMs = runtime.monotonicNow();
      lastUsedAtMs = runtime.now();
      return () => {
        lastUsedAtMs = runtime.now();
        lastRoundTripMs = runtime.monotonicNow() - startedAtMs;
        // undici counts a connection as busy until the next turn of the event loop: a request before that would open another
        freed = new Promise((resolve) => setImmediate(resolve));
      };
    },
    ready: () => freed,
    trust: (resend) =>
      trustAfter({ pauseMs: runtime.now() - lastUsedAtMs, connections: () => pool.stats.connected, resend }),
    lastRoundTripMs: () => lastRoundTripMs,
  };
}
