import type { Caller } from '../core/caller.ts';
import { ServiceError } from '../core/errors.ts';
import { type AllowedShares, isAllowed, type ShareId } from '../core/task.ts';

/** Why a caller may not use a share; nothing where the caller may. */
export function shareRefusal(shareId: ShareId, caller: Caller, allowedShares: AllowedShares): ServiceError | undefined {
  if (!isAllowed(shareId, allowedShares)) {
    return new ServiceError('forbidden', 'share_id is not among the shares that this function may touch', {
      reason: `${caller.name} named a share that is not in ALLOWED_SHARES`,
    });
  }
  if (!isAllowed(shareId, caller.shares)) {
    return new ServiceError('forbidden', 'share_id is not among the shares of this key', {
      reason: `${caller.name} named a share that is not among those of the key`,
    });
  }
  return undefined;
}
