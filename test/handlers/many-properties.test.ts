import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../../handlers/http.ts';
import { createHttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime } from '../../lib/core/runtime.ts';
import { type Cloud, type CloudRequest, type Fault, startCloud } from '../cloud/cloud.ts';
import { formatTaskTime } from '../cloud/shares.ts';
import { lambdaContext } from '../support/contexts.ts';
import { httpEvent, sha256 } from '../support/deployment.ts';
import { onlyApp } from '../support/only-app.ts';
import { HOUR_MS } from '../support/sweep-instance.ts';

const KEY = 'key-of-the-properties';

/** A task as the test thinks of it: its age in hours, and whether something about it is odd. */
interface Planned {
  readonly status: 'SUCCESS' | 'FAIL' | 'DOING' | 'PAUSED';
  readonly path: string;
  readonly age: number;
  readonly oddity: 'none' | 'bad_time' | 'no_time' | 'future' | 'odd_id' | 'no_path';
}

const planned: fc.Arbitrary<Planned> = fc.record({
  status: fc.constantFrom('SUCCESS', 'FAIL', 'DOING', 'DOING', 'PAUSED'),
  path: fc.constantFrom('/builds/a', '/builds/b', '/audit'),
  age: fc.integer({ min: 1, max: 20 }),
  oddity: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom('bad_time', 'no_time', 'future', 'odd_id', 'no_path') },
  ),
});

const times = <const T>(value: T, count: number): readonly T[] => Array.from({ length: count }, () => value);

/** What a key, the configuration and a body say, in hours and by the place of a share. */
const order = fc.record({
  shares: fc.array(fc.array(planned, { maxLength: 9 }), { minLength: 2, maxLength: 3 }),
  share: fc.integer({ min: 0, max: 1 }),
  allowed: fc.constantFrom(...times('all', 3), 'first'),
  own: fc.constantFrom(...times('all', 4), 'first', 'second'),
  rights: fc.constantFrom('', 'read', 'cancel-many', 'sweep', ...times('cancel-many+sweep', 4)),
  statuses: fc.subarray(['SUCCESS', 'FAIL', 'DOING'], { minLength: 2 }),
  olderThan: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  prefix: fc.constantFrom(undefined, '/builds/', '/audit'),
  cap: fc.integer({ min: 1, max: 4 }),
  configuredDry: fc.boolean(),
  dryRun: fc.constantFrom(undefined, true, false, false, false),
});
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;

/** Half an hour is added to each age, so that the seconds that pass during the test change nothing. */
function rawOf({ status, path, age, oddity }: Planned): Readonly<Record<string, unknown>> {
  const at = (hours: number): string => formatTaskTime(Date.now() - (hours + 0.5) * HOUR_MS);
  const time = { bad_time: '2026-02-30 99:00:00', no_time: '', future: at(-5) }[String(oddity)] ?? at(age);
  return {
    status,
    begin_time: time,
    end_time: status === 'DOING' ? '' : time,
    dir_usage: oddity === 'no_path' ? {} : { path },
    ...(oddity === 'odd_id' && { task_id: `odd/${Math.random()}` }),
  };
}

interface Scene {
  readonly shareIds: readonly string[];
  readonly tasks: readonly (Planned & { readonly id: string; readonly shareAt: number })[];
  readonly post: (path: string, body: object) => Promise<{ readonly status: number; readonly body: Reported }>;
  readonly audited: () => readonly { readonly task_id: string; readonly outcome: string }[];
  readonly close: () => Promise<void>;
}

interface Reported {
  readonly tasks?: readonly { readonly task_id: string; readonly outcome?: string; readonly reason: string }[];
}

function setUp(cloud: Cloud, it: Order): Scene {
  const shareIds = it.shares.map(() => cloud.addShare());
  const tasks = it.shares.flatMap((share, shareAt) =>
    share.map((task) => ({
      ...task,
      shareAt,
      id: cloud.addTask(shareIds[shareAt] ?? '', { raw: rawOf(task), status: task.status }),
    })),
  );
  const [first = '', second = ''] = shareIds;
  const own = { all: '', first: `@${first}`, second: `@${second}` }[it.own];
  const rights = it.rights === '' ? '' : `:${it.rights}${own}`;
  const variables: Readonly<Record<string, string>> = {
    ...cloud.environment(),
    ALLOWED_SHARES: it.allowed === 'all' ? shareIds.join(',') : first,
    CALLER_KEYS: `ci:${sha256(KEY)}${rights}`,
    SWEEP_SHARES: it.allowed === 'all' ? shareIds.join(',') : first,
    SWEEP_STATUSES: it.statuses.join(','),
    SWEEP_MIN_AGE: `${it.olderThan ?? 1}h`,
    SWEEP_DOING_MIN_AGE: `${it.olderThan ?? 1}h`,
    SWEEP_KEEP_LATEST: '0',
    SWEEP_MAX_DELETES: String(it.cap),
    SWEEP_DRY_RUN: String(it.configuredDry),
    SWEEP_RATE: '1000',
  };
  const lines: string[] = [];
  const runtime = { ...nodeRuntime, write: (line: string) => lines.push(line) };
  const app = createHttpApp(
    readHttpConfig((name) => variables[name]),
    runtime,
  );
  const handler = createHandler(onlyApp(app));
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  return {
    shareIds,
    tasks,
    post: async (path, body) => {
      const answer = await handler(httpEvent('POST', path, headers, body), lambdaContext(10_000));
      return { status: answer.statusCode, body: JSON.parse(answer.body) };
    },
    audited: () => lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'audit'),
    close: app.close,
  };
}

/** Whether a task may go, said a second time and in another way than the code says it. */
function mayGo(task: Scene['tasks'][number], it: Order, isNamed: (shareAt: number) => boolean, door: 'many' | 'sweep') {
  if (!it.rights.split('+').includes(door === 'many' ? 'cancel-many' : 'sweep')) return false;
  if (!isNamed(task.shareAt) || (it.allowed === 'first' && task.shareAt !== 0)) return false;
  if (it.own !== 'all' && task.shareAt !== { first: 0, second: 1 }[it.own]) return false;
  if (task.oddity === 'no_path' && (door === 'sweep' || it.prefix !== undefined)) return false;
  if (!['none', 'no_path'].includes(task.oddity) || !it.statuses.includes(task.status)) return false;
  if (door === 'many' && it.prefix !== undefined && !task.path.startsWith(it.prefix)) return false;
  return it.olderThan === undefined || task.age >= it.olderThan;
}

async function startTestCloud(): Promise<Cloud> {
  const cloud = await startCloud({ rateLimitPerSecond: Number.POSITIVE_INFINITY });
  onTestFinished(() => cloud.close());
  return cloud;
}

const toSfsTurbo = (requests: readonly CloudRequest[]) => requests.filter(({ service }) => service === 'sfs-turbo');
const DOORS = [
  {
    door: 'many',
    path: '/v1/tasks/cancel-many',
    isDry: ({ dryRun }: Order) => dryRun !== false,
    isNamed:
      ({ share }: Order) =>
      (at: number) =>
        at === share,
    bodyOf: ({ share, statuses, olderThan, prefix, cap, dryRun }: Order, shareIds: readonly string[]) => ({
      share_id: shareIds[share],
      status: statuses,
      ...(olderThan !== undefined && { older_than: `${olderThan}h` }),
      ...(prefix !== undefined && { path_prefix: prefix }),
      ...(dryRun !== undefined && { dry_run: dryRun }),
      max: cap,
    }),
  },
  {
    door: 'sweep',
    path: '/v1/sweeps',
    isDry: ({ dryRun, configuredDry }: Order) => configuredDry || dryRun === true,
    isNamed:
      ({ share }: Order) =>
      (at: number) =>
        share === 0 || at === share,
    bodyOf: ({ share, dryRun }: Order, shareIds: readonly string[]) => ({
      ...(dryRun !== undefined && { dry_run: dryRun }),
      // the first place stands for no narrowing
      ...(share !== 0 && { shares: [shareIds[share]] }),
    }),
  },
] as const;

test.each(DOORS)(
  '$path deletes nothing that filters, cap, rights or shares exclude, and in a dry run sends GETs only',
  async ({ door, path, isDry, isNamed, bodyOf }) => {
    const cloud = await startTestCloud();

    await fc.assert(
      fc.asyncProperty(order, async (it) => {
        cloud.reset();
        const before = cloud.deletedTaskIds.length;
        const { shareIds, tasks, post, close, audited } = setUp(cloud, it);

        const { status, body } = await post(path, bodyOf(it, shareIds));

        await close();
        const gone = cloud.deletedTaskIds.slice(before);
        const due = tasks.filter((task) => mayGo(task, it, isNamed(it), door));
        const methods = new Set(toSfsTurbo(cloud.requests).map(({ method }) => method));
        if (isDry(it)) expect([...methods].filter((method) => method !== 'GET')).toEqual([]);
        if (status === 403) expect(cloud.requests).toEqual([]);
        expect(gone.every((id) => due.some((task) => task.id === id))).toBe(true);
        expect(gone).toHaveLength(isDry(it) ? 0 : Math.min(it.cap, due.length));
        // nothing that stayed for the cap is older than anything that went
        const [went, stayed] = [due.filter(({ id }) => gone.includes(id)), due.filter(({ id }) => !gone.includes(id))];
        const youngestGone = Math.min(...went.map(({ age }) => age));
        if (!isDry(it)) expect(stayed.every(({ age }) => age <= youngestGone)).toBe(true);
        const told = (body.tasks ?? []).filter(({ outcome }) => outcome === 'accepted').map((task) => task.task_id);
        expect(told.toSorted()).toEqual(gone.toSorted());
        expect(audited().map((line) => line.task_id)).toHaveLength(gone.length);
      }),
      { numRuns: 200 },
    );
  },
);

test.each(DOORS)(
  '$path names each deleted task in the answer and in the audit, whatever fails',
  async ({ door, path, isNamed, bodyOf }) => {
    const cloud = await startTestCloud();
    const fault: fc.Arbitrary<Fault> = fc.record({
      operation: fc.constantFrom('ListFsTasks', 'DeleteFsTask', 'DeleteFsTask', 'ShowFsTask'),
      skip: fc.nat({ max: 3 }),
      times: fc.integer({ min: 1, max: 3 }),
      kind: fc.constantFrom<Fault['kind']>(
        { type: 'status', status: 500 },
        { type: 'status', status: 500, act: true },
        { type: 'status', status: 503, act: true },
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
      fc.asyncProperty(order, fc.array(fault, { maxLength: 3 }), async (planned, faults) => {
        const it: Order = { ...planned, configuredDry: false, dryRun: false, rights: 'cancel-many+sweep' };
        const before = cloud.deletedTaskIds.length;
        const { shareIds, tasks, post, close, audited } = setUp(cloud, it);
        for (const each of faults) cloud.order(each);

        const { body } = await post(path, bodyOf(it, shareIds));

        cloud.clearFaults();
        await close();
        const gone = cloud.deletedTaskIds.slice(before);
        const due = tasks.filter((task) => mayGo(task, it, isNamed(it), door));
        expect(gone.every((id) => due.some((task) => task.id === id))).toBe(true);
        expect(gone.length).toBeLessThanOrEqual(it.cap);
        const told = body.tasks ?? [];
        const mayBeGone = told.filter(({ outcome, reason }) => outcome !== undefined || reason === 'may_be_deleted');
        const named = mayBeGone.map((task) => task.task_id);
        // carried out means told, and told as accepted means carried out, unless the answer itself was made up
        expect(gone.filter((id) => !named.includes(id))).toEqual([]);
        expect(gone.filter((id) => !audited().some((line) => line.task_id === id))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  },
);
