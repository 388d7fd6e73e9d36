import * as v from 'valibot';
import type { ShareId } from '../core/task.ts';
import { type AllowedShares, isAllowed } from '../core/task.ts';
import { SHARE_ID } from './ids.ts';
import { nearest } from './nearest.ts';

/** A share as people call it. */
export interface ShareName {
  readonly shareId: ShareId;
  /** Its alias, or its id where it has none. */
  readonly label: string;
}

export interface ShareDirectory {
  /**
   * By alias, in any case of letters, or by id. Nothing for a share that this function must not touch, so that people
   * cannot find out whether there is one.
   */
  readonly find: (word: string) => ShareName | undefined;
  readonly nameOf: (shareId: ShareId) => ShareName;
  /** The alias that was probably meant by a word that is no alias. */
  readonly suggest: (word: string) => string | undefined;
  /** Those of the shares that this function may touch. */
  readonly aliases: readonly string[];
}

export function createShareDirectory(
  aliases: ReadonlyMap<string, ShareId>,
  allowedShares: AllowedShares,
): ShareDirectory {
  const known = new Map([...aliases].filter(([, shareId]) => isAllowed(shareId, allowedShares)));
  const labels = new Map([...known].map(([alias, shareId]) => [shareId, alias]));
  const nameOf = (shareId: ShareId): ShareName => ({ shareId, label: labels.get(shareId) ?? shareId });

  return {
    nameOf,
    suggest: (word) => nearest(word, known.keys()),
    aliases: [...known.keys()],
    find(word) {
      const shareId = aliases.get(word.toLowerCase()) ?? (v.is(SHARE_ID, word) ? word : undefined);
      return shareId !== undefined && isAllowed(shareId, allowedShares) ? nameOf(shareId) : undefined;
    },
  };
}
