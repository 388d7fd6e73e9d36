import net, { type Server } from 'node:net';
import tls from 'node:tls';
import { createSelfSigned, type SelfSigned } from '../support/self-signed.ts';
import { forward, listening, portOf, startRelay } from './relay.ts';
import { createSchedule } from './schedule.ts';

/** The way from a contender to the services: TLS if asked for, and a delay on every chunk. */
export interface Network {
  /** In PEM, for `NODE_EXTRA_CA_CERTS`; absent without TLS. */
  readonly certificate: string | undefined;
  /** The same URL, through this network. */
  readonly through: (url: string) => Promise<string>;
  /** From now on; 0 at the start. */
  readonly setRoundTrip: (ms: number) => void;
  readonly close: () => void;
}

// a certificate without alternative names holds for its common name, which cannot be an address
const HOST = 'localhost';

/** A contender speaks to a relay that delays, the relay to a server that takes TLS off, that server to the service. */
export function startNetwork(options: { readonly tls: boolean }): Network {
  const selfSigned = options.tls ? createSelfSigned(HOST) : undefined;
  const servers: Server[] = [];
  const schedule = createSchedule();
  let roundTripMs = 0;

  async function started(starting: Promise<Server>): Promise<number> {
    const server = await starting;
    servers.push(server);
    return portOf(server);
  }

  return {
    certificate: selfSigned?.cert,
    async through(url) {
      const { port, pathname } = new URL(url);
      const inner = selfSigned === undefined ? Number(port) : await started(startTerminator(Number(port), selfSigned));
      const outer = await started(startRelay(inner, schedule, () => roundTripMs));
      const scheme = selfSigned === undefined ? 'http' : 'https';
      return `${scheme}://${HOST}:${outer}${pathname === '/' ? '' : pathname}`;
    },
    setRoundTrip(ms) {
      roundTripMs = ms;
    },
    close() {
      for (const server of servers) server.close();
    },
  };
}

/** A server that takes TLS off and passes on what was inside. */
function startTerminator(port: number, { key, cert }: SelfSigned): Promise<Server> {
  const server = tls.createServer({ key, cert, noDelay: true, allowHalfOpen: true }, (outside) => {
    const inside = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const atOnce = (action: () => void): void => action();
    forward(outside, inside, atOnce);
    forward(inside, outside, atOnce);
  });
  return listening(server);
}
