import type { SweepSettings } from '../../config/sweep.ts';
import type { TargetSettings, Targets } from '../../config/targets.ts';
import type { Caller } from '../../core/caller.ts';
import { ServiceError } from '../../core/errors.ts';
import { isAllowed, quoted, type ShareId } from '../../core/task.ts';
import { callerIn, namedSharesOf } from '../../targets/by-target.ts';
import type { Target } from '../../targets/target.ts';
import { narrow, type SweepOverrides, whyDry } from '../overrides.ts';

export type SweptTarget = Target<TargetSettings & { readonly sweep: SweepSettings }>;

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
 * @throws {ServiceError} as {@link narrow}; `invalid_input` when the event names a target that there is not, or a share that
 *   may be in several
 */
export function planTargets(
  targets: Targets<SweptTarget>,
  overrides: SweepOverrides,
  caller: Caller,
): readonly Planned[] {
  const chosen = chooseTargets(targets, overrides);
  const named = sharesByTarget(chosen, overrides);
  const wanted = named === undefined ? chosen : chosen.filter((target) => named.has(target));
  const results = wanted.map((target) => planOrRefusal(target, named?.get(target), overrides, caller));
  const planned = results.filter((result) => 'target' in result);
  const refusal = results.find((result) => 'refusal' in result);
  // a key may be for some targets alone, but what the event names must be swept
  if (refusal !== undefined && (named !== undefined || planned.length === 0)) throw refusal.refusal;
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

/** The only target that names the share, or else the only one that may have it. */
function ownerOf(shareId: ShareId, targets: readonly SweptTarget[]): SweptTarget {
  const able = targets.filter((target) => isAllowed(shareId, namedSharesOf(target.settings)));
  const naming = able.filter((target) => namedSharesOf(target.settings) !== '*');
  const [owner, ...others] = naming.length > 0 ? naming : able;
  if (owner === undefined) throw new ServiceError('forbidden', 'shares names a share that this function may not use');
  if (others.length === 0) return owner;
  throw invalid(`shares names ${quoted(shareId)}, which may be in several targets: name it as target/share`);
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_input', message);
}
