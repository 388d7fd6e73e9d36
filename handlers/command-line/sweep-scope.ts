import type { CommandLineSweepApp } from '../../lib/app.ts';
import type { CommandLineSweepConfig } from '../../lib/config/read-config.ts';
import type { ShareId } from '../../lib/core/task.ts';
import type { SweepOverrides } from '../../lib/sweep/overrides.ts';
import type { ShareName } from '../../lib/targets/share-place.ts';
import { WrongUse } from './exit-codes.ts';
import type { Session } from './session.ts';
import { chosenTargets, wordInTarget } from './targets-option.ts';

/** What of a sweep a person asks for. */
export interface SweepChoice {
  readonly target?: readonly string[];
  readonly share?: readonly string[];
  readonly dryRun?: boolean;
}

interface SweepScope {
  readonly overrides: Pick<SweepOverrides, 'shares' | 'targets' | 'targetShares'>;
  /** Nothing is to be deleted in any target. */
  readonly isDry: boolean;
  /** Targets that are left out of a real sweep, because theirs is dry. */
  readonly dryTargets: readonly string[];
}

/**
 * The targets and shares of a sweep. One that is to delete leaves out the targets in which none is deleted: what it shows and
 * counts is what it deletes.
 *
 * @throws {WrongUse} for a target or a share that there is not
 */
export function scopeOf({ app, shareOf }: Session<CommandLineSweepApp>, choice: SweepChoice): SweepScope {
  const names = chosenTargets(choice.target, app.config);
  const shares = choice.share?.map((word) => shareOf(wordInTarget(word, names)));
  const foreign = shares?.find(({ target = '' }) => names?.has(target) === false);
  if (foreign !== undefined) throw new WrongUse(`${foreign.label} is in no target of --target.`);
  const targets: readonly CommandLineSweepConfig['targets'][number][] = app.config.targets;
  const chosen = targets
    .filter(({ name = '' }) => names?.has(name) ?? true)
    .filter(({ name }) => shares?.some(({ target }) => target === name) ?? true);
  const real = choice.dryRun === true ? [] : chosen.filter(({ sweep }) => !sweep.dryRun);
  const isDry = real.length === 0;
  return {
    overrides: toOverrides(namesOf(isDry ? chosen : real), shares),
    isDry,
    dryTargets: isDry ? [] : namesOf(chosen.filter(({ sweep }) => sweep.dryRun)),
  };
}

function namesOf(targets: readonly { readonly name: string | undefined }[]): readonly string[] {
  return targets.flatMap(({ name }) => name ?? []);
}

/** @param names none without `TARGETS` */
function toOverrides(names: readonly string[], shares: readonly ShareName[] | undefined): SweepScope['overrides'] {
  if (names.length === 0) return { shares: shares && new Set(shares.map(({ shareId }) => shareId)) };
  if (shares === undefined) return { targets: new Set(names) };
  const inTarget = ({ target = '', shareId }: { readonly target?: string | undefined; readonly shareId: ShareId }) =>
    names.includes(target) ? { target, shareId, field: '--share' } : [];
  return { targetShares: shares.flatMap(inTarget) };
}
