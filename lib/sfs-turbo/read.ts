import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import type { ProjectId } from '../core/task.ts';
import type { AuthorizedSent } from '../iam/credentials.ts';
import { noAnswer, upstreamRequestId } from '../net/answers.ts';
import type { Target } from '../net/request.ts';
import type { Attempt } from '../net/retry.ts';
import type { Dependencies } from './dependencies.ts';
import { failedReply, undocumented } from './failures.ts';
import { findProject } from './project.ts';

/** Understands a body, or says with `undefined` that it does not. @param requestId the service's own, where it gave one */
export type Parse<T> = (body: unknown, requestId: string | undefined) => T | undefined;

/**
 * Gets and parses what is at a URL, or asks it by a body, with retries.
 *
 * @throws {ServiceError} by the table in `status.ts`; `upstream_invalid` when the body is not as documented
 */
type Read = <T>(request: Reading<T>, call: Call) => Promise<T | 'too_large'>;

interface Reading<T> {
  readonly toUrl: (projectId: ProjectId) => Target;
  readonly parse: Parse<T>;
  /** The project that a caller named. */
  readonly projectId?: ProjectId | undefined;
  /** A question that does not fit into a URL. */
  readonly body?: string | undefined;
}

export function createRead(dependencies: Dependencies): Read {
  const { credentials, retrier, runtime } = dependencies;
  return async ({ toUrl, parse, projectId, body }, call) => {
    const url = toUrl(await findProject(projectId, call, dependencies));
    const request = body === undefined ? ({ method: 'GET', url } as const) : ({ method: 'POST', url, body } as const);
    return retrier.run(call, async () => toAttempt(await credentials.send(request, call), parse, runtime.now()));
  };
}

function toAttempt<T>(sent: AuthorizedSent, parse: Parse<T>, nowMs: number): Attempt<T | 'too_large'> {
  if ('withheld' in sent) return { failure: sent.withheld };
  if ('failure' in sent) return noAnswer('SFS Turbo', sent.failure);
  const { reply } = sent;
  if (reply.status === 200 && reply.truncated === 'too_large') return { value: 'too_large' };
  if (reply.status !== 200 || reply.truncated !== undefined) return failedReply(reply, nowMs);
  const value = parse(parseJson(reply.body), upstreamRequestId(reply));
  return value === undefined ? { failure: undocumented() } : { value };
}

/** A page with as many members as its URL's limit says. */
interface PageReading<T> extends Omit<Reading<T>, 'toUrl' | 'body'> {
  readonly toUrl: (projectId: ProjectId, limit: number) => Target;
  readonly toBody?: (limit: number) => string;
  /** Limits to try, the largest first: a page that turns out too large is asked for again in less. */
  readonly limits: readonly number[];
}

export async function readPage<T>(
  read: Read,
  { limits, toUrl, toBody, ...reading }: PageReading<T>,
  call: Call,
): Promise<T> {
  for (const limit of limits) {
    const page = await read({ ...reading, toUrl: (projectId) => toUrl(projectId, limit), body: toBody?.(limit) }, call);
    if (page !== 'too_large') return page;
  }
  throw new ServiceError('upstream_invalid', 'SFS Turbo answered with more than 64 KiB');
}
