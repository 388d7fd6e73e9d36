import type { ShareId } from '../core/task.ts';
import { type AgencySettings, readAccounts } from './accounts.ts';
import type { CredentialSettings } from './credentials.ts';
import { type ListedTarget, type ReadTarget, readListedTarget } from './listed-target.ts';
import type { ServiceSettings } from './service.ts';
import { accountFaultsOf, contradictionsOf, doubleFaultsOf, endpointFaultsOf } from './target-faults.ts';
import type { TargetList } from './target-list.ts';
import type { TagFilter, TargetMembers } from './target-members.ts';
import type { Lookup, Section } from './variable.ts';

/** Another account, and where its agency is assumed. */
export interface AccountSettings {
  readonly name: string;
  readonly agency: AgencySettings;
  /** Roots without a trailing slash: those of the first target in the account. */
  readonly iamUrl: string;
  readonly stsUrl: string;
}

/** What a target has beside the settings for which others are variables. */
interface TargetIdentity {
  /** Absent without `TARGETS`. */
  readonly name: string | undefined;
  /** Absent: the account of the function's own credentials. */
  readonly account: AccountSettings | undefined;
  /** The shares that may be touched are those with these tags, and none is allowed by its id. Absent: the allowed ones. */
  readonly tags: TagFilter | undefined;
  /** Ids of shares by alias, in lower case. An alias of `SHARE_ALIASES` holds where the target has none of that name. */
  readonly aliases: ReadonlyMap<string, ShareId>;
}

/** A project in a region of an account, and what may be touched there. */
export type TargetSettings = ServiceSettings & TargetIdentity;

/** At least one. */
export type Targets<T> = readonly [T, ...T[]];

/** The one target of a function without `TARGETS`. */
export const ONLY_TARGET: Readonly<TargetIdentity> = {
  name: undefined,
  account: undefined,
  tags: undefined,
  aliases: new Map(),
};

interface Reading<T> {
  readonly lookup: Lookup;
  /** Reads what the function needs of each target, from the variables as that target has them. */
  readonly readTarget: ReadTarget<T>;
  /** Absent where they are faulty themselves. */
  readonly credentials: CredentialSettings | undefined;
}

/** Every target of a list, or every fault in it: by its target's place and member, and never with a value. */
export function readTargets<T extends ServiceSettings>(
  { variable, entries }: TargetList,
  { lookup, readTarget, credentials }: Reading<T>,
): Section<{ readonly targets: Targets<T & TargetIdentity> }> {
  const section = readAccounts(lookup);
  const accounts = 'settings' in section ? section.settings.accounts : undefined;
  const listed = entries.map((entry, at) => readListedTarget(`${variable}[${at}]`, entry, lookup, readTarget));
  const faults = [
    ...contradictionsOf(variable, lookup),
    ...('faults' in section ? section.faults : []),
    ...listed.flatMap((target) => ('faults' in target.section ? target.section.faults : [])),
    ...accountFaultsOf(listed, accounts, credentials),
    ...doubleFaultsOf(listed),
    ...endpointFaultsOf(listed, lookup, credentials),
  ];
  const [first, ...others] = toTargets(listed, accounts ?? new Map());
  // what is wrong with a variable is wrong for each target that leaves it as it is
  if (faults.length > 0 || first === undefined) return { faults: [...new Set(faults)] };
  return { settings: { targets: [first, ...others] } };
}

function toTargets<T extends ServiceSettings>(
  listed: readonly ListedTarget<T>[],
  accounts: ReadonlyMap<string, AgencySettings>,
): readonly (T & TargetIdentity)[] {
  const settingsByAccount = new Map<string, AccountSettings>();
  return listed.flatMap(({ members, section }) => {
    if (members === undefined || 'faults' in section) return [];
    const { iamUrl, stsUrl } = section.settings;
    const { account: name = '', shares } = members;
    const agency = accounts.get(name);
    if (agency !== undefined && !settingsByAccount.has(name)) {
      settingsByAccount.set(name, { name, agency, iamUrl, stsUrl });
    }
    const tags = typeof shares === 'object' && 'tags' in shares ? shares.tags : undefined;
    const account = settingsByAccount.get(name);
    // no share may be touched until the service has been asked which ones have the tags
    const allowedShares = tags === undefined ? section.settings.allowedShares : new Set<ShareId>();
    const identity = { name: members.name, account, tags, aliases: aliasesOf(members) };
    return [{ ...section.settings, allowedShares, ...identity }];
  });
}

function aliasesOf({ aliases = {} }: TargetMembers): ReadonlyMap<string, ShareId> {
  return new Map(Object.entries(aliases));
}
