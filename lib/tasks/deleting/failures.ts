import type { Call, Permits } from '../../core/call.ts';
import { isOutOfTime, ServiceError } from '../../core/errors.ts';

/** A call whose requests need a permit each. */
export type PermittedCall = Call & { readonly permits: Permits };

/** Whether a call failed only because time ran out. */
export function ranOutOfTime(error: unknown, { permits }: PermittedCall): boolean {
  if (isOutOfTime(error)) return true;
  const code = error instanceof ServiceError ? error.code : undefined;
  return (code === 'upstream_timeout' || code === 'upstream_throttled') && !permits.isOpen();
}

/** Whether IAM or SFS Turbo refused the credentials: then every further request would be refused too. */
export function areCredentialsRefused(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'iam_rejected';
}
