import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import type { Schedule } from './schedule.ts';

const HOST = '127.0.0.1';

/** When a chunk arrives at the other end. */
export interface Passage {
  readonly roundTripMs: number;
  readonly sentAtMs: number;
  /** When the connection was accepted here, which on loopback is when the client asked for it. */
  readonly connectedAtMs: number;
}

/**
 * Half a round trip after it was sent. What a client sends leaves one round trip after it asked for the connection at the
 * earliest: on loopback `connect` returns at once, over a network it takes a round trip.
 */
export function arrivalMs(from: 'client' | 'server', { roundTripMs, sentAtMs, connectedAtMs }: Passage): number {
  const leavesAtMs = from === 'client' ? Math.max(sentAtMs, connectedAtMs + roundTripMs) : sentAtMs;
  return leavesAtMs + roundTripMs / 2;
}

/** Runs actions in the order in which they were given, each at its time or after the one before it. */
type Lane = (dueMs: number, action: () => void) => void;

function createLane(schedule: Schedule): Lane {
  let waiting = 0;
  let lastDueMs = 0;
  return (dueMs, action) => {
    if (waiting === 0 && dueMs <= performance.now()) return action();
    waiting += 1;
    lastDueMs = Math.max(lastDueMs, dueMs);
    return schedule.at(lastDueMs, () => {
      waiting -= 1;
      action();
    });
  };
}

/** Carries everything from one socket to the other, its end and its reset too. Without back pressure: bodies are small. */
export function forward(from: Socket, to: Socket, carry: (action: () => void) => void): void {
  from.on('data', (chunk: Buffer) => carry(() => void to.write(chunk)));
  from.on('end', () => carry(() => void to.end()));
  // 'close' follows, and says that there was one
  from.on('error', () => {});
  from.on('close', (hadError) => carry(() => void (hadError ? to.resetAndDestroy() : to.destroySoon())));
}

/** Starts a TCP relay that delays each chunk in both directions; the round trip may change while it runs. */
export async function startRelay(port: number, schedule: Schedule, roundTripMs: () => number): Promise<Server> {
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const connectedAtMs = performance.now();
    const target = net.connect({ port, host: HOST, noDelay: true, allowHalfOpen: true });
    const carryFrom = (side: 'client' | 'server'): ((action: () => void) => void) => {
      const lane = createLane(schedule);
      return (action) => {
        const passage = { roundTripMs: roundTripMs(), sentAtMs: performance.now(), connectedAtMs };
        lane(arrivalMs(side, passage), action);
      };
    };
    forward(client, target, carryFrom('client'));
    forward(target, client, carryFrom('server'));
  });
  return listening(server);
}

export async function listening(server: Server): Promise<Server> {
  server.listen(0, HOST);
  await once(server, 'listening');
  return server;
}

/** @throws {TypeError} when the server does not listen on a port */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port');
  return (address satisfies AddressInfo).port;
}
