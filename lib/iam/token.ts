import type { PasswordSettings } from '../config/credentials.ts';
import type { Config } from '../config/read-config.ts';
import { ServiceError } from '../core/errors.ts';
import { isRecord, parseJson } from '../core/json.ts';
import type { Runtime } from '../core/runtime.ts';
import { isId, type ProjectId } from '../core/task.ts';
import { failedAnswer, noAnswer, withoutEcho } from '../net/answers.ts';
import type { Attempt, Retrier } from '../net/retry.ts';
import { type Reply, type Transport, TransportFailure } from '../net/transport.ts';
import { createTokenCache, type FlightDeadline, type TokenCache } from './token-cache.ts';

export interface IamToken {
  readonly value: string;
  /** The project that the token is scoped to, from the token's own answer. */
  readonly projectId: ProjectId;
  readonly expiresAtMs: number;
}

/**
 * IAM tokens. `get` throws `iam_rejected` when IAM refuses the credentials, now or lately, and `upstream_*` when IAM cannot
 * be had.
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
// the other refusals are no failed logins
const REMEMBER_REFUSAL_MS = 60_000;

interface Dependencies {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

export function createTokenSource(
  config: Config,
  configured: PasswordSettings,
  { transport, retrier, runtime }: Dependencies,
  reread: () => Promise<PasswordSettings> = async () => configured,
): TokenSource {
  const url = new URL(`${config.iamUrl}/auth/tokens?nocatalog=true`);
  let user = configured;
  let isInDoubt = false;

  async function fetchToken(deadline: FlightDeadline): Promise<IamToken> {
    try {
      // a password that was changed under a running instance must not be sent once more
      if (isInDoubt) user = await reread();
      const current = user;
      const token = await retrier.run(deadline, (_number, remainingMs) => attempt(current, remainingMs));
      isInDoubt = false;
      deadline.log.debug('iam.token', { project_id: token.projectId });
      return token;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'iam_rejected') {
        isInDoubt = true;
        deadline.log.error('iam.token', {
          outcome: error.code,
          upstream_status: error.upstream?.status,
          err_code: error.upstream?.errCode,
        });
      }
      throw error;
    }
  }

  function refusedForMs({ code, upstream }: ServiceError): number | undefined {
    if (code !== 'iam_rejected') return undefined;
    return upstream?.status === 401 ? REMEMBER_WRONG_PASSWORD_MS : REMEMBER_REFUSAL_MS;
  }

  async function attempt(current: PasswordSettings, remainingMs: number): Promise<Attempt<IamToken>> {
    const sentAtMs = runtime.now();
    const body = JSON.stringify(toTokenRequest(config, current));
    try {
      // nothing may go on after the last caller has been answered; who joins with more time gets another attempt
      const reply = await transport.send(
        { method: 'POST', url, headers: { 'content-type': 'application/json;charset=utf8' }, body },
        Math.min(config.requestTimeoutMs, remainingMs),
      );
      return judge(reply, sentAtMs, current);
    } catch (error) {
      if (error instanceof TransportFailure) return noAnswer('IAM', error);
      throw error;
    }
  }

  function judge(reply: Reply, sentAtMs: number, current: PasswordSettings): Attempt<IamToken> {
    if (reply.status === 201 && reply.cut === undefined) {
      const token = parseToken(reply, sentAtMs);
      if (typeof token === 'string') return invalid(token);
      const { id } = config.project;
      return id === undefined || id === token.projectId ? { value: token } : invalid('a token of another project');
    }
    const failed = failedAnswer('IAM', withoutEcho(reply, [current.password]), runtime.now());
    const upstream = failed.failure.upstream;
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
      case 500: // not SFS Turbo's 500: the task has not been touched
        return {
          ...failed,
          failure: new ServiceError('upstream_unavailable', 'IAM is not available (500)', { upstream }),
        };
      default:
        return failed;
    }
  }

  const cache = createTokenCache({ service: 'IAM', fetch: fetchToken, refusedForMs }, runtime);
  return {
    get: cache.get,
    discard: (token) => {
      isInDoubt = true;
      cache.discard(token);
    },
    isInDoubt: () => isInDoubt,
  };
}

function invalid(what: string): Attempt<IamToken> {
  return { failure: new ServiceError('upstream_invalid', `IAM answered with ${what}`) };
}

/** Scope by id, or by name with the domain's name beside it. SFS Turbo takes project-scoped tokens only. */
function toTokenRequest({ project }: Config, user: PasswordSettings): unknown {
  const domain = { name: user.domainName };
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { domain, name: user.userName, password: user.password } },
      },
      scope: { project: project.id === undefined ? { name: project.name, domain } : { id: project.id } },
    },
  };
}

/** The token, or what is wrong with the answer. Its life is the issuer's, so a wrong clock on this side does not matter. */
function parseToken(reply: Reply, sentAtMs: number): IamToken | string {
  const value = reply.headers['x-subject-token'];
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return 'no token';
  const body = parseJson(reply.body);
  const token = isRecord(body) ? body['token'] : undefined;
  if (!isRecord(token)) return 'a token without its description';
  const project = token['project'];
  const projectId = isRecord(project) ? project['id'] : undefined;
  if (!isId(projectId)) return 'a token without a project';
  const expiresAtMs = parseTimeMs(token['expires_at']);
  const issuedAtMs = parseTimeMs(token['issued_at']) ?? sentAtMs;
  if (expiresAtMs === undefined || expiresAtMs <= issuedAtMs) return 'a token without a readable life';
  return { value, projectId: projectId as ProjectId, expiresAtMs: sentAtMs + (expiresAtMs - issuedAtMs) };
}

function parseTimeMs(value: unknown): number | undefined {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
