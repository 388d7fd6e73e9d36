/** The parts of a URL that a request needs. */
export type Target = Pick<URL, 'origin' | 'pathname' | 'search'>;

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: Target;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/**
 * When a request may go out again because its connection was dead: `after_reset` when the connection broke, `always` also when
 * it was idle and stays silent, which may only be a slow answer. A login or a message must not be repeated for that.
 */
export type Resend = 'never' | 'after_reset' | 'always';

/** Why the body of an answer is not whole. */
export type Truncation = 'reset' | 'timeout' | 'too_large';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty when the body is truncated. */
  readonly body: string;
  /** Absent when the body is whole. */
  readonly truncated: Truncation | undefined;
  /** Host and port of the other side, where the body is truncated. */
  readonly host?: string;
}

/**
 * - `unreachable`: refused, no route, no such host: nothing was sent
 * - `untrusted`: the TLS certificate is not valid: nothing was sent
 * - `reset`: the connection broke before an answer
 * - `timeout`: no connection or no answer in time
 * - `garbage`: the answer is not HTTP
 */
export type FailureKind = 'unreachable' | 'untrusted' | 'reset' | 'timeout' | 'garbage';

/** There was no status line. */
export interface TransportFailure {
  readonly kind: FailureKind;
  /** Host and port of the other side. */
  readonly host?: string | undefined;
  readonly cause?: unknown;
}

/** What became of one request. */
export type Sent = (Answered | Unanswered) & {
  /** How often it was sent, or tried to be: twice when the first connection turned out to be dead. */
  readonly sends: number;
  /** Whether a sending that was not answered may have reached the other side. */
  readonly mayHaveArrived: boolean;
};

interface Answered {
  readonly reply: Reply;
}

interface Unanswered {
  readonly failure: TransportFailure;
}
