import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type Cloud, type CloudOptions, type Fault, startCloud } from '../../cloud/cloud.ts';
import { formatTaskTime } from '../../cloud/shares.ts';
import { accountedFor } from '../../support/accounts.ts';
import { createInstance, HOUR_MS, type Instance } from '../../support/sweep-instance.ts';

/** A task as the test thinks of it: ages in hours, and whether something about it is odd. */
interface Planned {
  readonly status: 'SUCCESS' | 'FAIL' | 'DOING' | 'PAUSED';
  readonly path: string;
  readonly endAge: number | undefined;
  readonly ranFor: number;
  readonly oddity: 'none' | 'bad_end' | 'no_begin' | 'future_end' | 'odd_id';
}

interface Policy {
  readonly statuses: readonly string[];
  readonly minAge: number;
  readonly doingMinAge: number;
  readonly keepLatest: number;
}

/** A rule of SWEEP_RULES, with its share by number. */
interface PlannedRule {
  readonly share: number | undefined;
  readonly prefix: '/a' | '/b/' | undefined;
  readonly says: 'protect' | Pick<Policy, 'minAge' | 'keepLatest'>;
}

const planned: fc.Arbitrary<Planned> = fc.record({
  status: fc.constantFrom('SUCCESS', 'SUCCESS', 'SUCCESS', 'FAIL', 'DOING', 'PAUSED'),
  path: fc.constantFrom('/a', '/b'),
  endAge: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined, freq: 5 }),
  ranFor: fc.integer({ min: 0, max: 30 }),
  oddity: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom('bad_end', 'no_begin', 'future_end', 'odd_id') },
  ),
});
const plannedRule: fc.Arbitrary<PlannedRule> = fc.record({
  share: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
  prefix: fc.constantFrom('/a', '/b/', undefined),
  says: fc.oneof(
    fc.constant('protect' as const),
    fc.record({ minAge: fc.integer({ min: 1, max: 80 }), keepLatest: fc.integer({ min: 0, max: 2 }) }),
  ),
});
const runtime = fc.record({
  shares: fc.array(fc.array(planned, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
  swept: fc.constantFrom('all', 'first'),
  policy: fc.record({
    statuses: fc.subarray(['SUCCESS', 'FAIL', 'DOING'], { minLength: 1 }),
    minAge: fc.integer({ min: 1, max: 80 }),
    doingMinAge: fc.integer({ min: 1, max: 80 }),
    keepLatest: fc.integer({ min: 0, max: 2 }),
  }),
  rules: fc.array(plannedRule, { maxLength: 2 }),
  cap: fc.integer({ min: 0, max: 12 }),
});
type Plan = typeof runtime extends fc.Arbitrary<infer T> ? T : never;

/** What holds for a path of a share: the first rule of it, laid over the general policy. */
function policyFor(path: string, share: number, { rules, policy }: Plan): Policy | 'protect' {
  const rule = rules.find(
    ({ share: only, prefix }) =>
      (only ?? share) === share && (prefix === undefined || path === prefix || `${path}/` === prefix),
  );
  if (rule === undefined) return policy;
  return rule.says === 'protect' ? rule.says : { ...policy, ...rule.says };
}

const keepsNone = ({ policy, rules }: Plan): boolean =>
  [policy, ...rules.map(({ says }) => says)].every((says) => says === 'protect' || says.keepLatest === 0);

const beginAgeOf = ({ endAge, ranFor }: Planned): number => (endAge ?? 40) + ranFor;
/** Half an hour is added to each age, so that the seconds that pass during the test change nothing. */
const sinceOf = (task: Planned): number =>
  task.status === 'DOING' || task.endAge === undefined ? beginAgeOf(task) : task.endAge;

function rawOf(task: Planned, nowMs: number): Readonly<Record<string, unknown>> {
  const at = (ageHours: number): string => formatTaskTime(nowMs - (ageHours + 0.5) * HOUR_MS);
  return {
    status: task.status,
    dir_usage: { path: task.path },
    begin_time: task.oddity === 'no_begin' ? '' : at(beginAgeOf(task)),
    end_time:
      task.oddity === 'bad_end'
        ? '2026-02-30 99:00:00'
        : task.oddity === 'future_end'
          ? at(-5)
          : task.endAge === undefined
            ? ''
            : at(task.endAge),
    ...(task.oddity === 'odd_id' && { task_id: `odd/${Math.random()}` }),
  };
}

/** What may be deleted, said a second time and in another way than the policy says it. */
function dueOf(tasks: readonly Planned[], share: number, plan: Plan): readonly boolean[] {
  return tasks.map((task) => {
    const policy = policyFor(task.path, share, plan);
    if (policy === 'protect') return false;
    const { statuses, minAge, doingMinAge, keepLatest } = policy;
    if (task.oddity !== 'none' || !statuses.includes(task.status)) return false;
    if (sinceOf(task) < (task.status === 'DOING' ? doingMinAge : minAge)) return false;
    if (task.status !== 'SUCCESS') return true;
    // of two with the same age either may be the one that stays, and `staysEnough` sees to the rest
    const notOlder = tasks.filter(
      (other) =>
        other !== task &&
        other.status === 'SUCCESS' &&
        other.oddity === 'none' &&
        other.path === task.path &&
        sinceOf(other) <= sinceOf(task),
    );
    return notOlder.length >= keepLatest;
  });
}

/** Of results with the same age only so many may go that enough stay; which ones is not for this test to say. */
function staysEnough(tasks: readonly (Planned & { readonly gone: boolean })[], share: number, plan: Plan): boolean {
  return ['/a', '/b'].every((path) => {
    const policy = policyFor(path, share, plan);
    const keepLatest = policy === 'protect' ? tasks.length : policy.keepLatest;
    const results = tasks.filter((it) => it.status === 'SUCCESS' && it.oddity === 'none' && it.path === path);
    const stayed = results.filter(({ gone }) => !gone).length;
    return stayed >= Math.min(keepLatest, results.length);
  });
}

interface Scene {
  readonly variables: Readonly<Record<string, string>>;
  readonly instance: () => Instance;
  /** Ids of the tasks that may go, oldest first, and the hours of each. */
  readonly due: ReadonlyMap<string, number>;
  /** Tasks that a rule protects in the shares that are swept. */
  readonly protectedCount: number;
  readonly deleted: () => readonly string[];
  readonly enoughStay: () => boolean;
}

function setUp(cloud: Cloud, plan: Plan): Scene {
  const { shares, swept, policy, rules, cap } = plan;
  const nowMs = Date.now();
  const before = cloud.deletedTaskIds.length;
  const due = new Map<string, number>();
  const all = shares.map((tasks) => {
    const shareId = cloud.addShare();
    return {
      shareId,
      tasks: tasks.map((task) => ({
        ...task,
        id: cloud.addTask(shareId, { raw: rawOf(task, nowMs), status: task.status }),
      })),
    };
  });
  const chosen = swept === 'all' ? all : all.slice(0, 1);
  let protectedCount = 0;
  chosen.forEach(({ tasks }, share) => {
    const dues = dueOf(tasks, share, plan);
    tasks.forEach((task, index) => {
      if (dues[index]) due.set(task.id, sinceOf(task));
      if (policyFor(task.path, share, plan) === 'protect') protectedCount += 1;
    });
  });
  const variables = {
    SWEEP_SHARES: chosen.map(({ shareId }) => shareId).join(','),
    SWEEP_STATUSES: policy.statuses.join(','),
    SWEEP_MIN_AGE: `${policy.minAge}h`,
    SWEEP_DOING_MIN_AGE: `${policy.doingMinAge}h`,
    SWEEP_KEEP_LATEST: String(policy.keepLatest),
    SWEEP_MAX_DELETES: String(cap),
    SWEEP_CONCURRENCY: '2',
    SWEEP_RULES: JSON.stringify(
      rules.map(({ share, prefix, says }) => ({
        // a rule of a share that is not there is for none
        ...(share !== undefined && { shares: [all[share]?.shareId ?? 'none'] }),
        ...(prefix !== undefined && { path_prefix: prefix }),
        ...(says === 'protect' ? { protect: true } : { min_age: `${says.minAge}h`, keep_latest: says.keepLatest }),
      })),
    ),
  };
  return {
    variables,
    instance: () => createInstance(cloud.environment(), { variables }),
    due,
    protectedCount,
    deleted: () => cloud.deletedTaskIds.slice(before),
    enoughStay: () =>
      all.every(({ tasks }, share) => {
        const gone = new Set(cloud.deletedTaskIds);
        return staysEnough(
          tasks.map((task) => ({ ...task, gone: gone.has(task.id) })),
          share,
          plan,
        );
      }),
  };
}

async function startTestCloud(options: CloudOptions = {}): Promise<Cloud> {
  const cloud = await startCloud({ rateLimitPerSecond: Number.POSITIVE_INFINITY, ...options });
  onTestFinished(() => cloud.close());
  return cloud;
}

async function finish(...instances: readonly Instance[]): Promise<void> {
  await Promise.all(instances.map(({ app }) => app.close()));
}

test('a run deletes only what is due, the oldest, up to the cap, and asks for each at most once', async () => {
  const cloud = await startTestCloud();

  await fc.assert(
    fc.asyncProperty(runtime, async (it) => {
      const { instance, due, protectedCount, deleted, enoughStay } = setUp(cloud, it);
      const sentBefore = cloud.requestsOf('DeleteFsTask').length;
      const run = instance();

      const summary = await run.sweep();

      await finish(run);
      const sent = cloud.requestsOf('DeleteFsTask').slice(sentBefore);
      const gone = deleted();
      for (const id of gone) expect(due.has(id)).toBe(true);
      expect(enoughStay()).toBe(true);
      expect(new Set(sent.map(({ target }) => target)).size).toBe(sent.length);
      expect(sent.length).toBeLessThanOrEqual(it.cap);
      expect(gone.length).toBe(summary.deleted);
      expect(summary.remaining).toBe(summary.due - summary.deleted);
      // nothing that stayed for the cap is older than anything that went
      const youngestGone = Math.min(...gone.map((id) => due.get(id) ?? 0));
      const waiting = [...due].filter(([id]) => !gone.includes(id)).map(([, age]) => age);
      if (summary.remaining > 0 && keepsNone(it)) {
        expect(Math.max(...waiting)).toBeLessThanOrEqual(youngestGone);
      }
      if (keepsNone(it)) expect(summary.due).toBe(due.size);
      expect(accountedFor(summary)).toBe(summary.listed);
      expect(summary.protected).toBe(protectedCount);
    }),
    { numRuns: 120 },
  );
});

test('two runs at once or one after another delete nothing that is not due, and count each task once', async () => {
  const [prompt, lagging] = [await startTestCloud(), await startTestCloud({ listingLagMs: 300_000 })];
  const how = fc.record({ atOnce: fc.boolean(), lags: fc.boolean() });

  await fc.assert(
    fc.asyncProperty(runtime, how, async (it, { atOnce, lags }) => {
      const { instance, due, deleted, enoughStay } = setUp(lags ? lagging : prompt, it);
      const [a, b] = [instance(), instance()];

      const runs = atOnce ? await Promise.all([a.sweep(), b.sweep()]) : [await a.sweep(), await b.sweep()];

      await finish(a, b);
      for (const id of deleted()) expect(due.has(id)).toBe(true);
      expect(enoughStay()).toBe(true);
      expect(runs.map((run) => run.deleted).reduce((sum, count) => sum + count)).toBe(deleted().length);
      expect(new Set(deleted()).size).toBe(deleted().length);
      expect(runs.every((run) => run.failed === 0 && run.failed_shares === 0)).toBe(true);
      expect(runs.map(accountedFor)).toEqual(runs.map(({ listed }) => listed));
    }),
    { numRuns: 60 },
  );
});

test('under faults nothing goes that is not due, and runs without faults do the rest', async () => {
  const cloud = await startTestCloud();
  const fault: fc.Arbitrary<Fault> = fc.record({
    operation: fc.constantFrom('ListFsTasks', 'DeleteFsTask', 'DeleteFsTask', 'CreateToken'),
    skip: fc.nat({ max: 6 }),
    times: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom<Fault['kind']>(
      { type: 'status', status: 500 },
      { type: 'status', status: 500, act: true },
      { type: 'status', status: 403 },
      { type: 'status', status: 404 },
      { type: 'status', status: 401 },
      { type: 'status', status: 200, body: { tasks: [] } },
      { type: 'status', status: 200, body: '<html>' },
      { type: 'reset', when: 'before' },
      { type: 'reset', when: 'after' },
      { type: 'truncate', bytes: 90 },
      { type: 'garbage', bytes: 'no HTTP' },
      { type: 'throttle', retryAfter: '0' },
    ),
  });

  await fc.assert(
    fc.asyncProperty(runtime, fc.array(fault, { maxLength: 3 }), async (it, faults) => {
      const { instance, due, deleted, enoughStay } = setUp(cloud, { ...it, cap: 50 });
      for (const each of faults) cloud.order(each);
      const troubled = instance();

      const summary = await troubled.sweep();
      cloud.clearFaults();
      const later = instance();
      const rest = await later.sweep();

      await finish(troubled, later);
      for (const id of deleted()) expect(due.has(id)).toBe(true);
      expect(enoughStay()).toBe(true);
      const { deleted: done, already_gone: gone, failed, remaining } = summary;
      expect(done + gone + failed + remaining).toBe(summary.due);
      expect([summary, rest].map(accountedFor)).toEqual([summary.listed, rest.listed]);
      expect(rest).toMatchObject({ failed: 0, failed_shares: 0, remaining: 0 });
      if (keepsNone(it)) expect(new Set(deleted())).toEqual(new Set(due.keys()));
    }),
    { numRuns: 60 },
  );
});

test('a dry run and one that runs out of time account for each task that they listed', async () => {
  const cloud = await startTestCloud();
  const how = fc.record({
    dryRun: fc.boolean(),
    requestsUntilEnd: fc.integer({ min: 1, max: 8 }),
    concurrency: fc.constantFrom('1', '3'),
  });
  let truncated = 0;

  await fc.assert(
    fc.asyncProperty(runtime, how, async (it, { dryRun, requestsUntilEnd, concurrency }) => {
      const { variables, due, deleted } = setUp(cloud, it);
      const [startMs, sentBefore] = [Date.now(), cloud.requests.length];
      const now = (): number => startMs + (cloud.requests.length - sentBefore) * 1_000;
      const run = createInstance(cloud.environment(), {
        variables: { ...variables, SWEEP_DRY_RUN: String(dryRun), SWEEP_CONCURRENCY: concurrency },
        runtime: { now },
      });

      const summary = await run.sweep({}, { remainingMs: 1_500 + requestsUntilEnd * 1_000 });

      await finish(run);
      expect(accountedFor(summary)).toBe(summary.listed);
      expect(summary.deleted).toBe(deleted().length);
      for (const id of deleted()) expect(due.has(id) && !dryRun).toBe(true);
      if (summary.truncated) truncated += 1;
    }),
    { numRuns: 60 },
  );

  // an account of nothing but whole runs would show nothing
  expect(truncated).toBeGreaterThan(5);
});
