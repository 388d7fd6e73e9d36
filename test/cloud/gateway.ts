import type { AccessKeys } from './access-keys.ts';
import { type Answer, gatewayError, Refusal } from './answers.ts';
import { throttled } from './faults.ts';
import type { Incoming } from './requests.ts';
import type { Project, Tokens } from './tokens.ts';

export interface Gateway {
  /**
   * Lets a request to a project's resources pass.
   *
   * @throws {Refusal} with the gateway's 401, 403 or 429
   */
  admit(request: Incoming, projectId: string): void;
  /** Forgets how often each API was called. */
  forget(): void;
}

/**
 * The API gateway in front of a cloud service: who calls, for which project, how often.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html}
 */
export function createGateway(options: {
  readonly now: () => number;
  readonly region: string;
  readonly projects: readonly Project[];
  readonly tokens: Tokens;
  readonly accessKeys: AccessKeys;
  readonly rateLimitPerSecond: number;
}): Gateway {
  const { now, projects, region, tokens } = options;
  const recentCalls = new Map<string, number[]>();

  function checkRate(request: Incoming): void {
    const recent = recentCalls.get(request.record.operation) ?? [];
    recentCalls.set(request.record.operation, recent);
    const nowMs = now();
    while (recent[0] !== undefined && recent[0] <= nowMs - 1000) recent.shift();
    if (recent.length >= options.rateLimitPerSecond) throw new Refusal(throttled('sfs-turbo', request.requestId));
    if (options.rateLimitPerSecond !== Number.POSITIVE_INFINITY) recent.push(nowMs);
  }

  function checkToken(value: string, projectId: string, requestId: string): void {
    const token = tokens.find(value);
    if (token === 'unknown') throw new Refusal(unauthenticated('decrypt token fail', requestId));
    // 0307 is documented for both: a token that is out of date, and one for another region
    if (token === 'dead' || (token.project !== undefined && token.project.region !== region)) {
      throw new Refusal(gatewayError(401, '0307', 'The token must be updated', requestId));
    }
    if (token.project?.id !== projectId) throw new Refusal(forbidden(requestId));
  }

  function checkSignature(request: Incoming, projectId: string): void {
    const refusal = options.accessKeys.refusalOf(request);
    if (refusal !== undefined) throw new Refusal(unauthenticated(refusal, request.requestId));
    // optional for the main project of a region
    const named = request.record.headers['x-project-id'] ?? projectId;
    const isOurs = projects.some((project) => project.id === projectId && project.region === region);
    if (named !== projectId || !isOurs) throw new Refusal(forbidden(request.requestId));
  }

  return {
    admit(request, projectId) {
      const { headers } = request.record;
      const token = headers['x-auth-token'];
      const isSigned = headers.authorization !== undefined;

      checkRate(request);
      if (isSigned && token !== undefined) {
        // the documentation offers one or the other; what both at once mean is left open there
        throw new Refusal(unauthenticated('both a token and a signature', request.requestId));
      }
      if (isSigned) return checkSignature(request, projectId);
      if (typeof token !== 'string' || token === '') {
        throw new Refusal(unauthenticated('x-auth-token not found', request.requestId));
      }
      return checkToken(token, projectId, request.requestId);
    },

    forget() {
      recentCalls.clear();
    },
  };
}

/** @param why the gateway's sub-message, e.g. `decrypt token fail` */
export function unauthenticated(why: string, requestId: string): Answer {
  return gatewayError(401, '0301', `Incorrect IAM authentication information: ${why}`, requestId);
}

function forbidden(requestId: string): Answer {
  return gatewayError(403, '0302', 'The IAM user is not authorized to access the API', requestId);
}
