import { ANSWER_BY_CODE, type ErrorCode } from './status.ts';

/** What SFS Turbo, IAM or a gateway said, as far as it could be read. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly errCode?: string | undefined;
  readonly errMsg?: string | undefined;
  readonly requestId?: string | undefined;
}

export interface ServiceErrorOptions extends ErrorOptions {
  readonly upstream?: UpstreamAnswer | undefined;
  /** How long the caller should wait before it asks again. */
  readonly retryAfterMs?: number | undefined;
  /** Methods that the route does have. */
  readonly allow?: readonly string[] | undefined;
  /** Faulty variables, for the log only. */
  readonly faults?: readonly string[] | undefined;
  /** Why the request was refused, or host and cause of a connection that failed. For the log only. */
  readonly reason?: string | undefined;
  /** By how many seconds the sender's clock is ahead of ours, below zero where it is behind; for the log only. */
  readonly clockOffS?: number | undefined;
  /** The scheme of `www-authenticate`, where a caller may come again with a key. */
  readonly challenge?: 'Bearer' | undefined;
  /** Whether a DELETE that failed may have been carried out all the same. */
  readonly mayBeDone?: boolean | undefined;
}

/**
 * The one expected failure. The message is fit to show to a caller; `cause` keeps the evidence and is never shown.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ErrorCode;
  readonly upstream: UpstreamAnswer | undefined;
  readonly retryAfterMs: number | undefined;
  readonly allow: readonly string[] | undefined;
  readonly faults: readonly string[] | undefined;
  readonly reason: string | undefined;
  readonly clockOffS: number | undefined;
  readonly challenge: 'Bearer' | undefined;
  readonly mayBeDone: boolean;

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.upstream = options.upstream;
    this.retryAfterMs = options.retryAfterMs;
    this.allow = options.allow;
    this.faults = options.faults;
    this.reason = options.reason;
    this.clockOffS = options.clockOffS;
    this.challenge = options.challenge;
    this.mayBeDone = options.mayBeDone ?? false;
  }

  /** What happened, with host and cause of a connection that failed. For the log only. */
  get why(): string {
    return this.reason === undefined ? this.message : `${this.message} (${this.reason})`;
  }

  /** The same failure in other words. */
  reworded(message: string, options: ServiceErrorOptions = {}): ServiceError {
    return new ServiceError(this.code, message, { ...this, cause: this.cause, ...options });
  }

  /** The HTTP status that this function answers with. */
  get status(): number {
    return ANSWER_BY_CODE[this.code].status;
  }

  /** The `errCode` that this function answers with: the table's, or the one that came from upstream. */
  get errCode(): string {
    return ANSWER_BY_CODE[this.code].errCode ?? this.upstream?.errCode ?? 'FN.UPSTREAM_UNAVAILABLE';
  }
}

/** No permit was to be had in time, so the request was not sent. */
export function isOutOfTime(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === 'out_of_time';
}

/** Any thrown value as a {@link ServiceError}: what is not one already is a bug, and says nothing to the caller. */
export function toServiceError(error: unknown): ServiceError {
  return error instanceof ServiceError ? error : new ServiceError('internal', 'internal error', { cause: error });
}
