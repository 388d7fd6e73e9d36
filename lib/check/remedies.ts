import type { CredentialSettings } from '../config/credentials.ts';
import type { TargetSettings } from '../config/targets.ts';
import type { ServiceError } from '../core/errors.ts';
import type { ErrorCode } from '../core/status.ts';

const UNREACHED =
  'check HW_REGION_NAME and HW_CLOUD, and HW_AUTH_URL and SFS_TURBO_ENDPOINT where they are set; check that this machine ' +
  'can reach them';
const LATER = 'try again later';

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  forbidden: 'check ALLOWED_SHARES, and the project in HW_PROJECT_ID or HW_PROJECT_NAME',
  misconfigured: 'check HW_PROJECT_NAME, or set HW_PROJECT_ID',
  upstream_forbidden: 'check the id of the share, the project, and the permissions of the user',
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
    'check HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD; after several wrong passwords IAM locks the user for a while',
  key: 'check HW_ACCESS_KEY and HW_SECRET_KEY, HW_SECURITY_TOKEN if the key is temporary, and the clock of this machine',
  agency: 'check the agency of the function',
};

const UNREACHED_TARGET =
  'check region, iam_url, sts_url and sfs_turbo_url of the target, and HW_CLOUD; check that they can be reached from here';

/** The same where the members of a target stand for variables. */
const REMEDIES_OF_TARGET: Readonly<Partial<Record<ErrorCode, string>>> = {
  ...REMEDIES,
  forbidden: 'check shares, and project_id or project_name of the target',
  misconfigured: 'check project_name of the target, or give its project_id',
  upstream_invalid: UNREACHED_TARGET,
  upstream_unavailable: UNREACHED_TARGET,
  upstream_timeout: UNREACHED_TARGET,
};

const AGENCY =
  'check the agency in ACCOUNTS, who may assume it, and external_id; check the credentials of this function';

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
