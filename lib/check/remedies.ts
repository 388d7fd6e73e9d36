import type { CredentialSettings } from '../config/credentials.ts';
import type { TargetSettings } from '../config/targets.ts';
import type { ServiceError } from '../core/errors.ts';
import type { ErrorCode } from '../core/status.ts';

const UNREACHED =
  'look at HW_REGION_NAME and HW_CLOUD, at HW_AUTH_URL and SFS_TURBO_ENDPOINT where they are set, and whether this machine ' +
  'reaches them';
const LATER = 'try again later';

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  forbidden: 'look at ALLOWED_SHARES, and at the project in HW_PROJECT_ID or HW_PROJECT_NAME',
  misconfigured: 'look at HW_PROJECT_NAME, or set HW_PROJECT_ID',
  upstream_forbidden: 'look at the id of the share, the project, and the permissions of the user',
  task_not_found:
    'list the tasks of the share: a finished or cancelled task may be gone, a new one is shown within five minutes',
  upstream_invalid: UNREACHED,
  upstream_unavailable: UNREACHED,
  upstream_timeout: UNREACHED,
  out_of_time: 'give it more time',
  upstream_conflict: LATER,
  upstream_error: LATER,
  upstream_throttled: LATER,
};

const CREDENTIALS: Readonly<Record<CredentialSettings['type'], string>> = {
  password:
    'look at HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD; after several wrong passwords IAM locks the user for a while',
  key: 'look at HW_ACCESS_KEY and HW_SECRET_KEY, at HW_SECURITY_TOKEN if the key is temporary, and at the clock of this machine',
  agency: 'look at the agency of the function',
};

const UNREACHED_TARGET =
  'look at region, iam_url, sts_url and sfs_turbo_url of the target, at HW_CLOUD, and whether they are reached from here';

/** The same where the members of a target stand for variables. */
const REMEDIES_OF_TARGET: Readonly<Partial<Record<ErrorCode, string>>> = {
  ...REMEDIES,
  forbidden: 'look at shares, and at project_id or project_name of the target',
  misconfigured: 'look at project_name of the target, or give its project_id',
  upstream_invalid: UNREACHED_TARGET,
  upstream_unavailable: UNREACHED_TARGET,
  upstream_timeout: UNREACHED_TARGET,
};

const AGENCY =
  'look at the agency in ACCOUNTS, at who may assume it, and at external_id; and at the credentials of this function';

/**
 * What to do about a failure; nothing where nothing helps but reading it.
 *
 * @param target absent where it is in no target alone
 */
export function remedyFor(
  { code }: ServiceError,
  { type }: Pick<CredentialSettings, 'type'>,
  target?: Pick<TargetSettings, 'name' | 'account'>,
): string | undefined {
  if (code === 'iam_rejected') return target?.account === undefined ? CREDENTIALS[type] : AGENCY;
  return target?.name === undefined ? REMEDIES[code] : REMEDIES_OF_TARGET[code];
}
