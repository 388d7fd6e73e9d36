import type { Dispatcher } from 'undici';
import { MAX_TIMER_MS } from '../core/runtime.ts';
import type { Channel } from './channel.ts';
import { failureKindOf } from './failure-kind.ts';
import type { FailureKind, Reply, Request, Sent, Truncation } from './request.ts';

const MAX_BODY_BYTES = 65_536;

interface ExchangeLimits {
  /** From now to the last byte of the answer. */
  readonly totalMs: number;
  /** From now to the first byte of the answer, where this must come sooner. */
  readonly firstByteMs?: number | undefined;
}

/**
 * One request and its answer. Uses undici's `dispatch` and not its `request`, because `dispatch` tells when the request is
 * handed to a connection. That decides whether a DELETE may have been carried out.
 */
export function exchange(channel: Channel, request: Request, limits: ExchangeLimits): Promise<Sent> {
  const noteAnswer = channel.noteRequest();
  return new Promise<Sent>((resolve, reject) => {
    const handler = new ExchangeHandler(request.url.origin, limits, resolve);
    try {
      channel.dispatcher.dispatch(toDispatchOptions(request), handler);
    } catch (error) {
      handler.stopTimers();
      reject(error);
    }
  }).then((sent) => {
    if ('reply' in sent) noteAnswer();
    return sent;
  });
}

function toDispatchOptions({ method, url, headers, body }: Request): Dispatcher.DispatchOptions {
  // undici's own timers have a resolution of half a second, so the exchange has timers of its own
  return {
    method,
    path: `${url.pathname}${url.search}`,
    headers,
    body: body ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

/** Collects what undici tells of one exchange, and gives the result once. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #origin: string;
  readonly #resolve: (sent: Sent) => void;
  readonly #totalTimer: NodeJS.Timeout;
  readonly #firstByteTimer: NodeJS.Timeout | undefined;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #head: Pick<Reply, 'status' | 'headers'> | undefined;
  #bodyBytes = 0;
  #isSent = false;
  #isSettled = false;

  constructor(origin: string, { totalMs, firstByteMs }: ExchangeLimits, resolve: (sent: Sent) => void) {
    this.#origin = origin;
    this.#resolve = resolve;
    this.#totalTimer = this.#giveUpAfter(totalMs);
    this.#firstByteTimer = firstByteMs === undefined ? undefined : this.#giveUpAfter(firstByteMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // the time ran out while the request waited for a connection, so it must not be sent any more
    if (this.#isSettled) controller.abort(new Error('timeout'));
    else this.#isSent = true;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Reply['headers']): void {
    clearTimeout(this.#firstByteTimer);
    // after an interim answer (1xx) the final one is still to come
    if (status >= 200) this.#head = { status, headers };
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > MAX_BODY_BYTES) this.#giveUp('too_large', 'garbage');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#head === undefined) return;
    const body = Buffer.concat(this.#chunks).toString('utf8');
    this.#answered({ ...this.#head, body, truncated: undefined });
  }

  onResponseError(_: Dispatcher.DispatchController, cause: Error): void {
    if (this.#head !== undefined) this.#brokenOff(this.#head, 'reset');
    else this.#unanswered(failureKindOf(cause, this.#isSent), cause);
  }

  stopTimers(): void {
    clearTimeout(this.#totalTimer);
    clearTimeout(this.#firstByteTimer);
  }

  #giveUpAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#giveUp('timeout', 'timeout'), Math.min(Math.max(0, ms), MAX_TIMER_MS));
  }

  #giveUp(truncated: Truncation, kind: FailureKind): void {
    if (this.#head !== undefined) this.#brokenOff(this.#head, truncated);
    else this.#unanswered(kind);
    this.#controller?.abort(new Error(kind));
  }

  #answered(reply: Reply): void {
    this.#settle({ reply, sends: 1, mayHaveArrived: false });
  }

  #brokenOff(head: Pick<Reply, 'status' | 'headers'>, truncated: Truncation): void {
    this.#answered({ ...head, body: '', truncated, host: this.#host() });
  }

  #host(): string {
    return new URL(this.#origin).host;
  }

  #unanswered(kind: FailureKind, cause?: unknown): void {
    this.#settle({
      failure: { kind, host: this.#host(), cause },
      sends: 1,
      mayHaveArrived: this.#isSent,
    });
  }

  #settle(sent: Sent): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.stopTimers();
    this.#resolve(sent);
  }
}
