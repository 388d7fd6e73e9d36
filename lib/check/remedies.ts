import type { CredentialSettings } from '../config/credentials.ts';
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

/** What to do about a failure; nothing where nothing helps but reading it. */
export function remedyFor({ code }: ServiceError, { type }: Pick<CredentialSettings, 'type'>): string | undefined {
  return code === 'iam_rejected' ? CREDENTIALS[type] : REMEDIES[code];
}
