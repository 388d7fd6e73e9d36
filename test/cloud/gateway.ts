import type { AccessKeys } from './access-keys.ts';
import type { Accounts } from './accounts-list.ts';
import { type Answer, gatewayError, Refusal, sfsTurboError } from './answers.ts';
import { mayCall, mayEnter, nameOf, type Principal } from './principals.ts';
import type { CloudProject } from './projects.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Incoming } from './requests.ts';
import type { Tokens } from './tokens.ts';

/**
 * What comes of a request whose token or `X-Project-Id` is for another project than the path's, and of a signed one
 * without that header for a sub-project. SFS Turbo does not document it. Other services answer in the gateway's words
 * (`gateway`) or in their own (`service`); with `pass` the path alone counts, under the caller's rights.
 *
 * @see {@link https://support.huaweicloud.com/devg-apisign/api-sign-provide-start.html}
 */
export type ProjectMismatch = 'gateway' | 'service' | 'pass';

export interface Gateway {
  /**
   * Lets a request to a project's resources pass.
   *
   * @throws {Refusal} with the gateway's 401, 403 or 429
   */
  admit(request: Incoming, projectId: string): CloudProject;
}

/**
 * The API gateway of a region in front of a cloud service: who calls, for which project, how often.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html}
 */
export function createGateway(options: {
  readonly region: string;
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly accessKeys: AccessKeys;
  readonly rateLimit: RateLimit;
  readonly projectMismatch: ProjectMismatch;
}): Gateway {
  const { accounts, accessKeys, rateLimit, region, tokens } = options;

  function refuseMismatch(requestId: string): void {
    if (options.projectMismatch === 'gateway') throw new Refusal(forbidden(requestId));
    if (options.projectMismatch === 'service') {
      throw new Refusal(sfsTurboError(400, '0001', "URL's projectId is not equal token's projectId"));
    }
  }

  function principalOfToken(value: string, projectId: string, requestId: string): Principal {
    const token = tokens.find(value);
    if (token === 'unknown') throw new Refusal(unauthenticated('decrypt token fail', requestId));
    // 0307 is documented for both: a token that is out of date, and one for another region
    if (token === 'dead' || (token.project !== undefined && token.project.region !== region)) {
      throw new Refusal(gatewayError(401, '0307', 'The token must be updated', requestId));
    }
    // "project-level service … set auth.scope to project"; what a token of the domain meets is not documented
    if (token.project === undefined) throw new Refusal(forbidden(requestId));
    if (token.project.id !== projectId) refuseMismatch(requestId);
    return token.principal;
  }

  function principalOfKey(request: Incoming, project: CloudProject | undefined, projectId: string): Principal {
    const judgement = accessKeys.judge(request);
    if ('refusal' in judgement) throw new Refusal(unauthenticated(judgement.refusal, request.requestId));
    // optional for the main project of a region, mandatory for a sub-project
    const assumed = project?.isSubProject === true ? undefined : projectId;
    const named = request.record.headers['x-project-id'] ?? assumed;
    if (named !== projectId) refuseMismatch(request.requestId);
    return judgement.principal;
  }

  function authenticate(request: Incoming, project: CloudProject | undefined, projectId: string): Principal {
    const { requestId } = request;
    const { authorization, 'x-auth-token': token } = request.record.headers;
    if (authorization !== undefined && token !== undefined) {
      // the documentation offers one or the other; what both at once mean is left open there
      throw new Refusal(unauthenticated('both a token and a signature', requestId));
    }
    if (authorization !== undefined) return principalOfKey(request, project, projectId);
    if (typeof token !== 'string' || token === '') {
      throw new Refusal(unauthenticated('x-auth-token not found', requestId));
    }
    return principalOfToken(token, projectId, requestId);
  }

  return {
    admit(request, projectId) {
      const { record, requestId } = request;
      const project = accounts.project(projectId);
      record.projectId = projectId;
      rateLimit.count(request, project?.domainId);
      const principal = authenticate(request, project, projectId);
      record.caller = nameOf(principal);
      if (project === undefined || project.region !== region || !mayEnter(principal, project)) {
        throw new Refusal(forbidden(requestId));
      }
      if (project.isSuspended) throw new Refusal(gatewayError(403, '0310', 'The project is unavailable', requestId));
      // in no error table; seen by the Terraform provider for Huawei Cloud
      if (!mayCall(principal, record.operation)) {
        throw new Refusal(sfsTurboError(403, '9000', 'no privileges to operate'));
      }
      return project;
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
