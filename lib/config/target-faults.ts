import type { AgencySettings } from './accounts.ts';
import type { CredentialSettings } from './credentials.ts';
import type { ListedTarget } from './listed-target.ts';
import type { ServiceSettings } from './service.ts';
import { ONLY_WITHOUT_TARGETS } from './target-members.ts';
import { isSet, type Lookup, readVariable } from './variable.ts';

/** Variables that would be of no target, or of all. @param variable the one with the list */
export function contradictionsOf(variable: string, lookup: Lookup): readonly string[] {
  return ONLY_WITHOUT_TARGETS.filter((name) => isSet(name, lookup)).map(
    (name) => `${name} contradicts ${variable}, where each target says it for itself: set one only`,
  );
}

/** Faults of accounts. @param accounts absent where they are faulty themselves */
export function accountFaultsOf(
  listed: readonly ListedTarget<unknown>[],
  accounts: ReadonlyMap<string, AgencySettings> | undefined,
  credentials: CredentialSettings | undefined,
): readonly string[] {
  return listed.flatMap(({ place, members }) => {
    const account = members?.account;
    if (account === undefined) return [];
    const isUnknown = accounts !== undefined && !accounts.has(account);
    return [
      ...(isUnknown ? [`${place}.account must be one of ACCOUNTS`] : []),
      // to assume an agency is a signed request
      ...(credentials?.type === 'password'
        ? [`${place}.account needs an access key or an agency of the function: a password does not do`]
        : []),
    ];
  });
}

/** Faults of projects and of what belongs to one target only. */
export function doubleFaultsOf(listed: readonly ListedTarget<ServiceSettings>[]): readonly string[] {
  return [
    ...listed
      .filter(({ members }) => members?.project_id !== undefined && members.project_name !== undefined)
      .map(({ place }) => `${place}.project_name contradicts project_id: set one only`),
    ...repeated(listed, ({ members }) => members?.name).map(
      ({ place }) => `${place}.name must not be that of another target`,
    ),
    ...repeated(listed, projectKeyOf).map(
      ({ place }) => `${place} must not be in the account, region and project of another target`,
    ),
  ];
}

function projectKeyOf({ members, section }: ListedTarget<ServiceSettings>): string | undefined {
  if (members === undefined || 'faults' in section) return undefined;
  const { region, project } = section.settings;
  return JSON.stringify([members.account, region, project.id === undefined ? { name: project.name } : project.id]);
}

/** Those whose key an earlier one has. */
function repeated<T>(items: readonly T[], keyOf: (item: T) => string | undefined): readonly T[] {
  const keys = items.map(keyOf);
  return items.filter((_, at) => keys[at] !== undefined && keys.indexOf(keys[at]) < at);
}

/**
 * A token is good in its region alone, so an endpoint that is fixed for all serves the targets of one region. With a key
 * the signature would be refused too, but nothing would be lost: a stand-in may serve several regions.
 */
export function endpointFaultsOf(
  listed: readonly ListedTarget<ServiceSettings>[],
  lookup: Lookup,
  credentials: CredentialSettings | undefined,
): readonly string[] {
  const endpoint = readVariable('SFS_TURBO_ENDPOINT', lookup);
  if (credentials?.type !== 'password' || endpoint === undefined || endpoint.includes('{region}')) return [];
  const regionOf = ({ section }: ListedTarget<ServiceSettings>) =>
    'settings' in section ? section.settings.region : undefined;
  const home = readVariable('HW_REGION_NAME', lookup) ?? listed.map(regionOf).find((region) => region !== undefined);
  return listed
    .filter((target) => target.members?.sfs_turbo_url === undefined && ![home, undefined].includes(regionOf(target)))
    .map(
      ({ place }) =>
        `${place}.region must not be another than HW_REGION_NAME: a password's token is for one region, ` +
        'and SFS_TURBO_ENDPOINT is in that one (sfs_turbo_url names another)',
    );
}
