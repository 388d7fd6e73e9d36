import type { Targets } from '../config/targets.ts';
import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import type { AllowedShares, ShareId } from '../core/task.ts';
import { shareRefusal } from '../tasks/share-refusal.ts';
import { pickTarget, type TargetChoice } from './pick.ts';
import type { Target } from './target.ts';

type UseCase<Q, Rest extends readonly unknown[], R> = (
  query: Q,
  caller: Caller,
  call: Call,
  ...rest: Rest
) => Promise<R>;

interface ShareChoice extends TargetChoice {
  readonly shareId: ShareId;
}

/**
 * A use case of each target as one for all: it is carried out by the parts of the target that the query names. The lines that
 * it writes bear the target's name. For a caller who may not use the share nothing is asked.
 *
 * @param onRefusal carries the use case out where no target may be used, for what it leaves behind
 */
export function byTarget<Q extends ShareChoice, Rest extends readonly unknown[], R>(
  targets: Targets<Target>,
  useCaseOf: (target: Target) => UseCase<Q, Rest, R>,
  onRefusal: (error: unknown) => UseCase<Q, Rest, R> = rejecting,
): UseCase<Q, Rest, R> {
  const useCases = new Map(targets.map((target) => [target, useCaseOf(target)] as const));
  const [only, ...others] = targets;
  const single = useCases.get(only);
  if (single !== undefined && others.length === 0 && only.settings.name === undefined) return single;

  return async (query, caller, call, ...rest) => {
    const refusalIn = (target: Target) =>
      shareRefusal(query.shareId, callerIn(target, caller), namedSharesOf(target.settings));

    async function findTarget(): Promise<Target> {
      const picked = await pickTarget(targets, query, call, (target) => refusalIn(target) === undefined);
      const refusal = refusalIn(picked);
      if (refusal !== undefined) throw refusal;
      return picked.withShares(call);
    }

    const target = await findTarget().catch((error: unknown) => ({ error }));
    // the caller's shares are of targets, and have been looked at
    if ('error' in target) return onRefusal(target.error)(query, { ...caller, shares: '*' }, call, ...rest);
    const useCase = useCases.get(target) ?? useCaseOf(target);
    const ofTarget = { ...call, log: call.log.ofTarget(target.settings.name) };
    return useCase(query, callerIn(target, caller), ofTarget, ...rest);
  };
}

/** The caller with the shares that are the caller's in this target. */
export function callerIn({ settings: { name = '' } }: Pick<Target, 'settings'>, caller: Caller): Caller {
  const { shares, sharesByTarget } = caller;
  const further = sharesByTarget?.get(name);
  if (further === undefined || shares === '*') return caller;
  return { ...caller, shares: further === '*' ? '*' : new Set([...shares, ...further]) };
}

/** The shares that the configuration allows in a target; which have its tags is asked where one is touched. */
export function namedSharesOf({ allowedShares, tags }: Target['settings']): AllowedShares {
  return tags === undefined ? allowedShares : '*';
}

function rejecting(error: unknown) {
  return () => Promise.reject(error);
}
