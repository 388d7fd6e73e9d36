import { hasExactly, type Incoming, isJsonMediaType, parseJson, parseQuery } from './requests.ts';

const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
const DEFAULT_SECONDS = 3600;
const URN = /^[\w+/=-]+:[\w+/=*-]{0,255}:[\w+/=-]{1,64}:[\w+/=-]{1,64}:.+$/;
const SESSION_NAME = /^[\w+=,.@-]{2,128}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

export interface AssumeAgency {
  readonly agencyUrn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly externalId: string | undefined;
}

/**
 * The body of `AssumeAgency` and no field beside it. Policies, tags, MFA and source identities are not built in.
 *
 * @returns the name of the first field that is wrong, or `body`
 */
export function parseAssumeAgency({ rawQuery, record }: Incoming): AssumeAgency | string {
  const hasForm = isJsonMediaType(record.headers['content-type']) && parseQuery(rawQuery, []) !== undefined;
  const body = hasForm ? parseJson(record.body) : undefined;
  const optional = ['duration_seconds', 'external_id'];
  if (!hasExactly(body, ['agency_urn', 'agency_session_name'], optional)) return 'body';
  const { agency_urn: agencyUrn, agency_session_name: sessionName, external_id: externalId } = body;
  const durationSeconds = body['duration_seconds'] ?? DEFAULT_SECONDS;
  if (typeof agencyUrn !== 'string' || agencyUrn.length > 1500 || !URN.test(agencyUrn)) return 'agency_urn';
  if (typeof sessionName !== 'string' || !SESSION_NAME.test(sessionName)) return 'agency_session_name';
  if (!isDuration(durationSeconds)) return 'duration_seconds';
  if (externalId !== undefined && !(typeof externalId === 'string' && EXTERNAL_ID.test(externalId))) {
    return 'external_id';
  }
  return { agencyUrn, sessionName, durationSeconds, externalId };
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= MIN_SECONDS && value <= MAX_SECONDS;
}
