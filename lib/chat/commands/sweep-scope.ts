import { isAllowed } from '../../core/task.ts';
import type { SweepOverrides } from '../../sweep/overrides.ts';
import type { ShareName } from '../../targets/share-place.ts';
import type { Member } from '../person.ts';
import type { ConfiguredSweep, SweptTarget } from './context.ts';

/** The targets of a sweep, which may be of one share alone. */
interface SweepScope {
  /** Those in which tasks may be deleted. */
  readonly real: readonly SweptTarget[];
  /** Those whose own sweep is dry. */
  readonly dry: readonly SweptTarget[];
}

/** The targets that the member may use; of a share, its own. */
export function scopeOf({ targets }: ConfiguredSweep, member: Member, share: ShareName | undefined): SweepScope {
  const usable = targets.filter(({ name }) => name === undefined || member.targets === '*' || member.targets.has(name));
  const chosen = share === undefined ? usable : usable.filter(({ name }) => name === share.target);
  return {
    real: chosen.filter(({ sweep }) => !sweep.dryRun),
    dry: chosen.filter(({ sweep }) => sweep.dryRun),
  };
}

/** Whether the configuration sweeps the share. Which shares have the tags of a target is asked when it is swept. */
export function isSwept({ real, dry }: SweepScope, { shareId }: ShareName): boolean {
  return [...real, ...dry].some(({ sweep, tags }) => tags !== undefined || isAllowed(shareId, sweep.shares));
}

/** Narrows a run to these targets, and to one share of them. */
export function overridesFor(targets: readonly SweptTarget[], share: ShareName | undefined): SweepOverrides {
  const names = targets.flatMap(({ name }) => name ?? []);
  if (names.length === 0) return share === undefined ? {} : { shares: new Set([share.shareId]) };
  if (share?.target === undefined) return { targets: new Set(names) };
  return { targetShares: [{ target: share.target, shareId: share.shareId, field: 'share' }] };
}
