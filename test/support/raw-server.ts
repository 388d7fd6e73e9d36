import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One HTTP request as it arrived, and the connection to answer on. */
export interface RawRequest {
  readonly head: string;
  readonly body: string;
  /** Counted from 1. */
  readonly connection: number;
  readonly socket: Socket;
}

/** A TCP server that reads HTTP requests and lets a test write any bytes in answer. */
export interface RawServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly requests: readonly RawRequest[];
  /** Accepted so far. */
  readonly connections: () => number;
  readonly openSockets: () => readonly Socket[];
}

export type RawAnswer = (request: RawRequest, number: number) => void;

/** Starts a server for the running test; `number` counts its requests from 1. */
export async function startRawServer(answer: RawAnswer, server: Server = net.createServer()): Promise<RawServer> {
  const open = new Set<Socket>();
  const requests: RawRequest[] = [];
  let connections = 0;

  server.on(readableEvent(server), (socket: Socket) => {
    connections += 1;
    const connection = connections;
    let received = Buffer.alloc(0);
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let taken = takeRequest(received); taken !== undefined; taken = takeRequest(received)) {
        received = taken.rest;
        const request = { head: taken.head, body: taken.body, connection, socket };
        requests.push(request);
        answer(request, requests.length);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    const closed = once(server, 'close');
    server.close();
    await closed;
  });
  const { port } = server.address() as AddressInfo;

  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    openSockets: () => [...open],
  };
}

/** A TLS server also says 'connection', for the socket below the one that can be read. */
function readableEvent(server: Server): string {
  return server.constructor === net.Server ? 'connection' : 'secureConnection';
}

interface Taken {
  readonly head: string;
  readonly body: string;
  readonly rest: Buffer<ArrayBuffer>;
}

function takeRequest(received: Buffer<ArrayBuffer>): Taken | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.subarray(0, headEnd).toString('latin1');
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const bodyStart = headEnd + 4;
  if (received.length < bodyStart + length) return undefined;
  const body = received.subarray(bodyStart, bodyStart + length).toString('utf8');
  return { head, body, rest: Buffer.from(received.subarray(bodyStart + length)) };
}

/** A well-formed answer; `content-length` is added. */
export function rawAnswer(status: number, body = '', headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status} Status`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}
