import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { table } from '../cloud/print.ts';
import type { CloudTally } from './cloud-process.ts';
import { bundleTimer, type Contender } from './contenders.ts';
import type { Section } from './figures.ts';
import { runOnce } from './processes.ts';
import { askCloud, type Setting } from './setting.ts';
import { runLoop } from './sweep.ts';
import type { SweepRun } from './sweep-process.ts';
import type { Target } from './targets.ts';

const SHARES = 20;
const TASKS_PER_SHARE = 50;
const DELETES_PER_TARGET = 100;
// the highest cap of one run
const MOST_DELETES = 10_000;
// the default of SWEEP_CONCURRENCY; with more the processors of a small machine are what is measured
const IN_FLIGHT = 4;
// a platform starts one for each; this machine has so many processors to itself as the benchmark's readers mostly have
const PROCESSES = 2;
const TARGETS_FILE = 'targets.json';
const MIB = 1_048_576;

interface Found {
  readonly targets: number;
  readonly how: 'in one run' | 'fanned out';
  readonly wallMs: number;
  readonly requests: number;
  readonly deleted: number;
  /** Of the process that grew most. */
  readonly growthBytes: number;
  /** Speeds, which 1 is the best of; absent where several processes share the processors. */
  readonly toIdeal: number | undefined;
  readonly toLoop: number | undefined;
}

/** Sweeps one target and many, all in one account and region, in one run and in a run for each. */
export async function measureTargets(setting: Setting): Promise<Section> {
  const { roundTripMs, scale } = setting;
  const timer = await bundleTimer(setting.facts, setting.directory);
  await askCloud(setting, { type: 'roundTrip', ms: roundTripMs });
  const found: Found[] = [];
  for (const count of scale.targets) {
    // in turns, so that both meet the same machine
    const loopMs = await measureLoop(setting, scale.loopDeletes);
    found.push(await measureOne(setting, { timer, count, how: 'in one run', loopMs }));
    found.push(await measureOne(setting, { timer, count, how: 'fanned out', loopMs }));
  }
  await askCloud(setting, { type: 'roundTrip', ms: 0 });
  return {
    title: `Targets: ${SHARES} shares with ${TASKS_PER_SHARE} tasks each, over a round trip of ${roundTripMs} ms`,
    how:
      `All targets are in one account and region, with ${IN_FLIGHT} requests in flight and an access key; of each target ${DELETES_PER_TARGET} tasks ` +
      `may go, and ${MOST_DELETES} of all. Ideal: requests × round trip ÷ in flight. Loop: the bare undici contender, for as many requests. Fanned out: a process for each target, ${PROCESSES} at a time, with their start; a platform starts more. ` +
      'Growth: resident memory at its highest less that before, of the process that grew most. Once each.',
    tables: [targetsTable(found)],
    summary: [],
    targets: goalsOf(found),
    data: found,
  };
}

/** What one request takes a bare loop, over the requests in flight: nothing can be much faster here, so the rest is not ours. */
async function measureLoop(setting: Setting, deletes: number): Promise<number> {
  return (await runLoop(setting, { inFlight: IN_FLIGHT, deletes })) / deletes;
}

interface Plan {
  readonly timer: Contender;
  readonly count: number;
  readonly how: Found['how'];
  /** Of one request. */
  readonly loopMs: number;
}

async function measureOne(setting: Setting, { timer, count, how, loopMs }: Plan): Promise<Found> {
  const plan = { shares: SHARES, tasksPerShare: TASKS_PER_SHARE };
  const projectIds = await askCloud<string[]>(setting, { type: 'addProjects', count, ...plan });
  const sweep = { max_deletes: deletesPerTarget(count) };
  const entries = projectIds.map((id, at) => ({ name: `target-${at}`, project_id: id, shares: '*', sweep }));
  // a variable holds no list of a thousand
  await writeFile(join(setting.directory, TARGETS_FILE), JSON.stringify(entries));
  const variables = variablesOf(setting, timer);
  const events = how === 'in one run' ? [{}] : entries.map(({ name }) => ({ targets: [name] }));
  const startedAtMs = performance.now();
  const runs = await pMap(
    events,
    (event) =>
      runOnce<SweepRun>(
        [setting.programs.sweep, timer.bundle.file, JSON.stringify(event), 'remain'],
        variables,
        'ignore',
      ),
    { concurrency: PROCESSES },
  );
  const [{ wallMs } = { wallMs: 0 }] = runs;
  const { requests } = await askCloud<CloudTally>(setting, { type: 'tally' });
  const idealMs = (requests * setting.roundTripMs) / IN_FLIGHT;
  return {
    targets: count,
    how,
    wallMs: how === 'in one run' ? wallMs : performance.now() - startedAtMs,
    requests,
    deleted: runs.reduce((sum, { deleted }) => sum + deleted, 0),
    growthBytes: Math.max(...runs.map(({ growthBytes }) => growthBytes)),
    toIdeal: how === 'in one run' ? idealMs / wallMs : undefined,
    toLoop: how === 'in one run' ? (requests * loopMs) / wallMs : undefined,
  };
}

function deletesPerTarget(count: number): number {
  return Math.min(DELETES_PER_TARGET, Math.floor(MOST_DELETES / count));
}

function variablesOf({ facts, directory }: Setting, { variables }: Contender): Readonly<Record<string, string>> {
  const { ALLOWED_SHARES: _, HW_DOMAIN_NAME, HW_USER_NAME, HW_USER_PASSWORD, HW_PROJECT_ID, ...others } = variables;
  return {
    ...others,
    HW_ACCESS_KEY: facts.accessKey,
    HW_SECRET_KEY: facts.secretKey,
    LAMBDA_TASK_ROOT: directory,
    TARGETS_FILE,
    SWEEP_DRY_RUN: 'false',
    SWEEP_KEEP_LATEST: '0',
    SWEEP_MAX_DELETES: String(MOST_DELETES),
    SWEEP_CONCURRENCY: String(IN_FLIGHT),
    SWEEP_RATE: '10000',
  };
}

function goalsOf(found: readonly Found[]): readonly Target[] {
  const inOneRun = found.filter(({ how }) => how === 'in one run');
  const [one, most] = [inOneRun[0], inOneRun.at(-1)];
  const name = `${most?.targets} targets in one run`;
  const growthBytes = (most?.growthBytes ?? Number.NaN) - (one?.growthBytes ?? Number.NaN);
  return [
    { name: `${name}: speed to ideal`, bound: 'at least', limit: 0.9, reached: most?.toIdeal ?? Number.NaN },
    { name: `${name}: speed ÷ bare loop`, bound: 'at least', limit: 0.95, reached: most?.toLoop ?? Number.NaN },
    { name: `${name}: growth over one, MiB`, bound: 'below', limit: 64, reached: growthBytes / MIB },
  ];
}

function targetsTable(found: readonly Found[]): string {
  const rows = found.map(({ targets, how, wallMs, requests, deleted, growthBytes, toIdeal, toLoop }) => [
    String(targets),
    how,
    (wallMs / 1_000).toFixed(1),
    String(requests),
    String(deleted),
    (growthBytes / MIB).toFixed(0),
    toIdeal?.toFixed(2) ?? '',
    toLoop?.toFixed(2) ?? '',
  ]);
  return table(['targets', '', 's', 'requests', 'deleted', 'growth MiB', 'to ideal', 'to loop'], rows);
}
