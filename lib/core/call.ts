import type { ServiceError } from './errors.ts';
import type { Log } from './log.ts';
import { MAX_TIMER_MS } from './runtime.ts';
import type { ProjectId } from './task.ts';

/** A permanent access key, or a temporary one with its security token. */
export interface AccessKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
}

/** What FunctionGraph gives a function that has an agency: a temporary key, and the project that the function is in. */
export interface Agency extends AccessKey {
  readonly projectId?: ProjectId | undefined;
}

/** What one invocation brings along on its way through `lib`. */
export interface Call {
  readonly requestId: string;
  /** Wall clock time by which the answer must be ready, in milliseconds since the epoch. */
  readonly deadlineAtMs: number;
  readonly log: Log;
  /** Taken anew at each invocation, as its key changes. */
  readonly agency?: Agency | undefined;
  /** Keeps the requests to SFS Turbo apart; absent where one call means one request or two. */
  readonly permits?: Permits | undefined;
  /** Aborted when a person wants no more: nothing is sent to SFS Turbo from then on, and what is under way is waited for. */
  readonly stop?: AbortSignal | undefined;
  /**
   * Invokes this function once more, by the platform's own queue; absent where that is not wanted, or not possible.
   *
   * @throws {ServiceError} when the platform did not take it
   */
  readonly invokeSelf?: ((event: object) => Promise<void>) | undefined;
}

/** What a run must have to send a request: so many a second, so many under way, none while the service throttles. */
export interface Permits {
  /**
   * Waits until one more request may go out. What it returns must be called when the answer is in.
   *
   * @throws {ServiceError} `out_of_time` as soon as it is clear that there will be no permit in time
   */
  readonly acquire: () => Promise<() => void>;
  /** Nothing goes out for as long as the service asked for; where it named no time, for the back-off. */
  readonly pause: (retryAfterMs: number | undefined) => void;
  /** Whether a permit may still be had. */
  readonly isOpen: () => boolean;
}

/**
 * Waits for something shared, no longer than this call may.
 *
 * @throws {ServiceError} what `late` makes, when the deadline comes first. The shared work goes on for the others.
 */
export async function withinDeadline<T>(shared: Promise<T>, remainingMs: number, late: () => ServiceError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), Math.min(Math.max(0, remainingMs), MAX_TIMER_MS));
  });
  try {
    return await Promise.race([shared, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
