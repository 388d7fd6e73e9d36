import * as v from 'valibot';
import { type Caller, RIGHTS, type Right } from '../core/caller.ts';
import type { ShareId } from '../core/task.ts';
import { type NamedTarget, toShare, toShares } from './caller-shares.ts';
import { commaList, spaceList, text } from './forms.ts';
import { shareAliases } from './share-aliases.ts';
import { type Lookup, readSection, type Section } from './variable.ts';

const KEY_MESSAGE =
  'must be name:sha256 or name:sha256:rights@shares entries, comma-separated: the SHA-256 as 64 hex digits, ' +
  `rights of ${RIGHTS.join(', ')} joined by +, shares by id or alias joined by |`;
const RIGHT = `(?:${RIGHTS.join('|')})`;
const KEY = new RegExp(
  `^([A-Za-z0-9._-]{1,64}):([0-9a-fA-F]{64})(?::(${RIGHT}(?:\\+${RIGHT})*)(?:@([A-Za-z0-9._|/*-]+))?)?$`,
);
const TARGET_WORD = /[/*]/;

/** The shares stay words until the aliases are known. */
function callerKey(hasNames: boolean) {
  const hasNone = ({ shareWords = [] }: ReturnType<typeof toKey>) => !shareWords.some((word) => TARGET_WORD.test(word));
  return v.pipe(
    text,
    v.regex(KEY, KEY_MESSAGE),
    v.transform(toKey),
    v.check((key) => hasNames || hasNone(key), KEY_MESSAGE),
  );
}

function toKey(entry: string) {
  const [, name = '', sha256 = '', rights = 'cancel', shares] = KEY.exec(entry) ?? [];
  const words = rights.split('+');
  return {
    name,
    sha256: Buffer.from(sha256, 'hex'),
    rights: new Set(RIGHTS.filter((right) => words.includes(right))),
    shareWords: shares?.split('|'),
  } as const;
}

/** A caller's key, known by its digest only. */
export interface CallerKey extends Caller {
  readonly sha256: Buffer;
  readonly rights: ReadonlySet<Right>;
}

const WEBHOOK_MESSAGE = 'must be secrets of 24 to 64 bytes, each whsec_ and base64, space-separated';
const webhookSecret = v.pipe(
  text,
  v.regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, WEBHOOK_MESSAGE),
  v.transform((entry) => Buffer.from(entry.slice('whsec_'.length), 'base64')),
  // Standard Webhooks 1.0
  v.minLength(24, WEBHOOK_MESSAGE),
  v.maxLength(64, WEBHOOK_MESSAGE),
);

/** Who may call the routes of `http`. A route without a key or secret is not configured. */
interface CallerSettings {
  readonly callerKeys: readonly CallerKey[];
  readonly webhookSecrets: readonly Buffer[];
  /** By alias in lower case. */
  readonly shareAliases: ReadonlyMap<string, ShareId>;
}

const SHARES_MESSAGE = 'must name shares by id or by an alias of SHARE_ALIASES';
const TARGETS_MESSAGE =
  'must name shares by id or by an alias that one target alone has, or as target/share or target/* with the name of a target';

/** @param targets where they are faulty themselves, no share is looked for in them */
export function readCallers(lookup: Lookup, targets: readonly NamedTarget[] | 'faulty' = []): Section<CallerSettings> {
  const hasNames = targets === 'faulty' || targets.some(({ name }) => name !== undefined);
  const variables = v.object({
    CALLER_KEYS: v.optional(commaList(callerKey(hasNames)), ''),
    WEBHOOK_SECRETS: v.optional(spaceList(webhookSecret), ''),
    SHARE_ALIASES: v.optional(shareAliases, ''),
  });
  const schema = v.pipe(
    variables,
    v.forward(
      v.partialCheck(
        [['CALLER_KEYS'], ['SHARE_ALIASES']],
        ({ CALLER_KEYS: keys, SHARE_ALIASES: aliases }) =>
          targets === 'faulty' ||
          keys.every(({ shareWords = [] }) =>
            shareWords.every((word) => toShare(word, aliases, targets) !== undefined),
          ),
        hasNames ? TARGETS_MESSAGE : SHARES_MESSAGE,
      ),
      ['CALLER_KEYS'],
    ),
    v.transform(({ CALLER_KEYS: keys, WEBHOOK_SECRETS: webhookSecrets, SHARE_ALIASES: shareAliases }) => ({
      callerKeys: keys.map(({ shareWords, ...key }) => ({
        ...key,
        ...toShares(shareWords, (word) => toShare(word, shareAliases, targets === 'faulty' ? [] : targets)),
      })),
      webhookSecrets,
      shareAliases,
    })),
  );
  return readSection(schema, lookup);
}
