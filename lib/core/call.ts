import type { ServiceError } from './errors.ts';
import type { Log } from './log.ts';
import type { AccessKey } from '../iam/signer.ts';
import type { ProjectId } from './task.ts';
import { MAX_TIMER_MS } from './runtime.ts';

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
  readonly pace?: Pace | undefined;
}

/** A run's leave to send: so many requests a second, so many under way, none while the service throttles. */
export interface Pace {
  /**
   * Waits until one more request may go out. What it returns must be called when the answer is in.
   *
   * @throws {OutOfTime} as soon as it is clear that there will be no leave in time
   */
  readonly enter: () => Promise<() => void>;
  /** Nothing goes out for as long as the service asked for; where it named no time, for the back-off. */
  readonly pause: (retryAfterMs: number | undefined) => void;
  /** Whether leave may still be had. */
  readonly isOpen: () => boolean;
}

/** There was no leave to send in time: nothing was sent. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
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
