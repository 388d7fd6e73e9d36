import type { Caller } from '../core/caller.ts';
import type { AllowedShares, ShareId } from '../core/task.ts';
import { toShareId } from './share-aliases.ts';

/** A target as far as a word for a share may name it. */
export interface NamedTarget {
  readonly name: string | undefined;
  readonly aliases: ReadonlyMap<string, ShareId>;
}

/** What a word means: a share wherever it is, or a share or all of them in one target. */
interface NamedShare {
  readonly target?: string;
  readonly shareId: ShareId | '*';
}

/** The share that a word means: `share`, `target/share` or `target/*`; nothing where it means none, or more than one. */
export function toShare(
  word: string,
  aliases: ReadonlyMap<string, ShareId>,
  targets: readonly NamedTarget[],
): NamedShare | undefined {
  const [first = '', second, ...more] = word.split('/');
  if (second === undefined) return anywhere(first, aliases, targets);
  const target = targets.find(({ name }) => name === first);
  if (target === undefined || more.length > 0) return undefined;
  if (second === '*') return { target: first, shareId: '*' };
  const shareId = toShareId(second, new Map([...aliases, ...target.aliases]));
  return shareId === undefined ? undefined : { target: first, shareId };
}

function anywhere(
  word: string,
  aliases: ReadonlyMap<string, ShareId>,
  targets: readonly NamedTarget[],
): NamedShare | undefined {
  const ids = new Set(targets.flatMap((target) => target.aliases.get(word.toLowerCase()) ?? []));
  const [only] = ids;
  if (ids.size > 1) return undefined;
  const shareId = only ?? toShareId(word, aliases);
  return shareId === undefined ? undefined : { shareId };
}

/** The shares of a key. One that names none is for every allowed one. */
export function toShares(
  words: readonly string[] | undefined,
  toNamed: (word: string) => NamedShare | undefined,
): Pick<Caller, 'shares' | 'sharesByTarget'> {
  if (words === undefined) return { shares: '*' };
  const named = words.flatMap((word) => toNamed(word) ?? []);
  const idsOf = (target: string | undefined): AllowedShares => {
    const ids = named.filter((share) => share.target === target).map(({ shareId }) => shareId);
    return ids.includes('*') ? '*' : new Set(ids.filter((id): id is ShareId => id !== '*'));
  };
  const targets = new Set(named.flatMap(({ target }) => target ?? []));
  const byTarget = new Map([...targets].map((target) => [target, idsOf(target)] as const));
  return { shares: idsOf(undefined), ...(byTarget.size > 0 && { sharesByTarget: byTarget }) };
}
