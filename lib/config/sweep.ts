import * as v from 'valibot';
import { type AllowedShares, isAllowed, type ShareId, TASK_STATUSES, type TaskStatus } from '../core/task.ts';
import { boolean, commaList, integer, shares } from './forms.ts';
import { age, MAX_KEEP_LATEST, type PolicySettings, taskStatus } from './policy.ts';
import { rulesWithin, type SweepRule, toRule } from './rules.ts';
import { shareAliases } from './share-aliases.ts';
import { isSet, type Lookup, readSection, readVariable, type Section } from './variable.ts';

const STATUSES_MESSAGE = `must be of ${TASK_STATUSES.join(', ')}, comma-separated`;
const statuses = v.pipe(
  commaList(taskStatus(STATUSES_MESSAGE)),
  v.minLength(1, STATUSES_MESSAGE),
  v.transform((entries): ReadonlySet<TaskStatus> => new Set(entries)),
);

// a run keeps this many tasks in memory
const maxDeletes = v.optional(integer(0, 10_000), '50');

function variablesWithin(allowed: AllowedShares, aliases: ReadonlyMap<string, ShareId> | undefined) {
  const allowedOnly = v.check(
    (swept: AllowedShares) => swept === '*' || [...swept].every((shareId) => isAllowed(shareId, allowed)),
    'must not name a share that is not in ALLOWED_SHARES',
  );
  return v.object({
    SWEEP_SHARES: v.pipe(shares, allowedOnly),
    SWEEP_STATUSES: v.optional(statuses, 'SUCCESS,FAIL'),
    SWEEP_MIN_AGE: v.optional(age, '24h'),
    SWEEP_DOING_MIN_AGE: v.optional(age, '72h'),
    SWEEP_KEEP_LATEST: v.optional(integer(0, MAX_KEEP_LATEST), '1'),
    SWEEP_MAX_DELETES: maxDeletes,
    SWEEP_CONCURRENCY: v.optional(integer(1, 64), '4'),
    // the gateway in front of SFS Turbo throttles above 200 (APIGW.0308), so a higher limit would limit nothing
    SWEEP_RATE: v.optional(integer(1, 10_000), '10'),
    SWEEP_DRY_RUN: v.optional(boolean, 'true'),
    SHARE_ALIASES: v.optional(shareAliases, ''),
    // where the aliases themselves are faulty, a word may be any of them
    SWEEP_RULES: v.optional(rulesWithin(aliases ? { aliases, allowed } : { aliases: new Map(), allowed: '*' }), '[]'),
  });
}

/** What the sweep may do. An event can narrow it, and nothing can widen it. */
export type SweepSettings = ReturnType<typeof toSettings>;

export function readSweep(lookup: Lookup): Section<{ readonly sweep: SweepSettings }> {
  const allowed = v.safeParse(shares, readVariable('ALLOWED_SHARES', lookup));
  // where ALLOWED_SHARES itself is faulty, the section of the service says so
  const aliases = v.safeParse(shareAliases, readVariable('SHARE_ALIASES', lookup) ?? '');
  const variables = variablesWithin(
    allowed.success ? allowed.output : '*',
    aliases.success ? aliases.output : undefined,
  );
  const toSection = v.transform((values: v.InferOutput<typeof variables>) => ({ sweep: toSettings(values) }));
  return readSection(v.pipe(variables, toSection), lookup);
}

/** What holds for a run over all targets, where each has settings of its own. */
export interface RunSettings {
  readonly maxDeletes: number;
}

const runVariables = v.pipe(
  v.object({ SWEEP_MAX_DELETES: maxDeletes }),
  v.transform(({ SWEEP_MAX_DELETES }) => ({ run: { maxDeletes: SWEEP_MAX_DELETES } })),
);

export function readRun(lookup: Lookup): Section<{ readonly run: RunSettings }> {
  return readSection(runVariables, lookup);
}

/**
 * For a function with other routes, which a faulty variable of the sweep must not take down.
 *
 * @param placed says of a fault where the faulty value stands
 */
export function readSweepOrFaults(
  lookup: Lookup,
  placed: (fault: string) => string = (fault) => fault,
): Section<{ readonly sweep: SweepSettings | SweepFaults }> {
  const section = readSweep(lookup);
  return { settings: 'settings' in section ? section.settings : { sweep: { faults: section.faults.map(placed) } } };
}

/** The same for what holds for a run over all targets. */
export function readRunOrFaults(lookup: Lookup): Section<{ readonly run: RunSettings | SweepFaults }> {
  const section = readRun(lookup);
  return { settings: 'settings' in section ? section.settings : { run: section } };
}

/** Why there is no sweep: the faulty variables. */
interface SweepFaults {
  readonly faults: readonly string[];
}

/** For functions that can do without a sweep: nothing when `SWEEP_SHARES` is not set. */
export function readSweepIfSet(lookup: Lookup): Section<{ readonly sweep: SweepSettings | undefined }> {
  return isSet('SWEEP_SHARES', lookup) ? readSweep(lookup) : { settings: { sweep: undefined } };
}

function toSettings(values: v.InferOutput<ReturnType<typeof variablesWithin>>) {
  const general: PolicySettings = {
    statuses: values.SWEEP_STATUSES,
    minAgeMs: values.SWEEP_MIN_AGE,
    doingMinAgeMs: values.SWEEP_DOING_MIN_AGE,
    keepLatest: values.SWEEP_KEEP_LATEST,
  };
  return {
    ...general,
    /** The first that matches a task holds for it. */
    rules: values.SWEEP_RULES.map((rule): SweepRule => toRule(rule, general)),
    /** `*`: every allowed share of the project. */
    shares: values.SWEEP_SHARES,
    /** Of one run. */
    maxDeletes: values.SWEEP_MAX_DELETES,
    /** Requests in flight. */
    concurrency: values.SWEEP_CONCURRENCY,
    ratePerSecond: values.SWEEP_RATE,
    dryRun: values.SWEEP_DRY_RUN,
  } as const;
}
