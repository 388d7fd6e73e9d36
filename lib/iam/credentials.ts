import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { ProjectId } from '../core/task.ts';
import type { Request, Sent } from '../net/request.ts';

/** A request to SFS Turbo without what lets it in. */
export type RequestLine = Pick<Request, 'method' | 'url' | 'body'>;

/**
 * What became of a request that credentials were to let in. `withheld`: the request was not sent (again), because there was
 * no permit in time or nothing to let it in.
 */
export type AuthorizedSent = Sent | (Pick<Sent, 'sends' | 'mayHaveArrived'> & { readonly withheld: ServiceError });

/** What lets requests to SFS Turbo in. */
export interface Credentials {
  /**
   * The project of the credentials: every URL is built with it.
   *
   * @throws {ServiceError} `iam_rejected`, `upstream_*`, `misconfigured` when it cannot be told
   */
  readonly projectId: (call: Call) => Promise<ProjectId>;
  /** Sends a request, and once more after a 401 where a renewed token may cure it. It does not throw an expected failure. */
  readonly send: (request: RequestLine, call: Call) => Promise<AuthorizedSent>;
  /** Whether they were refused and have not been accepted since. */
  readonly isInDoubt: () => boolean;
}

/** For how long nothing is tried again after a refusal that is not counted against an account. */
export const REMEMBER_REFUSAL_MS = 60_000;

/** Documented as mandatory on every request, also on those without a body. */
export const CONTENT_TYPE = 'application/json';

/** Nothing was sent. @throws anything that is not an expected failure */
export function withheld(error: unknown): AuthorizedSent {
  if (!(error instanceof ServiceError)) throw error;
  return { withheld: error, sends: 0, mayHaveArrived: false };
}

/** Whether an answer says that the credentials are refused. */
export function isRefusal(sent: AuthorizedSent): boolean {
  return 'reply' in sent && sent.reply.status === 401;
}
