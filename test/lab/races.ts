import type { PolicySettings } from '../../lib/config/policy.ts';
import { TASK_STATUSES } from '../../lib/core/task.ts';
import { type Cloud, type CloudRequest, type Fault, startCloud, type TaskInput } from '../cloud/cloud.ts';
import { formatTaskTime } from '../cloud/shares.ts';
import type { RawRule } from '../lib/sweep/policy-oracle.ts';
import { createDice, createRandom, type Dice } from '../support/random.ts';
import { HOUR_MS } from '../support/sweep-instance.ts';
import type { LoadedBundle, Surroundings } from './clocked-bundle.ts';
import { createJudge } from './race-judge.ts';

/** What came of one run in a cloud that changes under it. */
export interface Race {
  /** DELETEs that were not due. */
  readonly complaints: readonly string[];
  readonly deletes: number;
  /** DELETEs that the cap allows. */
  readonly most: number;
  readonly readings: number;
  readonly looks: number;
  /** Reasons why candidates stayed after a second look. */
  readonly withdrawn: readonly string[];
  readonly summary: Readonly<Record<string, unknown>>;
}

export interface RaceTrack {
  readonly run: (seed: number, event?: (dice: Dice) => unknown) => Promise<Race>;
  readonly close: () => Promise<void>;
}

const PATHS = ['/a', '/a', '/b'] as const;

/** A cloud and a clock that last for many races; each race has shares and an instance of its own. */
export async function startTrack(load: (surroundings: Surroundings) => LoadedBundle): Promise<RaceTrack> {
  const clock = { nowMs: Date.UTC(2026, 2, 1, 12) };
  const told: { onRequest: (request: CloudRequest) => void } = { onRequest: () => {} };
  const cloud = await startCloud({
    now: () => clock.nowMs,
    rateLimitPerSecond: Number.POSITIVE_INFINITY,
    listingLagMs: 300_000,
    onRequest: (request) => told.onRequest(request),
  });

  async function run(seed: number, event = overridesOf): Promise<Race> {
    const dice = createDice(seed);
    const { variables, settings, isAlone, most } = createPlan(dice);
    const shares: [string, string] = [cloud.addShare(), cloud.addShare()];
    const rules = dice.happens(0.4) ? createRules(dice, shares) : [];
    for (const shareId of shares) {
      for (let count = 3 + dice.below(7); count > 0; count -= 1) cloud.addTask(shareId, createTask(dice, clock.nowMs));
    }
    const judge = createJudge({
      cloud,
      clock,
      settings,
      rules,
      isOnlyLatestKnown: isAlone,
      lookMaxAgeMs: isAlone ? 5_000 : 15_000,
    });
    const complaints: string[] = [];
    for (let count = dice.below(3); count > 0; count -= 1) cloud.order(createFault(dice, isAlone));
    told.onRequest = (request) => {
      const complaint = request.operation === 'DeleteFsTask' ? judge.complaintOf(request) : undefined;
      if (complaint !== undefined) complaints.push(complaint);
      clock.nowMs += isAlone ? stepOf(dice) : dice.below(1_000);
      for (let count = dice.below(3); count > 0; count -= 1) changeTasks(cloud, dice.oneOf(shares), dice, clock.nowMs);
      judge.see(request);
    };

    const env = {
      ...environmentOf(cloud),
      ...variables,
      SWEEP_SHARES: dice.oneOf(['*', shares.join()]),
      SWEEP_RULES: JSON.stringify(rules),
    };
    const { handler, lines } = load({ env, clock, random: createRandom(seed) });
    // a failed run is a failed invocation; its summary is in the last line all the same
    await handler(event(dice), { awsRequestId: `race-${seed}`, getRemainingTimeInMillis: () => 300_000 }).catch(
      () => {},
    );

    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const deletes = cloud.requestsOf('DeleteFsTask').length;
    for (const shareId of shares) cloud.removeShare(shareId);
    cloud.clearFaults();
    cloud.reset();
    cloud.resetConnections();
    return {
      complaints,
      deletes,
      most,
      readings: judge.readings(),
      looks: judge.looks(),
      withdrawn: logged.filter((line) => line['event'] === 'sweep.task').map((line) => String(line['reason'])),
      summary: logged.find((line) => line['event'] === 'sweep.done') ?? {},
    };
  }

  return { run, close: () => cloud.close() };
}

function environmentOf(cloud: Cloud): Record<string, string> {
  const { HW_REGION_NAME = '', HW_AUTH_URL = '', SFS_TURBO_ENDPOINT = '' } = cloud.environment();
  const { accessKey: HW_ACCESS_KEY, secretKey: HW_SECRET_KEY, projectId: HW_PROJECT_ID } = cloud;
  const where = { HW_REGION_NAME, HW_AUTH_URL, SFS_TURBO_ENDPOINT, HW_PROJECT_ID };
  return { ...where, HW_ACCESS_KEY, HW_SECRET_KEY, ALLOWED_SHARES: '*', SWEEP_DRY_RUN: 'false' };
}

interface Plan {
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: PolicySettings;
  /** One request at a time. Only then does the clock jump: with more, one worker's jump would age what another has just sent. */
  readonly isAlone: boolean;
  readonly most: number;
}

function createPlan(dice: Dice): Plan {
  const statuses = TASK_STATUSES.filter((status) => dice.happens(status === 'DOING' ? 0.8 : 0.9));
  if (statuses.length === 0) statuses.push('DOING');
  const isAlone = dice.happens(0.8);
  const [minAge, doingMinAge, keepLatest, most] = [
    dice.oneOf([1, 24]),
    dice.oneOf([24, 72]),
    dice.below(3),
    1 + dice.below(12),
  ];
  return {
    variables: {
      SWEEP_STATUSES: statuses.join(),
      SWEEP_MIN_AGE: `${minAge}h`,
      SWEEP_DOING_MIN_AGE: `${doingMinAge}h`,
      SWEEP_KEEP_LATEST: String(keepLatest),
      SWEEP_MAX_DELETES: String(most),
      SWEEP_CONCURRENCY: isAlone ? '1' : '3',
      SWEEP_RATE: dice.oneOf(['3', '1000']),
    },
    settings: {
      statuses: new Set(statuses),
      minAgeMs: minAge * HOUR_MS,
      doingMinAgeMs: doingMinAge * HOUR_MS,
      keepLatest,
    },
    isAlone,
    most,
  };
}

/** Rules that protect one directory of one share, or one directory everywhere, and set other limits elsewhere. */
function createRules(dice: Dice, shares: [string, string]): readonly RawRule[] {
  const elsewhere = { path_prefix: '/b', min_age: '1h', doing_min_age: '60h', keep_latest: dice.below(2) } as const;
  return dice.oneOf<readonly RawRule[]>([
    [{ shares: [dice.oneOf(shares)], path_prefix: '/a/', protect: true }, elsewhere],
    [elsewhere, { shares: [dice.oneOf(shares)], protect: true }],
    [
      { path_prefix: '/b', protect: true },
      { statuses: ['SUCCESS', 'FAIL', 'DOING'], doing_min_age: '72h' },
    ],
  ]);
}

function overridesOf(dice: Dice): unknown {
  if (dice.happens(0.9)) return {};
  const overrides = { max_deletes: 2 };
  return dice.oneOf<unknown>([overrides, { trigger_type: 'TIMER', user_event: JSON.stringify(overrides) }]);
}

function createTask(dice: Dice, nowMs: number): TaskInput {
  const at = (hours: number): string => formatTaskTime(nowMs - hours * HOUR_MS);
  const hours = dice.oneOf([30, 40, 50, 60, 80, 90, 2]);
  const path = dice.oneOf(PATHS);
  if (dice.happens(0.35)) return { status: 'DOING', beginTime: at(dice.oneOf([99, 80, 75, 60, 10])), path };
  const status = dice.oneOf(['SUCCESS', 'SUCCESS', 'FAIL']);
  return { status, path, beginTime: at(hours + 1), endTime: dice.happens(0.9) ? at(hours) : oddTimeOf(dice) };
}

function oddTimeOf(dice: Dice): string {
  return dice.oneOf([
    '0001-01-01 00:00:00',
    '1970-01-01 00:00:00',
    '2023-07-31 23:59:59',
    '2099-01-01 00:00:00',
    'soon',
  ]);
}

/** A task finishes, vanishes, gets other times, or a new result is there. */
function changeTasks(cloud: Cloud, shareId: string, dice: Dice, nowMs: number): void {
  const tasks = cloud.tasks(shareId);
  const task = tasks[dice.below(Math.max(1, tasks.length))];
  const now = formatTaskTime(nowMs);
  if (task === undefined || dice.happens(0.2)) {
    const endTime = dice.oneOf([now, formatTaskTime(nowMs - 20 * HOUR_MS)]);
    cloud.addTask(shareId, { status: 'SUCCESS', path: dice.oneOf(PATHS), beginTime: endTime, endTime });
    return;
  }
  const { id, path, status, beginTime, endTime } = task;
  cloud.removeTask(shareId, id);
  if (dice.happens(0.3)) return;
  if (status === 'DOING')
    cloud.addTask(shareId, { id, path, beginTime, status: dice.oneOf(['SUCCESS', 'FAIL']), endTime: now });
  else cloud.addTask(shareId, { id, path, beginTime, status, endTime: dice.oneOf([now, oddTimeOf(dice), endTime]) });
}

function createFault(dice: Dice, isAlone: boolean): Fault {
  const skip = dice.below(4);
  // the pause of one worker would age what the others have under way
  const pauses = isAlone ? (['10', '58', '90'] as const) : (['0'] as const);
  const kind = dice.oneOf<Fault['kind']>([
    { type: 'throttle', retryAfter: dice.oneOf<string>(pauses) },
    { type: 'throttle', retryAfter: dice.oneOf<string>(pauses) },
    { type: 'status', status: 500 },
    { type: 'status', status: 403 },
    { type: 'reset', when: 'before' },
  ]);
  return { operation: dice.oneOf(['DeleteFsTask', 'DeleteFsTask', 'ShowFsTask', 'ListFsTasks']), skip, kind };
}

/** How far the clock moves with a request: mostly a little, sometimes past what a look or a list is good for, or back. */
function stepOf(dice: Dice): number {
  if (dice.happens(0.7)) return dice.below(2_000);
  return dice.oneOf([4_000, 6_000, 6_000, 20_000, 30_000, 61_000, 61_000, -1_000, -30_000, -90_000, -HOUR_MS]);
}
