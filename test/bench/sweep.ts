import { table } from '../cloud/print.ts';
import type { CloudTally } from './cloud-process.ts';
import { bundleTimer, type Contender, cancelEvent } from './contenders.ts';
import { ratio, type Section } from './figures.ts';
import { runOnce, startWorker } from './processes.ts';
import { askCloud, type Setting } from './setting.ts';
import { median } from './statistics.ts';
import type { SweepRun } from './sweep-process.ts';
import type { WarmOrder, WarmRun } from './warm-process.ts';

const SHARES = 100;
const TASKS_PER_SHARE = 100;
const TASKS = SHARES * TASKS_PER_SHARE;
// one sweep at 4 takes 50 s already; the other parts' round trip would make it 125
const ROUND_TRIP_MS = 20;
const PLANS = [
  { inFlight: 4, rounds: 1 },
  { inFlight: 32, rounds: 3 },
] as const;
// as Lambda's runtime starts Node for the 256 MB that serverless.yml gives each function: a twentieth of the memory for each half
// of the young generation, nine tenths for the old one (`/var/runtime/bootstrap` of its base images)
const LAMBDA_HEAP = ['--max-semi-space-size=12', '--max-old-space-size=231'];

interface SweepResult {
  readonly inFlight: number;
  readonly deleted: number;
  readonly requests: number;
  readonly wallMs: number;
  /** Of a bare loop of as many DELETEs in a new process, which finds no shares and reads no lists. */
  readonly loopMs: number;
  readonly growthBytes: number;
}

/** Sweeps 10,000 tasks away, with nothing to hold it but the round trip and the requests in flight. */
export async function measureSweep(setting: Setting): Promise<Section> {
  const timer = await bundleTimer(setting.facts, setting.directory);
  const loop = setting.contenders.find(({ name }) => name === 'bare undici');
  if (loop === undefined) throw new TypeError('there is no bare undici');
  await askCloud(setting, { type: 'awake', awake: true });
  await askCloud(setting, { type: 'roundTrip', ms: ROUND_TRIP_MS });
  const results: SweepResult[] = [];
  for (const { inFlight, rounds } of PLANS) {
    const runs: SweepResult[] = [];
    for (let round = 0; round < Math.min(rounds, setting.rounds); round += 1) {
      const loopMs = await runLoop(setting, loop, inFlight);
      runs.push({ ...(await runSweep(setting, timer, inFlight)), inFlight, loopMs });
    }
    results.push(mediansOf(runs));
  }
  await askCloud(setting, { type: 'roundTrip', ms: 0 });
  await askCloud(setting, { type: 'awake', awake: false });
  return {
    title: `Sweep: 10,000 tasks on 100 shares, over a round trip of ${ROUND_TRIP_MS} ms of its own`,
    how:
      'New processes, after their load; the loop is the bare undici contender with the same number of DELETEs. Ideal: requests × round trip ÷ in flight. ' +
      'Compared as speeds: 1 is as fast, 0.5 half as fast; the sweep also reads the lists, which the loop does not. ' +
      `Growth: resident memory at its highest less that before, with a heap as Lambda sizes it for 256 MB. Rounds: ${PLANS.map(({ inFlight, rounds }) => `${rounds} at ${inFlight}`).join(', ')}; medians.`,
    tables: [sweepTable(results)],
    summary: [],
    data: results,
  };
}

async function runSweep(
  setting: Setting,
  timer: Contender,
  inFlight: number,
): Promise<Omit<SweepResult, 'inFlight' | 'loopMs'>> {
  await askCloud(setting, { type: 'fill', shares: SHARES, tasksPerShare: TASKS_PER_SHARE });
  const variables = {
    ...timer.variables,
    ALLOWED_SHARES: '*',
    SWEEP_SHARES: '*',
    SWEEP_DRY_RUN: 'false',
    SWEEP_KEEP_LATEST: '0',
    SWEEP_MAX_DELETES: String(TASKS),
    SWEEP_CONCURRENCY: String(inFlight),
    SWEEP_RATE: '10000',
  };
  const program = [...LAMBDA_HEAP, setting.programs.sweep, timer.bundle.file];
  const run = await runOnce<SweepRun>(program, variables, 'ignore');
  const { requests } = await askCloud<CloudTally>(setting, { type: 'tally' });
  return { ...run, requests };
}

async function runLoop(setting: Setting, { bundle, variables }: Contender, inFlight: number): Promise<number> {
  const taskIds = await askCloud<string[]>(setting, { type: 'addTasks', count: TASKS });
  const { worker } = await startWorker(setting.programs.warm, { args: [bundle.file], env: variables });
  const order: WarmOrder = { events: taskIds.map((id) => cancelEvent(setting.facts.shareId, id)), inFlight };
  const { wallUs } = await worker.ask<WarmRun>(order);
  worker.stop();
  return (wallUs * TASKS) / 1_000;
}

function mediansOf(runs: readonly SweepResult[]): SweepResult {
  const of = (name: keyof SweepResult): number => median(runs.map((run) => run[name]));
  return {
    inFlight: of('inFlight'),
    deleted: of('deleted'),
    requests: of('requests'),
    wallMs: of('wallMs'),
    loopMs: of('loopMs'),
    growthBytes: of('growthBytes'),
  };
}

function sweepTable(results: readonly SweepResult[]): string {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  const rows = results.map(({ inFlight, deleted, requests, wallMs, loopMs, growthBytes }) => {
    const idealMs = (requests * ROUND_TRIP_MS) / inFlight;
    const idealLoopMs = (TASKS * ROUND_TRIP_MS) / inFlight;
    return [
      String(inFlight),
      String(deleted),
      String(requests),
      seconds(wallMs),
      seconds(loopMs),
      ratio(idealMs, wallMs),
      ratio(idealLoopMs, loopMs),
      ratio(loopMs, wallMs),
      (growthBytes / 1_048_576).toFixed(0),
    ];
  });
  const speeds = ['sweep to ideal', 'loop to ideal', 'sweep to loop'];
  return table(['in flight', 'deleted', 'requests', 'sweep s', 'loop s', ...speeds, 'growth MiB'], rows);
}
