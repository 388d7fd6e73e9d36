import * as v from 'valibot';
import { isRecord } from '../core/json.ts';
import { isId, type ShareId, TASK_STATUSES } from '../core/task.ts';
import { shareAliases, shareAliasName } from './share-aliases.ts';
import type { Lookup } from './variable.ts';

// What TARGETS may say of one target. Ranges and forms of values are those of the variables that the members stand for.

const NAME_MESSAGE = 'must be 1 to 32 lower-case letters, digits and hyphens, and begin with a letter or digit';
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const name = v.pipe(v.string(NAME_MESSAGE), v.regex(NAME, NAME_MESSAGE));

const TEXT_MESSAGE = 'must be a text that is not blank';
export const memberText = v.pipe(v.string(TEXT_MESSAGE), v.trim(), v.nonEmpty(TEXT_MESSAGE));
const number = v.number('must be a number');

const KEYS_MESSAGE = 'must not have two keys that mean the same, or one of constructor, prototype and __proto__';

/**
 * An object whose keys are names; a list is none, though valibot's record takes it. No key gets lost: valibot's record leaves
 * out those three without a word, and a tag that is left out would widen its filter.
 */
export function recordOf<K extends string, V>(
  key: v.GenericSchema<string, K>,
  value: v.GenericSchema<unknown, V>,
  message: string,
) {
  return v.lazy((input) =>
    v.pipe(
      v.custom<Readonly<Record<string, unknown>>>(isRecord, message),
      v.record(key, value, message),
      v.check((members) => Object.keys(members).length === Object.keys(Object(input)).length, KEYS_MESSAGE),
    ),
  );
}

/** What is wrong with an object of TARGETS or ACCOUNTS: it is none, or a member is unknown or missing. */
export function objectMessage({ expected }: { readonly expected: string | null }): string {
  if (expected === 'never') return 'is unknown';
  return expected === 'Object' ? 'must be an object' : 'is missing';
}

const SHARES_MESSAGE = 'must be "*", a list of share ids, or {"tags": {"key": ["value"]}}';
const shareIds = v.pipe(
  v.array(v.custom<ShareId>(isId, SHARES_MESSAGE), SHARES_MESSAGE),
  v.minLength(1, SHARES_MESSAGE),
);

// a filter of no tags is every share for the service; the lengths are those of ListSharesByTag
const TAGS_MESSAGE =
  'must name 1 to 20 tags of 1 to 128 characters, each with a list of at most 20 values (an empty list: any value)';
const tagKey = v.pipe(v.string(), v.trim(), v.minLength(1, TAGS_MESSAGE), v.maxLength(128, TAGS_MESSAGE));
const tagValues = v.pipe(
  v.array(v.pipe(v.string(TAGS_MESSAGE), v.maxLength(255, TAGS_MESSAGE)), TAGS_MESSAGE),
  v.maxLength(20, TAGS_MESSAGE),
);
const tags = v.pipe(
  recordOf(tagKey, tagValues, TAGS_MESSAGE),
  v.check((filter) => Object.keys(filter).length >= 1 && Object.keys(filter).length <= 20, TAGS_MESSAGE),
);
/** Values by the key of a tag: a share matches that has each tag with one of its values, or with any where none is named. */
export type TagFilter = Readonly<Record<string, readonly string[]>>;

const ALIAS_MESSAGE = 'must be ids of shares by their aliases';

const STATUSES_MESSAGE = `must be a list of ${TASK_STATUSES.join(', ')}`;
const sweepMembers = v.object({
  dry_run: v.boolean('must be true or false'),
  statuses: v.pipe(
    v.array(v.picklist(TASK_STATUSES, STATUSES_MESSAGE), STATUSES_MESSAGE),
    v.minLength(1, STATUSES_MESSAGE),
  ),
  min_age: memberText,
  doing_min_age: memberText,
  keep_latest: number,
  max_deletes: number,
  shares: v.union([v.literal('*'), shareIds], 'must be "*" or a list of share ids'),
  rules: v.pipe(
    v.array(v.unknown(), 'must be a list of rules'),
    v.transform((rules) => JSON.stringify(rules)),
  ),
});

const optionalMembers = v.object({
  region: memberText,
  project_id: memberText,
  project_name: memberText,
  account: name,
  iam_url: memberText,
  sts_url: memberText,
  sfs_turbo_url: memberText,
  aliases: recordOf(shareAliasName(ALIAS_MESSAGE), v.custom<ShareId>(isId, ALIAS_MESSAGE), ALIAS_MESSAGE),
  sweep: v.strictObject(v.partial(sweepMembers).entries, objectMessage),
});

export const targetMembers = v.strictObject(
  {
    ...v.partial(optionalMembers).entries,
    name,
    shares: v.union([v.literal('*'), shareIds, v.strictObject({ tags }, SHARES_MESSAGE)], SHARES_MESSAGE),
  },
  objectMessage,
);
/** One target as it stands in TARGETS. */
export type TargetMembers = v.InferOutput<typeof targetMembers>;

/** The variables that members of a target take the place of. */
const VARIABLE_BY_MEMBER = {
  region: 'HW_REGION_NAME',
  project_id: 'HW_PROJECT_ID',
  project_name: 'HW_PROJECT_NAME',
  iam_url: 'HW_AUTH_URL',
  sts_url: 'STS_ENDPOINT',
  sfs_turbo_url: 'SFS_TURBO_ENDPOINT',
  shares: 'ALLOWED_SHARES',
  // for its rules, which may name shares by aliases
  aliases: 'SHARE_ALIASES',
  'sweep.dry_run': 'SWEEP_DRY_RUN',
  'sweep.statuses': 'SWEEP_STATUSES',
  'sweep.min_age': 'SWEEP_MIN_AGE',
  'sweep.doing_min_age': 'SWEEP_DOING_MIN_AGE',
  'sweep.keep_latest': 'SWEEP_KEEP_LATEST',
  'sweep.max_deletes': 'SWEEP_MAX_DELETES',
  'sweep.shares': 'SWEEP_SHARES',
  'sweep.rules': 'SWEEP_RULES',
} as const;

/** Variables that say what a target says for itself: beside TARGETS they would be of no target, or of all. */
export const ONLY_WITHOUT_TARGETS = ['ALLOWED_SHARES', 'SWEEP_SHARES', 'HW_PROJECT_ID', 'HW_PROJECT_NAME'] as const;

/** A member that stands for a variable, which no target has from elsewhere. */
const OF_EACH_TARGET: ReadonlySet<string> = new Set([...ONLY_WITHOUT_TARGETS, 'STS_ENDPOINT']);

/** What a target says, by the names of the variables; and from which member each comes. */
export function overlayOf({ sweep = {}, shares, ...target }: TargetMembers) {
  const allowed = typeof shares === 'object' && 'tags' in shares ? '*' : shares;
  const own: Readonly<Record<string, unknown>> = {
    ...target,
    shares: allowed,
    ...Object.fromEntries(Object.entries(sweep).map(([member, value]) => [`sweep.${member}`, value])),
  };
  const named = Object.entries(VARIABLE_BY_MEMBER).flatMap(([member, variable]) =>
    own[member] === undefined ? [] : [{ variable, member, text: toText(own[member]) }],
  );
  const isNarrowed = named.some(({ variable }) => variable === 'SWEEP_SHARES');
  return isNarrowed ? named : [...named, { variable: 'SWEEP_SHARES', member: 'shares', text: toText(allowed) }];
}

/** The variables as one target has them. */
export function lookupOf(overlay: ReturnType<typeof overlayOf>, lookup: Lookup): Lookup {
  const own = new Map(overlay.map(({ variable, text }) => [variable, text]));
  const aliases = own.get('SHARE_ALIASES');
  if (aliases !== undefined) own.set('SHARE_ALIASES', withGeneralAliases(aliases, lookup('SHARE_ALIASES')));
  return (variable) => own.get(variable) ?? (OF_EACH_TARGET.has(variable) ? undefined : lookup(variable));
}

/** The aliases of a target, and those of `SHARE_ALIASES` whose names it does not give itself. */
function withGeneralAliases(own: string, general = ''): string {
  const [all, first] = [general, own].map((text) => v.safeParse(shareAliases, text));
  // where SHARE_ALIASES is faulty, its own section says so
  if (!all?.success || !first?.success) return own;
  return toText(Object.fromEntries([...all.output, ...first.output]));
}

/** A list as the variables have it, and so `aliases`. */
function toText(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return isRecord(value) ? toText(Object.entries(value).map((pair) => pair.join('='))) : String(value);
}
