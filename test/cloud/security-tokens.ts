import type { CloudAgency } from './accounts.ts';
import { type Answer, iamError, jsonAnswer, type Outcome, Refusal } from './answers.ts';
import type { Iam } from './iam-state.ts';
import { formatIamTime } from './iam-time.ts';
import { mayCall, type Principal } from './principals.ts';
import { hasExactly, type Incoming, isJsonMediaType, parseJson, parseQuery } from './requests.ts';

const MIN_SECONDS = 900;
const MAX_SECONDS = 86_400;
/** 15 min */
const DEFAULT_SECONDS = 900;

interface AssumeRole {
  readonly agencyName: string;
  /** the account that owns the agency; either alone will do */
  readonly domainId: string | undefined;
  readonly domainName: string | undefined;
  readonly durationSeconds: number;
}

/**
 * Temporary keys of another account's agency by IAM v3, to a token or to a signature.
 *
 * @see {@link https://support.huaweicloud.com/api-iam/iam_04_0101.html}
 */
export function createSecurityToken(request: Incoming, principal: Principal, iam: Iam): Outcome {
  const role = parseAssumeRole(request);
  if (role === undefined) throw new Refusal(invalid());
  const agency = findAgency(role, iam);
  // only users can be granted "Agent Operator": the grants of an agency exclude it
  const mayAssume = principal.kind === 'user' && mayCall(principal, 'CreateSecurityToken');
  if (!mayAssume || agency?.trustedDomainIds.includes(principal.domainId) !== true) throw new Refusal(forbidden());
  const key = iam.accessKeys.prepareTemporary(agency, role.durationSeconds * 1000);
  const credential = {
    access: key.accessKey,
    secret: key.secretKey,
    securitytoken: key.securityToken,
    expires_at: formatIamTime(iam.now() + role.durationSeconds * 1000),
  };
  return { answer: jsonAnswer(201, { credential }), act: key.admit };
}

function findAgency({ agencyName, domainId, domainName }: AssumeRole, { accounts }: Iam): CloudAgency | undefined {
  const owner = accounts.all.find(
    (account) =>
      (domainId === undefined || account.domainId === domainId) &&
      (domainName === undefined || account.domainName === domainName),
  );
  return owner?.agencies.find(({ name }) => name === agencyName);
}

/** The documented body and no field beside it, except `policy`, which is not built in. */
function parseAssumeRole({ rawQuery, record }: Incoming): AssumeRole | undefined {
  const hasForm = isJsonMediaType(record.headers['content-type']) && parseQuery(rawQuery, []) !== undefined;
  const body = hasForm ? parseJson(record.body) : undefined;
  if (!hasExactly(body, ['auth']) || !hasExactly(body['auth'], ['identity'])) return undefined;
  const { identity } = body['auth'];
  if (!hasExactly(identity, ['methods', 'assume_role'])) return undefined;
  if (JSON.stringify(identity['methods']) !== '["assume_role"]') return undefined;
  const role = identity['assume_role'];
  const optional = ['domain_id', 'domain_name', 'duration_seconds', 'session_user'];
  if (!hasExactly(role, ['agency_name'], optional)) return undefined;
  const { agency_name: agencyName, domain_id: domainId, domain_name: domainName, session_user: session } = role;
  const durationSeconds = role['duration_seconds'] ?? DEFAULT_SECONDS;
  const isNamed = typeof agencyName === 'string' && (domainId ?? domainName) !== undefined;
  if (!isNamed || !isOptionalText(domainId) || !isOptionalText(domainName)) return undefined;
  if (!isDuration(durationSeconds)) return undefined;
  const isSession = session === undefined || (hasExactly(session, ['name']) && typeof session['name'] === 'string');
  return isSession ? { agencyName, domainId, domainName, durationSeconds } : undefined;
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= MIN_SECONDS && value <= MAX_SECONDS;
}

/** The page has 400, 401, 403 and 500 and no codes: these are of IAM's table, in the shape that v3.0 calls answer. */
function invalid(): Answer {
  return iamError(400, '0011', 'Request body is invalid.');
}

/** The same for an agency that does not exist, as the page has no 404. */
function forbidden(): Answer {
  return iamError(403, '0002', 'You are not authorized to perform the requested action.');
}
