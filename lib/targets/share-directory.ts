import { nearest } from '../core/nearest.ts';
import type { ShareId } from '../core/task.ts';
import { type Place, type ShareName, type ShareRef, type SharesOfTarget, toPlace } from './share-place.ts';

type FoundShare =
  | { readonly type: 'found'; readonly share: ShareName }
  /** Any of these may be meant. */
  | { readonly type: 'several'; readonly shares: readonly ShareName[] }
  | { readonly type: 'unknown' };

/** The aliases of the shares in one target that this function may touch. */
export interface AliasesOfTarget {
  readonly target: string;
  readonly aliases: readonly string[];
}

export interface ShareDirectory {
  /**
   * By alias, in any case of letters, or by id; `target/share` in that target, and a share alone in the only target that has
   * it. A share that this function must not touch is unknown, too, so that people cannot find out whether there is one.
   */
  readonly find: (word: string) => FoundShare;
  /** Nothing for a share that this function must not touch, or not in that target. */
  readonly at: (ref: ShareRef) => ShareName | undefined;
  readonly nameOf: (ref: ShareRef) => ShareName;
  /** The alias that was probably meant by a word that is no alias. */
  readonly suggest: (word: string) => string | undefined;
  /** Those of the shares that this function may touch. */
  readonly aliases: readonly string[];
  /** The same by target; absent where there is one target. */
  readonly byTarget: readonly AliasesOfTarget[] | undefined;
  /** The shares in these targets alone. */
  readonly within: (targets: TargetNames) => ShareDirectory;
}

/** `*`: every target. */
export type TargetNames = '*' | ReadonlySet<string>;

export function createShareDirectory(
  targets: readonly SharesOfTarget[],
  shareAliases: ReadonlyMap<string, ShareId>,
): ShareDirectory {
  const hasSeveral = targets.length > 1;
  return toDirectory(
    targets.map((target) => toPlace(target, shareAliases, hasSeveral)),
    hasSeveral,
  );
}

function toDirectory(places: readonly Place[], hasSeveral: boolean): ShareDirectory {
  const aliases = [...new Set(places.flatMap((place) => place.aliases))];
  const placeOf = (target: string | undefined) => places.find((place) => place.target === target);
  const suggest = (word: string) => nearest(word, hasTarget(word) ? places.flatMap(toPaths) : aliases);

  function inTarget(word: string): FoundShare {
    const slash = word.indexOf('/');
    const share = placeOf(word.slice(0, slash).toLowerCase())?.find(word.slice(slash + 1));
    return share === undefined ? { type: 'unknown' } : { type: 'found', share };
  }

  function anywhere(word: string): FoundShare {
    const naming = places.filter((place) => place.names(word));
    const isMisspelt = !aliases.includes(word.toLowerCase()) && suggest(word) !== undefined;
    // a misspelt alias may have the form of an id, which may be in any target
    if (hasSeveral && naming.length === 0 && isMisspelt) return { type: 'unknown' };
    const shares = (naming.length > 0 ? naming : places).flatMap((place) => place.find(word) ?? []);
    const [only, ...others] = shares;
    if (only === undefined) return { type: 'unknown' };
    return others.length === 0 ? { type: 'found', share: only } : { type: 'several', shares };
  }

  return {
    find: (word) => (hasTarget(word) ? inTarget(word) : anywhere(word)),
    at: ({ target, shareId }) => placeOf(target)?.at(shareId),
    nameOf: ({ target, shareId }) => placeOf(target)?.nameOf(shareId) ?? { target, shareId, label: shareId },
    suggest,
    aliases,
    byTarget: hasSeveral ? places.map(({ target = '', aliases: own }) => ({ target, aliases: own })) : undefined,
    within: (names) =>
      names === '*'
        ? toDirectory(places, hasSeveral)
        : toDirectory(
            places.filter(({ target }) => target !== undefined && names.has(target)),
            hasSeveral,
          ),
  };
}

function hasTarget(word: string): boolean {
  return word.includes('/');
}

function toPaths({ target, aliases }: Place): readonly string[] {
  return target === undefined ? aliases : aliases.map((alias) => `${target}/${alias}`);
}
