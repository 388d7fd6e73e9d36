import { jsonAnswer, keystoneError, type Outcome, Refusal } from './answers.ts';
import { unauthenticated } from './gateway.ts';
import { listProjects } from './iam-projects.ts';
import type { Iam } from './iam-state.ts';
import { wrongLogin } from './login-guard.ts';
import { mayCall, nameOf, type Principal } from './principals.ts';
import { type Incoming, type Operation, parseQuery } from './requests.ts';
import { createSecurityToken } from './security-tokens.ts';
import type { ServiceDefinition } from './server.ts';
import { tokenBody } from './token-body.ts';
import { findScope, invalidBody, parseTokenRequest } from './token-request.ts';

/** method and path of what is built in */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /v3/auth/tokens': 'CreateToken',
  'GET /v3/projects': 'ListProjects',
  'GET /v3/auth/projects': 'ListAuthProjects',
  'POST /v3.0/OS-CREDENTIAL/securitytokens': 'CreateSecurityToken',
};
const PATHS = Object.keys(OPERATIONS).map((operation) => operation.split(' ')[1]);

/**
 * IAM as far as tokens by password, keys by agency and the ids of projects need it. One endpoint serves every region.
 *
 * @see {@link https://support.huaweicloud.com/api-iam/iam_30_0001.html}
 * @see {@link https://support.huaweicloud.com/api-iam/iam_06_0001.html}
 */
export function createIam(iam: Iam): ServiceDefinition {
  return {
    service: 'iam',

    operationOf: (method, path) => OPERATIONS[`${method} ${path}`] ?? 'unknown',

    headers: (requestId) => ({ 'X-Request-Id': requestId, 'X-IAM-Trace-Id': `token_null_null_${requestId}` }),

    handle(request) {
      const { operation, path } = request.record;
      if (operation === 'CreateToken') return createToken(request, iam);
      if (operation === 'ListProjects' || operation === 'ListAuthProjects') {
        const principal = authenticate(request, iam);
        if (mayCall(principal, operation)) return listProjects(request, principal, iam.accounts);
        throw new Refusal(keystoneError(403, 'You have no right to do this action'));
      }
      if (operation === 'CreateSecurityToken') return createSecurityToken(request, authenticate(request, iam), iam);
      if (PATHS.includes(path))
        throw new Refusal(keystoneError(405, 'The method is not allowed for the requested URL.'));
      throw new Refusal(keystoneError(404, 'The resource could not be found.'));
    },
  };
}

function createToken(request: Incoming, { accounts, tokens }: Iam): Outcome {
  const query = parseQuery(request.rawQuery, ['nocatalog']);
  const body = parseTokenRequest(request);
  if (query === undefined || body === undefined) throw new Refusal(invalidBody());

  const { domainName, userName, password } = body.login;
  const user = accounts.user(domainName, userName);
  const account = user === undefined ? undefined : accounts.account(user.domainId);
  if (user === undefined || account === undefined) throw new Refusal(wrongLogin());
  user.logins.check(user.hasPassword(password));
  request.record.caller = nameOf(user);
  const token = tokens.prepare(user, findScope(body.scope, account));
  // any text but the empty one means yes
  const hasCatalog = (query.get('nocatalog') ?? '') === '';
  return {
    answer: jsonAnswer(201, tokenBody(token, hasCatalog), { 'X-Subject-Token': token.value }),
    act() {
      user.logins.succeed();
      tokens.admit(token);
    },
  };
}

function authenticate(request: Incoming, { accessKeys, tokens }: Iam): Principal {
  const { headers } = request.record;
  const principal = headers.authorization === undefined ? ofToken() : ofKey();
  request.record.caller = nameOf(principal);
  return principal;

  function ofKey(): Principal {
    const judgement = accessKeys.judge(request);
    if ('refusal' in judgement) throw new Refusal(unauthenticated(judgement.refusal, request.requestId));
    return judgement.principal;
  }

  function ofToken(): Principal {
    const value = headers['x-auth-token'];
    if (typeof value !== 'string') {
      throw new Refusal(keystoneError(401, 'The request you have made requires authentication.'));
    }
    const token = tokens.find(value);
    if (typeof token === 'string') throw new Refusal(keystoneError(401, 'The X-Auth-Token is invalid!'));
    return token.principal;
  }
}
