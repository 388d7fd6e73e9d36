import * as v from 'valibot';
import type { AccountSettings } from '../config/targets.ts';
import type { AccessKey } from '../core/call.ts';
import { parseJson } from '../core/json.ts';
import type { ServiceName } from '../net/answers.ts';
import type { Reply } from '../net/request.ts';

/** An agency's temporary key. */
export interface AssumedKey extends AccessKey {
  readonly securityToken: string;
  readonly expiresAtMs: number;
}

// all that STS gives to a key that is temporary itself, as an agency's is
const LIFE_S = 3_600;
const SESSION_NAME = 'sfs-turbo-du-cleaner';

/** How one of the two services gives keys of an agency. */
export interface Exchange {
  readonly service: ServiceName;
  readonly url: URL;
  readonly body: string;
  /** What of the body nobody else may read. */
  readonly secret: string | undefined;
  readonly status: number;
  /** The members of the answer, whatever their names. */
  readonly schema: v.GenericSchema<unknown, Answer>;
}

const word = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,16384}$/));
const time = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number(), // not NaN
);
type Answer = Omit<AssumedKey, 'expiresAtMs'> & { readonly untilMs: number };

const BY_STS = v.pipe(
  v.object({
    credentials: v.object({ access_key_id: word, secret_access_key: word, security_token: word, expiration: time }),
  }),
  v.transform(({ credentials: { access_key_id, secret_access_key, security_token, expiration } }): Answer => {
    return {
      accessKey: access_key_id,
      secretKey: secret_access_key,
      securityToken: security_token,
      untilMs: expiration,
    };
  }),
);

const BY_IAM = v.pipe(
  v.object({ credential: v.object({ access: word, secret: word, securitytoken: word, expires_at: time }) }),
  v.transform(({ credential: { access, secret, securitytoken, expires_at } }): Answer => {
    return { accessKey: access, secretKey: secret, securityToken: securitytoken, untilMs: expires_at };
  }),
);

/**
 * Neither call names a project: what the key may do is the agency's grants.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgency.html
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_04_0002.html
 */
export function exchangeOf({ agency, iamUrl, stsUrl }: AccountSettings): Exchange {
  if (agency.type === 'sts') {
    const { urn: agency_urn, externalId: external_id } = agency;
    const asked = { agency_urn, agency_session_name: SESSION_NAME, duration_seconds: LIFE_S, external_id };
    const url = new URL(`${stsUrl}/v5/agencies/assume`);
    return { service: 'STS', url, body: JSON.stringify(asked), secret: external_id, status: 200, schema: BY_STS };
  }
  const { agencyName: agency_name, domainName: domain_name } = agency;
  const role = { agency_name, domain_name, duration_seconds: LIFE_S };
  const body = JSON.stringify({ auth: { identity: { methods: ['assume_role'], assume_role: role } } });
  const url = new URL(`${iamUrl.replace(/\/v3$/, '')}/v3.0/OS-CREDENTIAL/securitytokens`);
  return { service: 'IAM', url, body, secret: undefined, status: 201, schema: BY_IAM };
}

/** The key, or what is wrong with the answer. A clock on this side that is slow does not lengthen its life. */
export function parseAssumed({ body }: Reply, { schema }: Exchange, sentAtMs: number): AssumedKey | string {
  const answer = v.safeParse(schema, parseJson(body));
  if (!answer.success) return 'no key of the agency';
  const { untilMs, ...key } = answer.output;
  if (untilMs <= sentAtMs) return 'a key of the agency that has expired';
  return { ...key, expiresAtMs: Math.min(untilMs, sentAtMs + LIFE_S * 1_000) };
}
