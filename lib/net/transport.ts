import type { Runtime } from '../core/runtime.ts';
import { type Connections, createConnections } from './connections.ts';
import type { Request, Sent } from './request.ts';

export interface Transport {
  /**
   * Sends a request and reads the whole answer, whatever its status. Redirects are answers like any other. It does not throw
   * for anything that the network or the other side does.
   *
   * @param limitMs time for this attempt, from now to the last byte of the answer
   * @param mayResend whether a request may go out twice when the first connection is dead; where requests are counted
   *   against a rate, it may not
   */
  readonly send: (request: Request, limitMs: number, mayResend?: boolean) => Promise<Sent>;
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

  return {
    send: async (request, limitMs, mayResend = true) => {
      if (isClosed) return { failure: { kind: 'unreachable' }, sends: 0, mayHaveArrived: false };
      return connectionsTo(request.url.origin).send(request, limitMs, mayResend);
    },
    preconnect: (origin) => {
      if (!isClosed) connectionsTo(origin).preconnect();
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...connectionsByOrigin.values()].map((connections) => connections.close()));
    },
  };
}
