import { quoted, type ShareId } from '../../lib/core/task.ts';
import type { ShareDirectory } from '../../lib/targets/share-directory.ts';
import type { ShareName } from '../../lib/targets/share-place.ts';
import { WrongUse } from './exit-codes.ts';

/**
 * A share by its id or alias, behind the name of its target where several have it.
 *
 * @throws {WrongUse} for one that may not be touched, or that may be in several targets
 */
export function shareOf(word: string, shares: ShareDirectory, shareAliases: ReadonlyMap<string, ShareId>): ShareName {
  const found = shares.find(word);
  const meant = shareAliases.has(word.toLowerCase()) ? undefined : shares.suggest(word);
  // a word that is nearly an alias may have the form of an id
  const suggestion = meant === word.toLowerCase() ? undefined : meant;
  if (found.type === 'found' && suggestion === undefined) return found.share;
  if (found.type === 'several') {
    const candidates = found.shares.map(({ label }) => label).join(', ');
    throw new WrongUse(`More than one target may have ${quoted(word)}. Give the share with its target: ${candidates}`);
  }
  const question = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  const place =
    shares.byTarget === undefined
      ? 'neither an alias of SHARE_ALIASES nor a share of ALLOWED_SHARES'
      : 'no share that a target of TARGETS may touch, by its alias or id';
  throw new WrongUse(`${quoted(word)} is ${place}.${question}`);
}
