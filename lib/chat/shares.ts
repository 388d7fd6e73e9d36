import { type AllowedShares, isAllowed, isId, type ShareId } from '../task.ts';
import { nearest } from './nearest.ts';

/** A share as people call it. */
export interface ShareName {
  readonly shareId: ShareId;
  /** Its alias, or its id where it has none. */
  readonly label: string;
}

export type FoundShare =
  | { readonly type: 'share'; readonly share: ShareName }
  /** None of that name, or one that this function must not touch: nobody is told which. */
  | { readonly type: 'unknown'; readonly suggestion: string | undefined };

export interface ShareDirectory {
  /** By alias, in any case, or by id. */
  readonly find: (word: string) => FoundShare;
  readonly nameOf: (shareId: ShareId) => ShareName;
  /** The alias that a word which is none may stand for. */
  readonly suggest: (word: string) => string | undefined;
  /** The aliases of shares that this function may touch. */
  readonly aliases: readonly string[];
}

export function createShareDirectory(
  aliases: ReadonlyMap<string, ShareId>,
  allowedShares: AllowedShares,
): ShareDirectory {
  const known = new Map([...aliases].filter(([, shareId]) => isAllowed(shareId, allowedShares)));
  const labels = new Map([...known].map(([alias, shareId]) => [shareId, alias]));

  const nameOf = (shareId: ShareId): ShareName => ({ shareId, label: labels.get(shareId) ?? shareId });
  const suggest = (word: string): string | undefined => nearest(word, known.keys());

  return {
    nameOf,
    suggest,
    aliases: [...known.keys()],
    find(word) {
      const shareId = aliases.get(word.toLowerCase()) ?? (isId(word) ? (word as ShareId) : undefined);
      if (shareId === undefined || !isAllowed(shareId, allowedShares))
        return { type: 'unknown', suggestion: suggest(word) };
      return { type: 'share', share: nameOf(shareId) };
    },
  };
}
