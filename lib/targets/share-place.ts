import { toShareId } from '../config/share-aliases.ts';
import type { TargetSettings } from '../config/targets.ts';
import { isAllowed, type ShareId } from '../core/task.ts';

/** A share, and the name of the target that it is in: absent without `TARGETS`. */
export interface ShareRef {
  readonly shareId: ShareId;
  readonly target?: string | undefined;
}

/** A share as people call it. */
export interface ShareName extends ShareRef {
  /** Its alias, or its id where it has none; behind the target's name where there are several targets. */
  readonly label: string;
}

/** What tells the shares of a target. */
export type SharesOfTarget = Pick<TargetSettings, 'name' | 'aliases' | 'allowedShares' | 'tags'>;

/** The shares of one target. */
export interface Place {
  readonly target: string | undefined;
  /** Of shares that may be touched. */
  readonly aliases: readonly string[];
  /** By alias or id; nothing for a share that must not be touched. */
  readonly find: (word: string) => ShareName | undefined;
  readonly at: (shareId: ShareId) => ShareName | undefined;
  readonly nameOf: (shareId: ShareId) => ShareName;
  /** Whether the target itself names the share, and does not just allow every one. */
  readonly names: (word: string) => boolean;
}

/** @param shareAliases those of every target; an alias of the target goes before them */
export function toPlace(
  { name: target, aliases: ownAliases, allowedShares, tags }: SharesOfTarget,
  shareAliases: ReadonlyMap<string, ShareId>,
  hasSeveral: boolean,
): Place {
  const aliases = new Map([...shareAliases, ...ownAliases]);
  // which shares have the tags is asked where one is touched
  const mayTouch = (shareId: ShareId): boolean => tags !== undefined || isAllowed(shareId, allowedShares);
  const known = new Map([...aliases].filter(([, shareId]) => mayTouch(shareId)));
  const aliasById = new Map([...known].map(([alias, shareId]) => [shareId, alias]));

  function nameOf(shareId: ShareId): ShareName {
    const name = aliasById.get(shareId) ?? shareId;
    return { shareId, target, label: hasSeveral ? `${target}/${name}` : name };
  }
  function at(shareId: ShareId): ShareName | undefined {
    return mayTouch(shareId) ? nameOf(shareId) : undefined;
  }
  function find(word: string): ShareName | undefined {
    const shareId = toShareId(word, aliases);
    return shareId === undefined ? undefined : at(shareId);
  }

  return {
    target,
    aliases: [...known.keys()],
    find,
    at,
    nameOf,
    names: (word) => {
      const share = find(word);
      if (share === undefined) return false;
      return ownAliases.has(word.toLowerCase()) || (tags === undefined && allowedShares !== '*');
    },
  };
}
