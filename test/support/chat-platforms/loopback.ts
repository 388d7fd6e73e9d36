import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Loopback {
  readonly origin: string;
  /** every request, in order of arrival */
  readonly received: readonly Received[];
  /** From now on: wait so long before answering; `Infinity` never answers. */
  setLatency(ms: number): void;
  close(): Promise<void>;
}

/** A server on loopback that answers each request by a function. */
export async function startLoopback(answer: (request: Received) => Reply): Promise<Loopback> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let latencyMs = 0;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const record = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(record);
      if (latencyMs === Number.POSITIVE_INFINITY) return;
      setTimeout(() => {
        const reply = answer(record);
        response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers });
        response.end(reply.body);
      }, latencyMs);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    setLatency(ms) {
      latencyMs = ms;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
