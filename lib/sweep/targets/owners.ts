import type { Caller } from '../../core/caller.ts';
import { ServiceError } from '../../core/errors.ts';
import { type AllowedShares, isAllowed, quoted, type ShareId } from '../../core/task.ts';
import { namedSharesOf } from '../../targets/by-target.ts';
import type { SweptTarget } from './swept-target.ts';

/**
 * The target of a share that an event names without one: the only one that names the share, or else the only one that may
 * have it.
 *
 * @throws {ServiceError} `forbidden` when none may have it, `invalid_input` when several may
 */
export function ownerOf(shareId: ShareId, targets: readonly SweptTarget[]): SweptTarget {
  const [owner, ...others] = ownersOf(shareId, targets);
  if (owner === undefined) throw new ServiceError('forbidden', 'shares names a share that this function may not use');
  if (others.length === 0) return owner;
  throw inSeveral(`shares names ${quoted(shareId)}`);
}

/**
 * The caller with each share in one target: one that is the caller's wherever it is would otherwise be asked for in every
 * target.
 *
 * @throws {ServiceError} `invalid_input` when such a share may be in several targets
 */
export function placeShares(caller: Caller, targets: readonly SweptTarget[]): Caller {
  if (caller.shares === '*') return caller;
  const sharesByTarget = new Map<string, AllowedShares>(caller.sharesByTarget);
  for (const shareId of caller.shares) {
    const sweeping = targets.filter(({ settings }) => isAllowed(shareId, settings.sweep.shares));
    const [owner, ...others] = ownersOf(shareId, sweeping);
    if (others.length > 0) throw inSeveral(`the key is for ${quoted(shareId)}`);
    if (owner === undefined) continue;
    const { name = '' } = owner.settings;
    const own = sharesByTarget.get(name) ?? new Set();
    if (own !== '*') sharesByTarget.set(name, new Set([...own, shareId]));
  }
  return { ...caller, shares: new Set(), sharesByTarget };
}

function ownersOf(shareId: ShareId, targets: readonly SweptTarget[]): readonly SweptTarget[] {
  const able = targets.filter((target) => isAllowed(shareId, namedSharesOf(target.settings)));
  const naming = able.filter((target) => namedSharesOf(target.settings) !== '*');
  return naming.length > 0 ? naming : able;
}

function inSeveral(what: string): ServiceError {
  return new ServiceError('invalid_input', `${what}, which may be in several targets: name it as target/share`);
}
