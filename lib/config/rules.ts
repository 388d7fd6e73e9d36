import * as v from 'valibot';
import { isRecord, parseJson } from '../core/json.ts';
import { type AllowedShares, isAllowed, type ShareId, TASK_STATUSES } from '../core/task.ts';
import { text } from './forms.ts';
import { age, MAX_KEEP_LATEST, type PolicySettings, taskStatus } from './policy.ts';
import { toShareId } from './share-aliases.ts';

/** What holds for some tasks in place of the general policy. */
export interface SweepRule {
  readonly shares: AllowedShares;
  /** Absent: every path. */
  readonly pathPrefix: string | undefined;
  /** `protected`: its tasks stay. */
  readonly policy: PolicySettings | 'protected';
}

/** What the words for shares mean. */
interface ShareNames {
  readonly aliases: ReadonlyMap<string, ShareId>;
  readonly allowed: AllowedShares;
}

const MAX_RULES = 50;
// of a directory, by the API reference of CreateFsTask
const LONGEST_PATH = 4_096;

const PATH_MESSAGE = `must be a path from the root, such as /audit/, of at most ${LONGEST_PATH} characters, without empty parts, . and ..`;
const pathPrefix = v.pipe(
  v.string(PATH_MESSAGE),
  v.startsWith('/', PATH_MESSAGE),
  v.maxLength(LONGEST_PATH, PATH_MESSAGE),
  v.check((path) => path.isWellFormed() && !/\p{Cc}|\/\/|\/\.\.?(\/|$)/u.test(path), PATH_MESSAGE),
);

const STATUSES_MESSAGE = `must be a list of ${TASK_STATUSES.join(', ')}`;
const KEEP_MESSAGE = `must be a whole number from 0 to ${MAX_KEEP_LATEST}`;
const SHARES_MESSAGE = 'must be a list of shares in ALLOWED_SHARES, by id or by an alias of SHARE_ALIASES';

const settings = v.object({
  statuses: v.optional(
    v.pipe(
      v.array(taskStatus(STATUSES_MESSAGE), STATUSES_MESSAGE),
      v.minLength(1, STATUSES_MESSAGE),
      v.transform((entries) => new Set(entries)),
    ),
  ),
  min_age: v.optional(age),
  doing_min_age: v.optional(age),
  keep_latest: v.optional(
    v.pipe(
      v.number(KEEP_MESSAGE),
      v.integer(KEEP_MESSAGE),
      v.minValue(0, KEEP_MESSAGE),
      v.maxValue(MAX_KEEP_LATEST, KEEP_MESSAGE),
    ),
  ),
});
const SETTINGS: readonly string[] = Object.keys(settings.entries);

function sharesOf({ aliases, allowed }: ShareNames) {
  const share = v.pipe(
    v.string(SHARES_MESSAGE),
    v.transform((word) => toShareId(word, aliases)),
    v.custom<ShareId>((id) => id !== undefined, SHARES_MESSAGE),
    v.check((id) => isAllowed(id, allowed), SHARES_MESSAGE),
  );
  return v.pipe(
    v.array(share, SHARES_MESSAGE),
    v.minLength(1, SHARES_MESSAGE),
    v.transform((ids): ReadonlySet<ShareId> => new Set(ids)),
  );
}

function membersOf(names: ShareNames) {
  return v.object({
    shares: v.optional(sharesOf(names)),
    path_prefix: v.optional(pathPrefix),
    protect: v.optional(v.literal(true, 'must be true, or left out')),
    ...settings.entries,
  });
}
type Members = v.InferOutput<ReturnType<typeof membersOf>>;

/** A JSON array of rules. Each fault names the rule by its index, from 0, and the member; never a value. */
export function rulesWithin(names: ShareNames) {
  const members = membersOf(names);
  return v.pipe(
    text,
    v.transform(parseJson),
    v.array(v.unknown(), 'must be a JSON array of rules'),
    v.maxLength(MAX_RULES, `must have at most ${MAX_RULES} rules`),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const rules = dataset.value.map((entry) => readRule(entry, members));
      rules.forEach(({ faults }, index) => {
        for (const fault of faults) addIssue({ message: `[${index}]${fault}` });
      });
      return rules.some(({ faults }) => faults.length > 0) ? NEVER : rules.flatMap(({ rule }) => rule ?? []);
    }),
  );
}

function readRule(entry: unknown, members: ReturnType<typeof membersOf>) {
  if (!isRecord(entry)) return { faults: [' must be a JSON object'] };
  const parsed = v.safeParse(members, entry, { abortPipeEarly: true });
  const known = Object.keys(members.entries);
  const unknown = Object.keys(entry).filter((name) => !known.includes(name));
  const faults = [
    ...unknown.map((name) => `.${JSON.stringify(name.slice(0, 64))} is unknown; known: ${known.join(', ')}`),
    ...(parsed.issues ?? []).map(({ path, message }) => `.${path?.[0]?.key} ${message}`),
    ...faultsOfPurpose(entry),
  ];
  return parsed.success ? { faults, rule: parsed.output } : { faults };
}

/** A rule either protects or sets something: one that does neither would hide the rules behind it. */
function faultsOfPurpose(entry: Readonly<Record<string, unknown>>): readonly string[] {
  const isProtecting = Object.hasOwn(entry, 'protect');
  const isSetting = SETTINGS.some((name) => Object.hasOwn(entry, name));
  if (isProtecting && isSetting) return [`.protect contradicts ${SETTINGS.join(', ')}: a task that is protected stays`];
  return isProtecting || isSetting ? [] : [` must have protect, or one of ${SETTINGS.join(', ')}`];
}

/** A rule whose settings are those of its own, and for the rest the general ones. */
export function toRule(members: Members, general: PolicySettings): SweepRule {
  const { shares = '*', path_prefix: pathPrefix, protect, statuses, min_age: minAgeMs } = members;
  const { doing_min_age: doingMinAgeMs, keep_latest: keepLatest } = members;
  const policy = {
    statuses: statuses ?? general.statuses,
    minAgeMs: minAgeMs ?? general.minAgeMs,
    doingMinAgeMs: doingMinAgeMs ?? general.doingMinAgeMs,
    keepLatest: keepLatest ?? general.keepLatest,
  };
  return { shares, pathPrefix, policy: protect ? 'protected' : policy };
}
