import * as v from 'valibot';
import { type AllowedShares, isAllowed, TASK_STATUSES, type TaskStatus } from '../core/task.ts';
import { DAY_MS, MINUTE_MS, parseDurationMs } from './duration.ts';
import { boolean, commaList, integer, shares, text } from './forms.ts';
import { isSet, type Lookup, readSection, readVariable, type Section } from './variable.ts';

const STATUSES_MESSAGE = `must be of ${TASK_STATUSES.join(', ')}, comma-separated`;
const statuses = v.pipe(
  commaList(v.pipe(text, v.toUpperCase(), v.picklist(TASK_STATUSES, STATUSES_MESSAGE))),
  v.minLength(1, STATUSES_MESSAGE),
  v.transform((entries): ReadonlySet<TaskStatus> => new Set(entries)),
);

const MAX_AGE_DAYS = 3_650;
const AGE_MESSAGE = `must be from 1m to ${MAX_AGE_DAYS}d`;
const age = v.pipe(
  text,
  v.transform(parseDurationMs),
  v.number('must be a duration such as 90m, 24h, 7d, PT36H or P7D'),
  v.minValue(MINUTE_MS, AGE_MESSAGE),
  v.maxValue(MAX_AGE_DAYS * DAY_MS, AGE_MESSAGE),
);

function variablesWithin(allowed: AllowedShares) {
  const allowedOnly = v.check(
    (swept: AllowedShares) => swept === '*' || [...swept].every((shareId) => isAllowed(shareId, allowed)),
    'must not name a share that is not in ALLOWED_SHARES',
  );
  return v.object({
    SWEEP_SHARES: v.pipe(shares, allowedOnly),
    SWEEP_STATUSES: v.optional(statuses, 'SUCCESS,FAIL'),
    SWEEP_MIN_AGE: v.optional(age, '24h'),
    SWEEP_DOING_MIN_AGE: v.optional(age, '72h'),
    SWEEP_KEEP_LATEST: v.optional(integer(0, 1_000), '1'),
    // a run keeps this many tasks in memory
    SWEEP_MAX_DELETES: v.optional(integer(0, 10_000), '50'),
    SWEEP_CONCURRENCY: v.optional(integer(1, 64), '4'),
    // the gateway in front of SFS Turbo throttles above 200 (APIGW.0308), so a higher limit would limit nothing
    SWEEP_RATE: v.optional(integer(1, 10_000), '10'),
    SWEEP_DRY_RUN: v.optional(boolean, 'true'),
  });
}

/** What the sweep may do. An event can narrow it, and nothing can widen it. */
export type SweepSettings = ReturnType<typeof toSettings>;

export function readSweep(lookup: Lookup): Section<{ readonly sweep: SweepSettings }> {
  const allowed = v.safeParse(shares, readVariable('ALLOWED_SHARES', lookup));
  // where ALLOWED_SHARES itself is faulty, the section of the service says so
  const variables = variablesWithin(allowed.success ? allowed.output : '*');
  const toSection = v.transform((values: v.InferOutput<typeof variables>) => ({ sweep: toSettings(values) }));
  return readSection(v.pipe(variables, toSection), lookup);
}

/** For functions that can do without a sweep: nothing when `SWEEP_SHARES` is not set. */
export function readSweepIfSet(lookup: Lookup): Section<{ readonly sweep: SweepSettings | undefined }> {
  return isSet('SWEEP_SHARES', lookup) ? readSweep(lookup) : { settings: { sweep: undefined } };
}

function toSettings(values: v.InferOutput<ReturnType<typeof variablesWithin>>) {
  return {
    /** `*`: every allowed share of the project. */
    shares: values.SWEEP_SHARES,
    statuses: values.SWEEP_STATUSES,
    /** Age of a finished task. */
    minAgeMs: values.SWEEP_MIN_AGE,
    /** Age at which a running task counts as stuck. */
    doingMinAgeMs: values.SWEEP_DOING_MIN_AGE,
    /** Newest results kept of each directory. */
    keepLatest: values.SWEEP_KEEP_LATEST,
    /** Of one run. */
    maxDeletes: values.SWEEP_MAX_DELETES,
    /** Requests in flight. */
    concurrency: values.SWEEP_CONCURRENCY,
    ratePerSecond: values.SWEEP_RATE,
    dryRun: values.SWEEP_DRY_RUN,
  } as const;
}
