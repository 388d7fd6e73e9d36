import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { skipInterim } from './interim.ts';

/** Makes the connections to one origin. One of them may be opened before there is a request for it. */
export interface Connector {
  /** For undici, whenever a request needs a connection. */
  readonly connect: buildConnector.connector;
  /** Opens a connection for the next request that needs one. A failure is reported to that request. */
  readonly preconnect: () => void;
  /** Closes the connection that was opened ahead, if no request has taken it. */
  readonly close: () => void;
}

const CONNECT_TIMEOUT_MS = 5_000;

export function createConnector(origin: string): Connector {
  const { protocol, host, hostname, port } = new URL(origin);
  let ahead: Promise<Socket> | undefined;
  /** The latest TLS session. undici keeps one for a pool only, and pools are renewed. */
  let session: Buffer | undefined;

  const connect: Connector['connect'] = (options, callback) => {
    const open = buildConnector({ timeout: CONNECT_TIMEOUT_MS, ...(session && { session }) });
    open(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      socket.on('session', (latest: Buffer) => {
        session = latest;
      });
      callback(null, skipInterim(socket));
    });
  };

  /** A socket that nobody waits for must not keep the process alive. */
  function openAhead(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      connect({ protocol, host, hostname, port }, (error, socket) => {
        if (error === null) resolve(socket.unref());
        else reject(error);
      });
    });
  }

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
      ahead = openAhead();
      ahead.catch(() => {}); // the request that needs the connection is told
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
