import * as v from 'valibot';
import { isId, type ShareId } from '../core/task.ts';
import { commaList, text } from './forms.ts';

const MESSAGE = 'must be name=share id pairs, comma-separated';
const shareAlias = v.pipe(
  text,
  v.transform((entry) => entry.split('=').map((part) => part.trim())),
  v.strictTuple(
    [
      v.pipe(text, v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, MESSAGE), v.toLowerCase()),
      v.custom<ShareId>(isId, MESSAGE),
    ],
    MESSAGE,
  ),
);

/** Ids of shares by their aliases, in lower case. */
export const shareAliases = v.pipe(
  commaList(shareAlias),
  v.check((pairs) => new Set(pairs.map(([alias]) => alias)).size === pairs.length, 'must not name an alias twice'),
  v.transform((pairs): ReadonlyMap<string, ShareId> => new Map(pairs)),
);
