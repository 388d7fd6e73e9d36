import type { PasswordSettings } from '../config/credentials.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import { failedAnswer, noAnswer } from '../net/answers.ts';
import { withoutEcho } from '../net/echo.ts';
import type { Reply } from '../net/request.ts';
import type { Attempt, Retrier, RetryDeadline } from '../net/retry.ts';
import type { Transport } from '../net/transport.ts';
import { REMEMBER_REFUSAL_MS } from './credentials.ts';
import type { ProjectSettings } from './projects.ts';
import { createTokenCache, type TokenCache } from './token-cache.ts';
import { type IamToken, parseToken, toTokenRequest } from './token-exchange.ts';

/**
 * IAM tokens. `get` throws `iam_rejected` when IAM refuses the credentials, now or lately, and `upstream_*` when IAM cannot
 * be reached or its answer cannot be used.
 *
 * @see https://support.huaweicloud.com/api-iam/iam_30_0001.html
 */
export interface TokenSource extends TokenCache<IamToken> {
  /** Whether IAM refused the credentials, or a token of theirs was refused, and no login has succeeded since. */
  readonly isInDoubt: () => boolean;
}

// Five failed logins within 15 minutes lock the account for 15 minutes, which nobody can undo, and every instance of the
// function makes its own. A password that IAM refused does not become right, so an instance sends it once in that time.
const REMEMBER_WRONG_PASSWORD_MS = 15 * 60_000;

interface Dependencies {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

/** @param reread reads the user anew, for a password that was changed while the instance ran */
export function createTokenSource(
  settings: ProjectSettings,
  configured: PasswordSettings,
  { transport, retrier, runtime }: Dependencies,
  reread: () => Promise<PasswordSettings> = async () => configured,
): TokenSource {
  const url = new URL(`${settings.iamUrl}/auth/tokens?nocatalog=true`);
  let user = configured;
  let isInDoubt = false;

  async function logIn(deadline: RetryDeadline): Promise<IamToken> {
    // a password that was changed under a running instance must not be sent once more
    if (isInDoubt) user = await reread();
    const current = user;
    return retrier.run(deadline, (remainingMs) => attempt(current, remainingMs));
  }

  async function fetchToken(deadline: RetryDeadline): Promise<IamToken> {
    try {
      const token = await logIn(deadline);
      isInDoubt = false;
      deadline.log.debug('iam.token', { project_id: token.projectId });
      return token;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      isInDoubt ||= error.code === 'iam_rejected';
      logFailure(error, deadline);
      throw error;
    }
  }

  async function attempt(current: PasswordSettings, remainingMs: number): Promise<Attempt<IamToken>> {
    const sentAtMs = runtime.now();
    const body = JSON.stringify(toTokenRequest(settings.project, current));
    const headers = { 'content-type': 'application/json;charset=utf8' };
    // nothing may go on after the last caller has been answered; who joins with more time gets another attempt
    const limitMs = Math.min(settings.requestTimeoutMs, remainingMs);
    const sent = await transport.send({ method: 'POST', url, headers, body }, limitMs);
    if ('failure' in sent) return noAnswer('IAM', sent.failure);
    const { reply } = sent;
    if (reply.status === 201 && reply.truncated === undefined) return toAttempt(reply, sentAtMs, settings.project.id);
    return toRefusal(withoutEcho(reply, [current.password]), runtime.now());
  }

  const cache = createTokenCache({ service: 'IAM', host: url.host, fetch: fetchToken, refusedForMs }, runtime);
  return {
    get: cache.get,
    discard: (token) => {
      isInDoubt = true;
      cache.discard(token);
    },
    isInDoubt: () => isInDoubt,
  };
}

function logFailure(error: ServiceError, { log }: RetryDeadline): void {
  const { code: outcome, why: reason, upstream } = error;
  const answered = { upstream_status: upstream?.status, err_code: upstream?.errCode };
  log[outcome === 'iam_rejected' ? 'error' : 'warn']('iam.token', { outcome, reason, ...answered });
}

function refusedForMs({ code, upstream }: ServiceError): number | undefined {
  if (code !== 'iam_rejected') return undefined;
  // the other refusals do not count as failed logins
  return upstream?.status === 401 ? REMEMBER_WRONG_PASSWORD_MS : REMEMBER_REFUSAL_MS;
}

function toAttempt(reply: Reply, sentAtMs: number, projectId: ProjectId | undefined): Attempt<IamToken> {
  const token = parseToken(reply, sentAtMs);
  if (typeof token === 'string') return invalid(token);
  return projectId === undefined || projectId === token.projectId
    ? { value: token }
    : invalid('a token of another project');
}

function toRefusal(reply: Reply, nowMs: number): Attempt<IamToken> {
  const failed = failedAnswer('IAM', reply, nowMs);
  const { upstream } = failed.failure;
  switch (reply.status) {
    case 400:
    case 401:
    case 403:
    case 404: {
      const message = `IAM refused the function's credentials (${reply.status})`;
      return { failure: new ServiceError('iam_rejected', message, { upstream }) };
    }
    case 409: // documented for SFS Turbo only
      return invalid('the undocumented status 409');
    case 500: {
      // not passed on as SFS Turbo's 500 is: the task has not been touched
      const failure = new ServiceError('upstream_unavailable', 'IAM is not available (500)', { upstream });
      return { ...failed, failure };
    }
    default:
      return failed;
  }
}

function invalid(what: string): Attempt<IamToken> {
  return { failure: new ServiceError('upstream_invalid', `IAM answered with ${what}`) };
}
