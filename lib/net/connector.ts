import type { Socket } from 'node:net';
import buildConnector from 'undici/lib/core/connect.js';
import { skipInterim } from './interim.ts';

/** Makes the connections of one pool. One of them may be opened before there is a request for it. */
export interface Connector {
  /** For undici, whenever a request needs a connection. */
  readonly connect: ReturnType<typeof buildConnector>;
  /** Opens a connection for the next request that needs one. A failure is that request's. */
  readonly preconnect: () => void;
  /** Closes what was opened ahead and nobody has taken. */
  readonly close: () => void;
}

const TIMEOUT_MS = 5_000;

export function createConnector(origin: string): Connector {
  const { protocol, host, hostname, port } = new URL(origin);
  const open = buildConnector({ timeout: TIMEOUT_MS });
  const connect: Connector['connect'] = (options, callback) =>
    open(options, (error, socket) => (error === null ? callback(null, skipInterim(socket)) : callback(error, null)));
  let ahead: Promise<Socket> | undefined;

  return {
    connect(options, callback) {
      if (ahead === undefined) return connect(options, callback);
      const opening = ahead;
      ahead = undefined;
      opening.then(
        (socket) => (socket.destroyed ? connect(options, callback) : callback(null, socket.ref())),
        (error: Error) => callback(error, null),
      );
    },
    preconnect() {
      const opening = new Promise<Socket>((resolve, reject) => {
        connect({ protocol, host, hostname, port }, (error, socket) => {
          // nobody waits for it yet, so it must not keep the process
          if (error === null) resolve(socket.unref());
          else reject(error);
        });
      });
      opening.catch(() => {});
      ahead = opening;
    },
    close() {
      ahead?.then(
        (socket) => socket.destroy(),
        () => {},
      );
      ahead = undefined;
    },
  };
}
