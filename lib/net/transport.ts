import type { Dispatcher, Pool as UndiciPool } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import { MAX_TIMER_MS, type Runtime } from '../core/runtime.ts';
import { type Connector, createConnector } from './connector.ts';

/** What is read of a URL; where one is made for each request, to have no more saves the time of parsing it. */
export type Target = Pick<URL, 'origin' | 'pathname' | 'search'>;

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: Target;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Why the body of an answer is not whole. */
export type Cut = 'reset' | 'timeout' | 'too_large';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty when `cut` is set. */
  readonly body: string;
  readonly cut: Cut | undefined;
  /** True when the request went out twice, because the first connection turned out to be dead. */
  readonly resent: boolean;
}

/**
 * - `unreachable`: refused, no route, no such host: nothing was sent
 * - `untrusted`: the TLS certificate does not hold: nothing was sent
 * - `reset`: the connection broke before an answer
 * - `timeout`: no connection or no answer in time
 * - `garbage`: what came is no HTTP
 */
export type FailureKind = 'unreachable' | 'untrusted' | 'reset' | 'timeout' | 'garbage';

/** No answer. `sent` says whether the request may have reached the other side. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly kind: FailureKind;
  readonly sent: boolean;

  constructor(kind: FailureKind, sent: boolean, options?: ErrorOptions) {
    super(`${kind}${sent ? ' after sending' : ' before sending'}`, options);
    this.kind = kind;
    this.sent = sent;
  }
}

export interface Transport {
  /**
   * Sends a request and reads the whole answer, whatever its status. Redirects are answers like any other.
   *
   * @param limitMs time for this attempt, from now to the last byte of the answer
   * @param mayResend whether a request may go out twice when the first connection was dead; where requests are counted
   *   against a rate, it may not
   * @throws {TransportFailure} when there is no status line to speak of
   */
  readonly send: (request: Request, limitMs: number, mayResend?: boolean) => Promise<Reply>;
  /** Opens a connection that the next request to this origin will need, so that it is there by then. */
  readonly preconnect: (origin: string) => void;
  readonly close: () => Promise<void>;
}

const MAX_BODY_BYTES = 65_536;
// IAM tokens come in a header and have up to 9 KB; Node's default limit for all headers is 16 KB
const MAX_HEADER_BYTES = 65_536;
// Longer than the gap between two calls of a burst. A function may be frozen in any longer pause, and then its sockets
// are purged without a word; no keep-alive setting is safe across that, so the age of the last byte decides.
const TRUSTED_PAUSE_MS = 1_000;
const MAX_CONNECTIONS = 64;

interface Channel {
  readonly pool: UndiciPool;
  readonly connector: Connector;
  lastUsedAtMs: number;
  /** Whether a connection of this channel may be an old one. */
  answered: boolean;
  /** Resolves when the connection of the latest answer takes a request again; absent when it does already. */
  freed: Promise<void> | undefined;
}

/** One pool of connections per origin, renewed after each pause and each failure. State belongs to this instance. */
export function createTransport(runtime: Runtime): Transport {
  const channels = new Map<string, Channel>();
  // also those of retired channels whose requests are still under way
  const pools = new Set<UndiciPool>();
  let closed = false;

  function open(origin: string): Channel {
    const connector = createConnector(origin);
    const pool = new Pool(origin, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 4_000,
      connect: connector.connect,
    });
    pools.add(pool);
    const channel: Channel = { pool, connector, lastUsedAtMs: runtime.now(), answered: false, freed: undefined };
    channels.set(origin, channel);
    return channel;
  }

  /** Requests under way on it go on to their end; no new one will use it. */
  function retire(origin: string, channel: Channel): void {
    if (channels.get(origin) === channel) channels.delete(origin);
    channel.connector.close();
    channel.pool
      .close()
      .catch(() => {})
      .finally(() => pools.delete(channel.pool));
  }

  function current(origin: string): Channel {
    const channel = channels.get(origin);
    if (channel === undefined) return open(origin);
    // the second half is for a clock that was set back
    const pauseMs = Math.abs(runtime.now() - channel.lastUsedAtMs);
    if (pauseMs <= TRUSTED_PAUSE_MS) return channel;
    retire(origin, channel);
    return open(origin);
  }

  function preconnect(origin: string): void {
    if (closed) return;
    const known = channels.get(origin);
    const channel = current(origin);
    if (channel !== known) channel.connector.preconnect();
  }

  async function exchangeOn(channel: Channel, request: Request, limitMs: number, resent: boolean): Promise<Reply> {
    channel.lastUsedAtMs = runtime.now();
    try {
      const reply = await exchange(channel.pool, request, limitMs, resent);
      if (reply.cut !== undefined) retire(request.url.origin, channel);
      channel.answered = true;
      channel.lastUsedAtMs = runtime.now();
      free(channel);
      return reply;
    } catch (error) {
      retire(request.url.origin, channel);
      throw error;
    }
  }

  async function send(request: Request, limitMs: number, mayResend = true): Promise<Reply> {
    const { origin } = request.url;
    const startedAtMs = runtime.now();
    const freed = channels.get(origin)?.freed;
    if (freed !== undefined) await freed;
    const channel = current(origin);
    const reused = channel.answered;
    try {
      return await exchangeOn(channel, request, limitMs, false);
    } catch (error) {
      const remainingMs = limitMs - (runtime.now() - startedAtMs);
      const stale = mayResend && reused && error instanceof TransportFailure && error.kind === 'reset';
      if (!stale || remainingMs <= 0 || closed) throw error;
    }
    try {
      // one that others have opened since is as new: requests whose connections died together share the next ones
      const channelNow = channels.get(origin) ?? open(origin);
      return await exchangeOn(channelNow, request, limitMs - (runtime.now() - startedAtMs), true);
    } catch (error) {
      // the first one had left this side, whatever became of the second
      if (error instanceof TransportFailure) throw new TransportFailure(error.kind, true, { cause: error.cause });
      throw error;
    }
  }

  async function close(): Promise<void> {
    closed = true;
    for (const { connector } of channels.values()) connector.close();
    channels.clear();
    await Promise.all([...pools].map((pool) => pool.destroy()));
    pools.clear();
  }

  return { send, preconnect, close };
}

/**
 * One request and its answer on one pool. undici's `dispatch` in place of its `request`: no stream for a body of a
 * few bytes, and it tells when the request is written, which decides whether a DELETE may have been carried out.
 */
function exchange(pool: UndiciPool, request: Request, limitMs: number, resent: boolean): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let settled = false;
    let sent = false;
    let status: number | undefined;
    let headers: Reply['headers'] = {};
    let bodyBytes = 0;
    const chunks: Buffer[] = [];

    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      finish();
    };
    const cutOff = (cut: Cut): void => {
      if (status === undefined) return;
      const reply = { status, headers, body: '', cut, resent };
      settle(() => resolve(reply));
    };
    const giveUp = (cut: Cut, kind: FailureKind): void => {
      if (status !== undefined) cutOff(cut);
      else settle(() => reject(new TransportFailure(kind, sent)));
      controller?.abort(new Error(kind));
    };
    const timer = setTimeout(() => giveUp('timeout', 'timeout'), Math.min(Math.max(0, limitMs), MAX_TIMER_MS));

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        // the time ran out while this request waited for a connection: it must not leave any more
        if (settled) started.abort(new Error('timeout'));
        else sent = true;
      },
      onResponseStart(_controller, statusCode, responseHeaders) {
        if (statusCode < 200) return; // 103 and its like: the answer proper is still to come
        status = statusCode;
        headers = responseHeaders;
      },
      onResponseData(_controller, chunk) {
        bodyBytes += chunk.length;
        if (bodyBytes > MAX_BODY_BYTES) giveUp('too_large', 'garbage');
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (status === undefined) return;
        const body = chunks.length === 0 ? '' : Buffer.concat(chunks).toString('utf8');
        const reply = { status, headers, body, cut: undefined, resent };
        settle(() => resolve(reply));
      },
      onResponseError(_controller, error) {
        if (status !== undefined) cutOff('reset');
        else settle(() => reject(new TransportFailure(kindOf(error, sent), sent, { cause: error })));
      },
    };

    try {
      pool.dispatch(
        {
          method: request.method,
          path: `${request.url.pathname}${request.url.search}`,
          headers: request.headers,
          body: request.body ?? null,
          // one timer for the whole attempt, above: undici's own have a resolution of half a second
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        handler,
      );
    } catch (error) {
      settle(() => reject(error));
    }
  });
}

/**
 * undici takes a connection as busy for one more turn of the event loop after its answer has ended, and a request that came
 * by then would open another. Called behind an await of the answer, which puts this turn after undici's.
 */
function free(channel: Channel): void {
  const freed = new Promise<void>((resolve) => {
    setImmediate(() => {
      if (channel.freed === freed) channel.freed = undefined;
      resolve();
    });
  });
  channel.freed = freed;
}

const CERTIFICATE_CODE = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;
const GARBAGE_CODE = /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/;

function kindOf(error: unknown, sent: boolean): FailureKind {
  const { code, name } = error as { code?: unknown; name?: unknown };
  const word = typeof code === 'string' ? code : '';
  if (CERTIFICATE_CODE.test(word)) return 'untrusted';
  if (word === 'UND_ERR_CONNECT_TIMEOUT' || word === 'ETIMEDOUT') return 'timeout';
  if (!sent) return 'unreachable';
  // undici's parser errors have no code of their own
  return name === 'HTTPParserError' || GARBAGE_CODE.test(word) ? 'garbage' : 'reset';
}
