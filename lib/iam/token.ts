import type { PasswordSettings } from '../config/credentials.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import { noAnswer } from '../net/answers.ts';
import { withoutEcho } from '../net/echo.ts';
import type { Reply } from '../net/request.ts';
import type { Attempt, Retrier, RetryDeadline } from '../net/retry.ts';
import type { Transport } from '../net/transport.ts';
import { REMEMBER_REFUSAL_MS } from './credentials.ts';
import { createLogin, type Login, REMEMBER_WRONG_PASSWORD_MS } from './login.ts';
import type { ProjectSettings } from './projects.ts';
import { invalidAnswer, toRefused } from './refused-answer.ts';
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

interface Dependencies {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

/** @param login the user's, where the user has tokens for several projects */
export function createTokenSource(
  settings: ProjectSettings,
  configured: PasswordSettings,
  { transport, retrier, runtime }: Dependencies,
  login: Login = createLogin(configured, runtime),
): TokenSource {
  const url = new URL(`${settings.iamUrl}/auth/tokens?nocatalog=true`);
  async function fetchToken(deadline: RetryDeadline): Promise<IamToken> {
    try {
      const token = await login.run(deadline, (user) =>
        retrier.run(deadline, (remainingMs) => attempt(user, remainingMs)),
      );
      deadline.log.debug('iam.token', { project_id: token.projectId });
      return token;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
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
    return toRefused(
      'IAM',
      "IAM refused the function's credentials",
      withoutEcho(reply, [current.password]),
      runtime.now(),
    );
  }

  const cache = createTokenCache({ service: 'IAM', host: url.host, fetch: fetchToken, refusedForMs }, runtime);
  return {
    get: cache.get,
    discard: (token) => {
      login.doubt();
      cache.discard(token);
    },
    isInDoubt: login.isInDoubt,
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
  if (typeof token === 'string') return invalidAnswer('IAM', token);
  return projectId === undefined || projectId === token.projectId
    ? { value: token }
    : invalidAnswer('IAM', 'a token of another project');
}
