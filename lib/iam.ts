import type { Config, PasswordSettings } from './config.ts';
import { isRecord, parseJson } from './error-body.ts';
import { ServiceError } from './errors.ts';
import { failedAnswer, noAnswer, withoutEcho } from './outbound.ts';
import type { Attempt, Retrier } from './retry.ts';
import { isId, type ProjectId } from './task.ts';
import { createTokenCache, type FlightDeadline, type TokenCache } from './token-cache.ts';
import { type Reply, type Transport, TransportFailure } from './transport.ts';
import type { World } from './world.ts';

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
export type TokenSource = TokenCache<IamToken>;

// Five failures within 15 minutes lock the account for 15 minutes, which nobody can undo. A minute between two is not
// enough for that: after the third, nothing is sent until the first is out of the window. Two are left to other instances.
const REMEMBER_REFUSAL_MS = 60_000;
const LOCK_WINDOW_MS = 15 * 60_000;
const MAX_REFUSALS_IN_WINDOW = 3;

interface Dependencies {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly world: World;
}

export function createTokenSource(
  config: Config,
  user: PasswordSettings,
  { transport, retrier, world }: Dependencies,
): TokenSource {
  const url = new URL(`${config.iamUrl}/auth/tokens?nocatalog=true`);
  const body = JSON.stringify(toTokenRequest(config, user));
  let refusedAtMs: readonly number[] = [];

  async function fetchToken(deadline: FlightDeadline): Promise<IamToken> {
    try {
      const token = await retrier.run(deadline, (_number, remainingMs) => attempt(remainingMs));
      refusedAtMs = [];
      deadline.log.debug('iam.token', { project_id: token.projectId });
      return token;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'iam_rejected') {
        deadline.log.error('iam.token', {
          outcome: error.code,
          upstream_status: error.upstream?.status,
          err_code: error.upstream?.errCode,
        });
      }
      throw error;
    }
  }

  function refusedUntilMs({ code, upstream }: ServiceError, nowMs: number): number | undefined {
    return code === 'iam_rejected' ? nextTryAtMs(upstream?.status, nowMs) : undefined;
  }

  function nextTryAtMs(status: number | undefined, nowMs: number): number {
    // the other refusals are no failed logins
    if (status !== 401) return nowMs + REMEMBER_REFUSAL_MS;
    refusedAtMs = [...refusedAtMs, nowMs].slice(-MAX_REFUSALS_IN_WINDOW);
    const [first = nowMs] = refusedAtMs;
    const windowEndsAtMs = refusedAtMs.length < MAX_REFUSALS_IN_WINDOW ? nowMs : first + LOCK_WINDOW_MS;
    return Math.max(nowMs + REMEMBER_REFUSAL_MS, windowEndsAtMs);
  }

  async function attempt(remainingMs: number): Promise<Attempt<IamToken>> {
    const sentAtMs = world.now();
    try {
      // nothing may go on after the last caller has been answered; who joins with more time gets another attempt
      const reply = await transport.send(
        { method: 'POST', url, headers: { 'content-type': 'application/json;charset=utf8' }, body },
        Math.min(config.requestTimeoutMs, remainingMs),
      );
      return judge(reply, sentAtMs);
    } catch (error) {
      if (error instanceof TransportFailure) return noAnswer('IAM', error);
      throw error;
    }
  }

  function judge(reply: Reply, sentAtMs: number): Attempt<IamToken> {
    if (reply.status === 201 && reply.cut === undefined) {
      const token = parseToken(reply, sentAtMs);
      if (typeof token === 'string') return invalid(token);
      const { id } = config.project;
      return id === undefined || id === token.projectId ? { value: token } : invalid('a token of another project');
    }
    const failed = failedAnswer('IAM', withoutEcho(reply, [user.password]), world.now());
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

  return createTokenCache({ service: 'IAM', fetch: fetchToken, refusedUntilMs }, world);
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
