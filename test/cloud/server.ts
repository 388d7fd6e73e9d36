import { randomUUID } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type HeaderValue, type Outcome, Refusal } from './answers.ts';
import { delay } from './delay.ts';
import { type FaultKind, type FaultQueue, type Line, strike } from './faults.ts';
import { badRequest, checkLimits, headersTooLarge, MAX_HEAD_BYTES, readBody } from './limits.ts';
import { createLine, serialize } from './line.ts';
import type { CloudRequest, Incoming, Operation, Service } from './requests.ts';

export interface ServiceDefinition {
  readonly service: Service;
  readonly region?: string;
  operationOf(method: string, path: string): Operation | 'unknown';
  /** Decides on a request without carrying it out; may throw a {@link Refusal}. */
  handle(request: Incoming): Outcome;
  /** on every answer */
  headers(requestId: string): Readonly<Record<string, HeaderValue>>;
}

export interface ServiceOptions {
  readonly port: number;
  readonly keepAliveTimeoutMs: number;
  readonly now: () => number;
  readonly faults: FaultQueue;
  readonly log: CloudRequest[];
  readonly onRequest: (request: CloudRequest) => void;
}

export interface RunningService {
  readonly port: number;
  /** accepted since the start or the last {@link RunningService.forget} */
  connections(): number;
  openConnections(): number;
  setLatency(ms: number): void;
  forget(): void;
  resetConnections(): void;
  close(): Promise<void>;
}

/** Starts one of the cloud's services as a server on loopback. */
export async function startService(definition: ServiceDefinition, options: ServiceOptions): Promise<RunningService> {
  const { service } = definition;
  const { faults, log, now, onRequest } = options;
  const open = new Set<Socket>();
  const numberOf = new WeakMap<Socket, number>();
  const seenTokens: string[] = [];
  const closing = new AbortController();
  // one listener for each request that is being delayed
  setMaxListeners(0, closing.signal);
  let everAccepted = 0;
  let accepted = 0;
  let inFlight = 0;
  let latencyMs = 0;

  function arrive(req: http.IncomingMessage): Incoming {
    const target = req.url ?? '';
    const queryStart = target.indexOf('?');
    const path = queryStart < 0 ? target : target.slice(0, queryStart);
    const rawQuery = queryStart < 0 ? '' : target.slice(queryStart + 1);
    const method = req.method ?? '';
    const record = {
      service,
      operation: definition.operationOf(method, path),
      ...(definition.region === undefined ? {} : { region: definition.region }),
      method,
      target,
      path,
      query: Object.fromEntries(new URLSearchParams(rawQuery)),
      headers: withSharedToken(req.headers),
      body: '',
      atMs: now(),
      connection: numberOf.get(req.socket) ?? 0,
      inFlight,
    };
    log.push(record);
    return { record, rawQuery, rawHeaders: req.rawHeaders, requestId: newRequestId(), bytes: Buffer.alloc(0) };
  }

  /** Keeps one copy of a token in the log: with 9 KB in each of 20,000 requests it would fill the memory. */
  function withSharedToken(headers: http.IncomingHttpHeaders): http.IncomingHttpHeaders {
    const token = headers['x-auth-token'];
    if (typeof token !== 'string') return headers;
    // to look it up in a Map would be to hash all of it, each time
    const shared = seenTokens.find((seen) => seen === token);
    if (shared === undefined) seenTokens.push(token);
    return { ...headers, 'x-auth-token': shared ?? token };
  }

  function judge(request: Incoming): Outcome {
    try {
      checkLimits(request);
      return definition.handle(request);
    } catch (error) {
      if (error instanceof Refusal) return error.outcome;
      throw error;
    }
  }

  async function serve(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    const arrivedAtMs = performance.now();
    inFlight += 1;
    res.once('close', () => {
      inFlight -= 1;
    });
    const request = arrive(req);
    request.bytes = await readBody(req);
    request.record.body = request.bytes.toString('utf8');

    const fault = faults.next(request.record);
    await delay(latencyMs + (fault?.type === 'latency' ? fault.ms : 0), arrivedAtMs, closing.signal);
    onRequest(request.record);
    answer(request, fault, createLine(request, res, definition.headers(request.requestId)));
  }

  function answer(request: Incoming, fault: FaultKind | undefined, line: Line): void {
    if (fault !== undefined && fault.type !== 'latency') {
      strike(fault, { service, requestId: request.requestId }, () => judge(request), line);
      return;
    }
    const outcome = judge(request);
    outcome.act?.();
    line.send(outcome.answer);
  }

  const server = http.createServer({ maxHeaderSize: MAX_HEAD_BYTES }, (req, res) => {
    serve(req, res).catch((error: unknown) => {
      // a client that went away in mid-request, or a close() during a delay; anything else is a bug of the cloud
      if (req.socket.destroyed || closing.signal.aborted) return;
      res.writeHead(500, { 'Content-Type': 'text/plain' }).end(`the embedded cloud has a bug: ${String(error)}`);
    });
  });
  server.keepAliveTimeout = options.keepAliveTimeoutMs;
  server.on('connection', (socket) => {
    everAccepted += 1;
    accepted += 1;
    numberOf.set(socket, everAccepted);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return socket.destroy();
    const requestId = newRequestId();
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    const refusal = tooLarge ? headersTooLarge(requestId) : badRequest(requestId);
    return socket.end(
      serialize({ ...refusal, headers: { ...refusal.headers, ...definition.headers(requestId) } }, false),
    );
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    connections: () => accepted,
    openConnections: () => open.size,
    setLatency(ms) {
      latencyMs = ms;
    },
    forget() {
      accepted = 0;
      seenTokens.length = 0;
    },
    resetConnections() {
      for (const socket of open) socket.resetAndDestroy();
    },
    async close() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function newRequestId(): string {
  return randomUUID().replaceAll('-', '');
}
