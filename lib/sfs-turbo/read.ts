import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import type { ProjectId } from '../core/task.ts';
import type { AuthorizedSent } from '../iam/credentials.ts';
import { noAnswer } from '../net/answers.ts';
import type { Target } from '../net/request.ts';
import type { Attempt } from '../net/retry.ts';
import type { Dependencies } from './dependencies.ts';
import { failedReply, undocumented } from './failures.ts';

/** Understands a body, or says with `undefined` that it does not. */
type Parse<T> = (body: unknown) => T | undefined;

/**
 * Gets and parses what is at a URL, with retries.
 *
 * @throws {ServiceError} by the table in `status.ts`; `upstream_invalid` when the body is not as documented
 */
type Read = <T>(toUrl: (projectId: ProjectId) => Target, parse: Parse<T>, call: Call) => Promise<T | 'too_large'>;

export function createRead({ credentials, retrier, runtime, preconnect }: Dependencies): Read {
  return async (toUrl, parse, call) => {
    const finding = credentials.projectId(call);
    preconnect();
    const url = toUrl(await finding);
    return retrier.run(call, async () =>
      toAttempt(await credentials.send({ method: 'GET', url }, call), parse, runtime.now()),
    );
  };
}

function toAttempt<T>(sent: AuthorizedSent, parse: Parse<T>, nowMs: number): Attempt<T | 'too_large'> {
  if ('withheld' in sent) return { failure: sent.withheld };
  if ('failure' in sent) return noAnswer('SFS Turbo', sent.failure);
  const { reply } = sent;
  if (reply.status === 200 && reply.truncated === 'too_large') return { value: 'too_large' };
  if (reply.status !== 200 || reply.truncated !== undefined) return failedReply(reply, nowMs);
  const value = parse(parseJson(reply.body));
  return value === undefined ? { failure: undocumented() } : { value };
}

/** One page, asked for again in less where it turns out too large. @param limits of members, the largest first */
export async function readPage<T>(
  read: Read,
  limits: readonly number[],
  toUrl: (projectId: ProjectId, limit: number) => Target,
  parse: Parse<T>,
  call: Call,
): Promise<T> {
  for (const limit of limits) {
    const page = await read((projectId) => toUrl(projectId, limit), parse, call);
    if (page !== 'too_large') return page;
  }
  throw new ServiceError('upstream_invalid', 'SFS Turbo answered with more than 64 KiB');
}
