import * as v from 'valibot';
import { parseJson } from '../core/json.ts';
import { toMemberFaults } from './member-faults.ts';
import { memberText, name, objectMessage, recordOf } from './target-members.ts';
import { type Lookup, readVariable, type Section } from './variable.ts';

const URN_MESSAGE = 'must be iam::<account id>:agency:<name>';
const byUrn = v.strictObject(
  {
    agency_urn: v.pipe(v.string(URN_MESSAGE), v.regex(/^iam::[\w-]{1,64}:agency:[^\s:]{1,128}$/, URN_MESSAGE)),
    external_id: v.optional(memberText),
  },
  objectMessage,
);
const byName = v.strictObject({ agency_name: memberText, domain_name: memberText }, objectMessage);

const ACCOUNT_MESSAGE =
  'must have agency_urn (and external_id, where the account asks for one), or agency_name and domain_name';
const account = v.pipe(
  v.union([byUrn, byName], ACCOUNT_MESSAGE),
  v.transform((members) =>
    'agency_urn' in members
      ? ({ type: 'sts', urn: members.agency_urn, externalId: members.external_id } as const)
      : ({ type: 'iam', agencyName: members.agency_name, domainName: members.domain_name } as const),
  ),
);
/** The agency in another account that lets this function in: by STS (v5), or by IAM (v3). */
export type AgencySettings = v.InferOutput<typeof account>;

const accounts = recordOf(name, account, 'must be an object of accounts by their names');

/** Agencies by the name of their account; none when `ACCOUNTS` is not set. */
export function readAccounts(lookup: Lookup): Section<{ readonly accounts: ReadonlyMap<string, AgencySettings> }> {
  const text = readVariable('ACCOUNTS', lookup);
  const result = v.safeParse(accounts, text === undefined ? {} : parseJson(text), { abortPipeEarly: true });
  if (!result.success) return { faults: toMemberFaults('ACCOUNTS', result.issues) };
  return { settings: { accounts: new Map(Object.entries(result.output)) } };
}
