import type { SweepSettings } from '../../config/sweep.ts';
import type { Targets } from '../../config/targets.ts';
import type { Caller } from '../../core/caller.ts';
import { ServiceError } from '../../core/errors.ts';
import { quoted, type ShareId } from '../../core/task.ts';
import { callerIn, namedSharesOf } from '../../targets/by-target.ts';
import { narrow, type SweepOverrides, whyDry } from '../overrides.ts';
import { ownerOf, placeShares } from './owners.ts';
import type { SweptTarget } from './swept-target.ts';

/** One target of a run, and what of it is swept. */
export interface Planned {
  readonly target: SweptTarget;
  /** Narrowed by the event and by the caller's shares. */
  readonly settings: SweepSettings;
  /** The shares that the event names in this target; absent where it names none at all. */
  readonly shares: ReadonlySet<ShareId> | undefined;
  /** With the shares that are the caller's in this target. */
  readonly caller: Caller;
  /** Why it is dry although the event asks for a real run. */
  readonly reason: string | undefined;
}

/**
 * The targets of a run. An event that names shares sweeps the targets that these are in, and no other.
 *
 * @throws {ServiceError} as {@link narrow}; `forbidden` when the event names a target in which the caller may use no share;
 *   `invalid_input` when it names a target that there is not, or when it or the caller names a share that may be in several
 */
export function planTargets(
  targets: Targets<SweptTarget>,
  overrides: SweepOverrides,
  caller: Caller,
): readonly Planned[] {
  const chosen = chooseTargets(targets, overrides);
  const named = sharesByTarget(chosen, overrides);
  const wanted = named === undefined ? chosen : chosen.filter((target) => named.has(target));
  const placed = named === undefined ? placeShares(caller, chosen) : caller;
  // a target that the event names must be the caller's, even where the shares that it names are in others
  const asked = overrides.targets === undefined ? wanted : chosen;
  const results = asked.map((target) => planOrRefusal(target, named?.get(target), overrides, placed));
  const planned = results.filter((result) => 'target' in result).filter(({ target }) => wanted.includes(target));
  const refusal = results.find((result) => 'refusal' in result);
  // a key may be for some targets alone, but what the event names must be swept
  const isNamed = named !== undefined || overrides.targets !== undefined;
  if (refusal !== undefined && (isNamed || planned.length === 0)) throw refusal.refusal;
  return planned;
}

function planOrRefusal(
  target: SweptTarget,
  shares: ReadonlySet<ShareId> | undefined,
  overrides: SweepOverrides,
  caller: Caller,
): Planned | { readonly refusal: unknown } {
  const { sweep } = target.settings;
  const allowedShares = namedSharesOf(target.settings);
  const { dryRun, maxDeletes } = overrides;
  const ofTarget = callerIn(target, caller);
  try {
    const settings = narrow(sweep, { dryRun, maxDeletes, shares }, ofTarget, allowedShares);
    return { target, settings, shares, caller: ofTarget, reason: whyDry(sweep, overrides) };
  } catch (refusal) {
    return { refusal };
  }
}

function chooseTargets(targets: Targets<SweptTarget>, { targets: names }: SweepOverrides): readonly SweptTarget[] {
  if (names === undefined) return targets;
  return [...names].map((name) => {
    const target = targets.find(({ settings }) => settings.name === name);
    if (target === undefined) throw invalid(`targets names ${quoted(name)}, which TARGETS does not have`);
    return target;
  });
}

function sharesByTarget(
  targets: readonly SweptTarget[],
  { shares, targetShares }: SweepOverrides,
): ReadonlyMap<SweptTarget, ReadonlySet<ShareId>> | undefined {
  if (shares === undefined && targetShares === undefined) return undefined;
  const found = [
    ...[...(shares ?? [])].map((shareId) => ({ target: ownerOf(shareId, targets), shareId })),
    ...(targetShares ?? []).map(({ target: name, shareId, field }) => {
      const target = targets.find(({ settings }) => settings.name === name);
      if (target === undefined) throw invalid(`${field} names ${quoted(name)}, which is no target of this run`);
      return { target, shareId };
    }),
  ];
  return new Map(
    found.map(({ target }) => [
      target,
      new Set(found.filter((one) => one.target === target).map(({ shareId }) => shareId)),
    ]),
  );
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_input', message);
}
