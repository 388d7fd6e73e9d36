import * as v from 'valibot';
import { isId, type ShareId } from '../core/task.ts';
import { commaList, text } from './forms.ts';
import { type Lookup, readSection, type Section } from './variable.ts';

/** An alias, in lower case: it is found in any case of letters. */
export function shareAliasName(message: string) {
  return v.pipe(v.string(message), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, message), v.toLowerCase());
}

const MESSAGE = 'must be name=share id pairs, comma-separated';
const shareAlias = v.pipe(
  text,
  v.transform((entry) => entry.split('=').map((part) => part.trim())),
  v.strictTuple([shareAliasName(MESSAGE), v.custom<ShareId>(isId, MESSAGE)], MESSAGE),
);

const shareId = v.custom<ShareId>(isId);

/** The share that a word means: an alias, or else an id. */
export function toShareId(word: string, aliases: ReadonlyMap<string, ShareId>): ShareId | undefined {
  return aliases.get(word.toLowerCase()) ?? (v.is(shareId, word) ? word : undefined);
}

/** Ids of shares by their aliases, in lower case. */
export const shareAliases = v.pipe(
  commaList(shareAlias),
  v.check((pairs) => new Set(pairs.map(([alias]) => alias)).size === pairs.length, 'must not name an alias twice'),
  v.transform((pairs): ReadonlyMap<string, ShareId> => new Map(pairs)),
);

const schema = v.pipe(
  v.object({ SHARE_ALIASES: v.optional(shareAliases, '') }),
  v.transform(({ SHARE_ALIASES }) => ({ shareAliases: SHARE_ALIASES })),
);

/** By alias in lower case. */
export function readShareAliases(lookup: Lookup): Section<{ readonly shareAliases: ReadonlyMap<string, ShareId> }> {
  return readSection(schema, lookup);
}
