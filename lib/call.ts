import type { ServiceError } from './errors.ts';
import type { Log } from './log.ts';
import type { AccessKey } from './signer.ts';
import type { ProjectId } from './task.ts';

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
}

/**
 * Waits for something shared, no longer than this call may.
 *
 * @throws {ServiceError} what `late` makes, when the deadline comes first. The shared work goes on for the others.
 */
export async function withinDeadline<T>(shared: Promise<T>, remainingMs: number, late: () => ServiceError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), Math.max(0, remainingMs));
  });
  try {
    return await Promise.race([shared, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
