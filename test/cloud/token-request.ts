import type { CloudAccount } from './accounts.ts';
import { type Answer, iamError, keystoneError, Refusal } from './answers.ts';
import type { CloudProject } from './projects.ts';
import { hasExactly, type Incoming, isJsonMediaType, parseJson } from './requests.ts';
import type { Scope } from './tokens.ts';

/** IAM.1101 */
const MAX_BODY_BYTES = 32 * 1024;

export interface Login {
  readonly domainName: string;
  readonly userName: string;
  readonly password: string;
}

/**
 * The documented body and no field beside it. `totp`, `assume_role` and other methods are not built in.
 *
 * @returns `undefined` when the body is not that
 * @throws {Refusal} IAM.1101
 */
export function parseTokenRequest({
  bytes,
  record,
}: Incoming): { readonly login: Login; readonly scope: unknown } | undefined {
  if (bytes.length > MAX_BODY_BYTES) {
    throw new Refusal(iamError(400, '1101', 'The size of the request body exceeds 32 KB.'));
  }
  if (!isJsonMediaType(record.headers['content-type'])) return undefined;
  const body = parseJson(record.body);
  if (!hasExactly(body, ['auth'])) return undefined;
  const { auth } = body;
  if (!hasExactly(auth, ['identity'], ['scope'])) return undefined;
  const { identity, scope } = auth;
  if (!hasExactly(identity, ['methods', 'password'])) return undefined;
  const { methods, password } = identity;
  if (JSON.stringify(methods) !== '["password"]' || !hasExactly(password, ['user'])) return undefined;
  const login = parseLogin(password['user']);
  return login === undefined ? undefined : { login, scope };
}

function parseLogin(user: unknown): Login | undefined {
  if (!hasExactly(user, ['domain', 'name', 'password']) || !hasExactly(user['domain'], ['name'])) return undefined;
  const [domainName, userName, password] = [user['domain']['name'], user['name'], user['password']];
  if (typeof domainName !== 'string' || typeof userName !== 'string' || typeof password !== 'string') return undefined;
  return { domainName, userName, password };
}

/** @throws {Refusal} 400 on another shape than the documented ones and on a project that the domain has not got */
export function findScope(scope: unknown, account: CloudAccount): Scope {
  if (scope === undefined) return {};
  if (!hasExactly(scope, [], ['project', 'domain'])) throw new Refusal(invalidBody());
  // with both, the project wins
  if ('project' in scope) return { project: findProject(scope['project'], account) };
  const { domain } = scope;
  const isOurs =
    (hasExactly(domain, ['name']) && domain['name'] === account.domainName) ||
    (hasExactly(domain, ['id']) && domain['id'] === account.domainId);
  if (!isOurs) throw new Refusal(invalidBody());
  return {};
}

function findProject(project: unknown, account: CloudAccount): CloudProject {
  const byId = hasExactly(project, ['id']) ? project['id'] : undefined;
  const named = hasExactly(project, ['name'], ['domain']) ? project : undefined;
  if (byId === undefined && named === undefined) throw new Refusal(invalidBody());
  const domain = named?.['domain'] ?? { name: account.domainName };
  const isOurDomain = hasExactly(domain, ['name']) && domain['name'] === account.domainName;
  const found = account.projects.find(({ id, name }) => id === byId || name === named?.['name']);
  // IAM.1109 is in the code table; which body the token call gives it is not documented
  if (found === undefined || !isOurDomain) throw new Refusal(iamError(400, '1109', 'The project is not found.'));
  return found;
}

export function invalidBody(): Answer {
  return keystoneError(400, 'The request body is invalid');
}
