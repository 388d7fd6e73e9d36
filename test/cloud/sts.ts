import type { AccessKeys, Signer } from './access-keys.ts';
import type { CloudAgency } from './accounts.ts';
import type { Accounts } from './accounts-list.ts';
import { type Answer, jsonAnswer, type Outcome, Refusal } from './answers.ts';
import { type AssumeAgency, parseAssumeAgency } from './assume-agency.ts';
import { unauthenticated } from './gateway.ts';
import { mayCall, nameOf, type Principal } from './principals.ts';
import type { Incoming, Operation } from './requests.ts';
import type { ServiceDefinition } from './server.ts';

/** with `X-Security-Token`, whatever the agency allows */
const MAX_CHAINED_SECONDS = 3600;
const MAX_SECONDS = 43_200;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /v5/agencies/assume': 'AssumeAgency',
  'GET /v5/caller-identity': 'GetCallerIdentity',
};

export interface Sts {
  readonly now: () => number;
  readonly accounts: Accounts;
  readonly accessKeys: AccessKeys;
}

/**
 * The security token service, which takes signed requests alone. Any regional endpoint serves all regions.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgency.html}
 */
export function createSts(sts: Sts): ServiceDefinition {
  return {
    service: 'sts',
    operationOf: (method, path) => OPERATIONS[`${method} ${path}`] ?? 'unknown',
    headers: (requestId) => ({ Server: 'api-gateway', 'X-Request-Id': requestId }),
    handle(request) {
      const { operation } = request.record;
      if (operation === 'unknown') throw new Refusal(stsError(404, '1000', 'the api does not exist'));
      const signer = authenticate(request, sts);
      if (operation === 'AssumeAgency') return assumeAgency(request, signer, sts);
      return { answer: jsonAnswer(200, identityOf(signer)) };
    },
  };
}

function authenticate(request: Incoming, { accessKeys }: Sts): Signer {
  const judgement = accessKeys.judge(request);
  if ('refusal' in judgement) throw new Refusal(unauthenticated(judgement.refusal, request.requestId));
  request.record.caller = nameOf(judgement.principal);
  return judgement;
}

function assumeAgency(request: Incoming, caller: Signer, sts: Sts): Outcome {
  const wish = parseAssumeAgency(request);
  if (typeof wish === 'string') throw new Refusal(invalid(wish));
  const agency = sts.accounts.agency(wish.agencyUrn);
  if (agency === undefined) {
    throw new Refusal(stsError(404, '1106', `the agency '${wish.agencyUrn}' cannot be found`));
  }
  checkTrust(agency, wish, caller);
  const maxSeconds = Math.min(agency.maxDurationSeconds, caller.isTemporary ? MAX_CHAINED_SECONDS : MAX_SECONDS);
  if (wish.durationSeconds > maxSeconds) throw new Refusal(invalid('duration_seconds'));

  const lifetimeMs = wish.durationSeconds * 1000;
  const key = sts.accessKeys.prepareTemporary(agency, lifetimeMs, wish.sessionName);
  const body = {
    assumed_agency: { urn: urnOf(agency, wish.sessionName), id: `${agency.id}:${wish.sessionName}` },
    credentials: {
      access_key_id: key.accessKey,
      secret_access_key: key.secretKey,
      security_token: key.securityToken,
      expiration: new Date(sts.now() + lifetimeMs).toISOString(),
    },
  };
  return { answer: jsonAnswer(200, body), act: key.admit };
}

/** @throws {Refusal} PAP5.0001; its status is not documented, 403 is what a denial has everywhere */
function checkTrust(agency: CloudAgency, wish: AssumeAgency, { principal, session }: Signer): void {
  const isTrusted = agency.trustedDomainIds.includes(principal.domainId);
  const isExpected = agency.externalId === undefined || agency.externalId === wish.externalId;
  if (isTrusted && isExpected && mayCall(principal, 'AssumeAgency')) return;
  const who = urnOf(principal, session);
  const error_msg = `access denied, ${who} is not authorized to perform sts:agencies:assume on ${agency.urn}`;
  const encoded_authorization_message = Buffer.from(error_msg).toString('base64');
  throw new Refusal(jsonAnswer(403, { error_code: 'PAP5.0001', error_msg, encoded_authorization_message }));
}

/** @see {@link https://support.huaweicloud.com/intl/en-us/api-iam5/GetCallerIdentity.html} */
function identityOf({ principal, session }: Signer): unknown {
  const { domainId, id, kind } = principal;
  const principalId = kind === 'user' ? id : `${id}:${session}`;
  return { account_id: domainId, principal_id: principalId, principal_urn: urnOf(principal, session) };
}

function urnOf({ domainId, kind, name }: Principal, session: string): string {
  return kind === 'user' ? `iam::${domainId}:user:${name}` : `sts::${domainId}:assumed-agency:${name}/${session}`;
}

function invalid(what: string): Answer {
  // of the codes only 1106 is known; a client has to go by the status
  return stsError(400, '1001', `invalid parameter: ${what}`);
}

function stsError(status: number, code: string, error_msg: string): Answer {
  return jsonAnswer(status, { error_code: `STS5.${code}`, error_msg });
}
