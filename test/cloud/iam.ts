import type { AccessKeys } from './access-keys.ts';
import { type Answer, iamError, jsonAnswer, keystoneError, type Outcome, Refusal } from './answers.ts';
import { unauthenticated } from './gateway.ts';
import { hasExactly, type Incoming, isJsonMediaType, parseQuery } from './requests.ts';
import type { ServiceDefinition } from './server.ts';
import type { IssuedToken, Project, Scope, Tokens } from './tokens.ts';

/** IAM.1101 */
const MAX_BODY_BYTES = 32 * 1024;
/** The account's defaults: https://support.huaweicloud.com/usermanual-iam5/iam_01_1172.html */
const MAX_LOGIN_FAILURES = 5;
const LOGIN_WINDOW_MS = 15 * 60_000;
const LOGIN_LOCK_MS = 15 * 60_000;

export interface Account {
  readonly domainId: string;
  readonly domainName: string;
  readonly userId: string;
  readonly userName: string;
  readonly password: string;
  readonly projects: readonly Project[];
}

export interface Iam extends ServiceDefinition {
  unlock(): void;
}

interface Login {
  readonly domainName: unknown;
  readonly userName: unknown;
  readonly password: unknown;
}

/**
 * IAM as far as a token by password needs it.
 *
 * @see {@link https://support.huaweicloud.com/api-iam/iam_30_0001.html}
 * @see {@link https://support.huaweicloud.com/api-iam/iam_06_0001.html}
 */
export function createIam(options: {
  readonly now: () => number;
  readonly account: Account;
  readonly tokens: Tokens;
  readonly accessKeys: AccessKeys;
}): Iam {
  const { account, accessKeys, now, tokens } = options;
  const logins = createLoginGuard(now);

  function createToken(request: Incoming): Outcome {
    const query = parseQuery(request.rawQuery, ['nocatalog']);
    const body = parseTokenRequest(request);
    if (query === undefined || body === undefined) throw new Refusal(invalidBody());

    logins.check(body.login, account);
    const token = tokens.prepare(findScope(body.scope, account));
    // any text but the empty one means yes
    const hasCatalog = (query.get('nocatalog') ?? '') === '';
    return {
      answer: jsonAnswer(201, tokenBody(token, account, hasCatalog), { 'X-Subject-Token': token.value }),
      act() {
        logins.succeed();
        tokens.admit(token);
      },
    };
  }

  function listProjects(request: Incoming): Outcome {
    authenticate(request);
    const query = parseQuery(request.rawQuery, ['name', 'domain_id', 'enabled', 'page', 'per_page']);
    const name = query?.get('name');
    const domainId = query?.get('domain_id') ?? account.domainId;
    if (query === undefined || domainId !== account.domainId) throw new Refusal(invalidBody());
    const found = account.projects.filter((project) => name === undefined || project.name === name);
    const links = { next: null, previous: null, self: `http://${request.record.headers.host}/v3/projects` };
    return { answer: jsonAnswer(200, { links, projects: found.map((project) => projectBody(project, account)) }) };
  }

  function authenticate(request: Incoming): void {
    const { headers } = request.record;
    const token = headers['x-auth-token'];
    if (headers.authorization !== undefined) {
      const refusal = accessKeys.refusalOf(request);
      if (refusal !== undefined) throw new Refusal(unauthenticated(refusal, request.requestId));
      return;
    }
    if (typeof token !== 'string') {
      throw new Refusal(keystoneError(401, 'The request you have made requires authentication.'));
    }
    if (typeof tokens.find(token) === 'string') throw new Refusal(keystoneError(401, 'The X-Auth-Token is invalid!'));
  }

  return {
    service: 'iam',

    operationOf(method, path) {
      if (method === 'POST' && path === '/v3/auth/tokens') return 'CreateToken';
      return method === 'GET' && path === '/v3/projects' ? 'ListProjects' : 'unknown';
    },

    headers: (requestId) => ({ 'X-Request-Id': requestId, 'X-IAM-Trace-Id': `token_null_null_${requestId}` }),

    handle(request) {
      const { operation, path } = request.record;
      if (operation === 'CreateToken') return createToken(request);
      if (operation === 'ListProjects') return listProjects(request);
      const isKnownPath = path === '/v3/auth/tokens' || path === '/v3/projects';
      if (isKnownPath) throw new Refusal(keystoneError(405, 'The method is not allowed for the requested URL.'));
      throw new Refusal(keystoneError(404, 'The resource could not be found.'));
    },

    unlock: logins.forget,
  };
}

/** Counts wrong passwords and locks the user out, right password or not. */
function createLoginGuard(now: () => number) {
  let failuresAtMs: number[] = [];
  let lockedUntilMs = Number.NEGATIVE_INFINITY;

  function fail(): void {
    failuresAtMs = [...failuresAtMs.filter((atMs) => atMs > now() - LOGIN_WINDOW_MS), now()];
    if (failuresAtMs.length < MAX_LOGIN_FAILURES) return;
    failuresAtMs = [];
    lockedUntilMs = now() + LOGIN_LOCK_MS;
  }

  return {
    /** @throws {Refusal} 401, the same for an unknown user and a wrong password */
    check(login: Login, account: Account): void {
      const isOurUser = login.domainName === account.domainName && login.userName === account.userName;
      const wrong = keystoneError(401, 'The username or password is wrong.');
      if (!isOurUser) throw new Refusal(wrong);
      // IAM.0061
      if (lockedUntilMs > now()) throw new Refusal(keystoneError(401, 'Account locked.'));
      if (login.password !== account.password) throw new Refusal(wrong, fail);
    },
    succeed(): void {
      failuresAtMs = [];
    },
    forget(): void {
      failuresAtMs = [];
      lockedUntilMs = Number.NEGATIVE_INFINITY;
    },
  };
}

/**
 * The documented body and no field beside it. `totp`, `assume_role` and other methods are not built in.
 *
 * @returns `undefined` when the body is not that
 * @throws {Refusal} IAM.1101
 */
function parseTokenRequest({ bytes, record }: Incoming): { login: Login; scope: unknown } | undefined {
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
  const { user } = password;
  if (!hasExactly(user, ['domain', 'name', 'password']) || !hasExactly(user['domain'], ['name'])) return undefined;
  const login = { domainName: user['domain']['name'], userName: user['name'], password: user['password'] };
  return Object.values(login).every((value) => typeof value === 'string') ? { login, scope } : undefined;
}

/** @throws {Refusal} 400 on another shape than the documented ones and on a project that the domain has not got */
function findScope(scope: unknown, account: Account): Scope {
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

function findProject(project: unknown, account: Account): Project {
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

function tokenBody(token: IssuedToken, account: Account, hasCatalog: boolean): unknown {
  const domain = { id: account.domainId, name: account.domainName };
  const { project } = token;
  return {
    token: {
      catalog: hasCatalog ? catalogOf(project) : [],
      expires_at: formatIamTime(token.expiresAtMs),
      issued_at: formatIamTime(token.issuedAtMs),
      methods: ['password'],
      ...(project === undefined ? { domain } : { project: { domain, id: project.id, name: project.name } }),
      roles: [{ id: '0', name: 'sfsturbo_operator' }],
      user: { domain, id: account.userId, name: account.userName, password_expires_at: '' },
    },
  };
}

function catalogOf(project: Project | undefined): readonly unknown[] {
  if (project === undefined) return [];
  const url = `https://sfs-turbo.${project.region}.myhuaweicloud.com/v1/${project.id}`;
  const endpoint = { id: '33e1cbdd86d34e89a63cf8ad16a5f49f', interface: 'public', region: project.region };
  const endpoints = [{ ...endpoint, region_id: project.region, url }];
  return [{ endpoints, id: '100a6a3477f1495286579b819d399e36', name: 'sfsturbo', type: 'sfsturbo' }];
}

function projectBody(project: Project, account: Account): unknown {
  return {
    id: project.id,
    name: project.name,
    domain_id: account.domainId,
    parent_id: account.domainId,
    enabled: true,
    is_domain: false,
    description: '',
    links: { self: `https://iam.myhuaweicloud.com/v3/projects/${project.id}` },
  };
}

/** ISO 8601 with six fractional digits, e.g. `2020-01-04T09:05:22.701000Z`. */
function formatIamTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '000Z');
}

function invalidBody(): Answer {
  return keystoneError(400, 'The request body is invalid');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
