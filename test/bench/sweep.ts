import { table } from '../cloud/print.ts';
import type { CloudTally } from './cloud-process.ts';
import { bundleTimer, type Contender, cancelEvent } from './contenders.ts';
import type { Section } from './figures.ts';
import { runOnce, startWorker } from './processes.ts';
import type { SweepPlan } from './scale.ts';
import { askCloud, type Setting } from './setting.ts';
import { median } from './statistics.ts';
import type { SweepRun } from './sweep-process.ts';
import type { Target } from './targets.ts';
import type { WarmOrder, WarmRun } from './warm-process.ts';

const TASKS_PER_SHARE = 100;
const MIB = 1_048_576;
// as Lambda's runtime starts Node for the 256 MB that serverless.yml gives each function: a twentieth of the memory for each half
// of the young generation, nine tenths for the old one (`/var/runtime/bootstrap` of its base images)
const LAMBDA_HEAP = ['--max-semi-space-size=12', '--max-old-space-size=231'];

interface SweepResult {
  readonly deleted: number;
  readonly requests: number;
  readonly wallMs: number;
  /** Of a bare loop of as many DELETEs in a new process, which finds no shares and reads no lists. */
  readonly loopMs: number;
  readonly growthBytes: number;
}

/** With speeds, which 1 is the best of: 0.5 is half as fast. */
interface SweepSummary extends SweepResult {
  readonly inFlight: number;
  readonly sweepToIdeal: number;
  readonly loopToIdeal: number;
  readonly sweepToLoop: number;
}

/** Sweeps tasks away with nothing to hold it but the round trip and the requests in flight. */
export async function measureSweep(setting: Setting): Promise<Section> {
  const { roundTripMs, scale } = setting;
  const timer = await bundleTimer(setting.facts, setting.directory);
  await askCloud(setting, { type: 'awake', awake: true });
  await askCloud(setting, { type: 'roundTrip', ms: roundTripMs });
  const found: SweepSummary[] = [];
  for (const plan of scale.sweep) {
    const results: SweepResult[] = [];
    for (let round = 0; round < Math.min(plan.rounds, scale.rounds); round += 1) {
      const loopMs = await runLoop(setting, { inFlight: plan.inFlight, deletes: plan.shares * TASKS_PER_SHARE });
      results.push({ ...(await runSweep(setting, timer, plan)), loopMs });
    }
    found.push(summed(mediansOf(results), plan.inFlight, roundTripMs));
  }
  await askCloud(setting, { type: 'roundTrip', ms: 0 });
  await askCloud(setting, { type: 'awake', awake: false });
  return {
    title: `Sweep: shares with ${TASKS_PER_SHARE} tasks each, over a round trip of ${roundTripMs} ms`,
    how:
      'New processes, after their load; the loop is the bare undici contender with the same number of DELETEs. Ideal: requests × round trip ÷ in flight. ' +
      'Compared as speeds: 1 is as fast, 0.5 half as fast; the sweep also reads the lists, which the loop does not. ' +
      'Growth: resident memory at its highest less that before, with a heap as Lambda sizes it for 256 MB. ' +
      `Rounds: ${scale.sweep.map(({ inFlight, rounds }) => `${Math.min(rounds, scale.rounds)} at ${inFlight}`).join(', ')}; medians.`,
    tables: [sweepTable(found)],
    summary: [],
    targets: found.flatMap(targetsOf),
    data: found,
  };
}

async function runSweep(
  setting: Setting,
  timer: Contender,
  { inFlight, shares }: SweepPlan,
): Promise<Omit<SweepResult, 'loopMs'>> {
  await askCloud(setting, { type: 'fill', shares, tasksPerShare: TASKS_PER_SHARE });
  const variables = {
    ...timer.variables,
    ALLOWED_SHARES: '*',
    SWEEP_SHARES: '*',
    SWEEP_DRY_RUN: 'false',
    SWEEP_KEEP_LATEST: '0',
    SWEEP_MAX_DELETES: String(shares * TASKS_PER_SHARE),
    SWEEP_CONCURRENCY: String(inFlight),
    SWEEP_RATE: '10000',
  };
  const program = [...LAMBDA_HEAP, setting.programs.sweep, timer.bundle.file];
  const run = await runOnce<SweepRun>(program, variables, 'ignore');
  const { requests } = await askCloud<CloudTally>(setting, { type: 'tally' });
  return { ...run, requests };
}

/** @returns how long a bare loop takes for as many DELETEs in a new process, after its load, in milliseconds */
export async function runLoop(
  setting: Setting,
  { inFlight, deletes: count }: { readonly inFlight: number; readonly deletes: number },
): Promise<number> {
  const bareUndici = setting.contenders.find(({ name }) => name === 'bare undici');
  if (bareUndici === undefined) throw new TypeError('there is no bare undici');
  const { bundle, variables } = bareUndici;
  const taskIds = await askCloud<string[]>(setting, { type: 'addTasks', count });
  const { worker } = await startWorker(setting.programs.warm, { args: [bundle.file], env: variables });
  const order: WarmOrder = { events: taskIds.map((id) => cancelEvent(setting.facts.shareId, id)), inFlight };
  const { wallUs } = await worker.ask<WarmRun>(order);
  worker.stop();
  return (wallUs * count) / 1_000;
}

function mediansOf(results: readonly SweepResult[]): SweepResult {
  const of = (name: keyof SweepResult): number => median(results.map((result) => result[name]));
  return {
    deleted: of('deleted'),
    requests: of('requests'),
    wallMs: of('wallMs'),
    loopMs: of('loopMs'),
    growthBytes: of('growthBytes'),
  };
}

function summed(result: SweepResult, inFlight: number, roundTripMs: number): SweepSummary {
  const { deleted, requests, wallMs, loopMs } = result;
  const idealMs = (count: number): number => (count * roundTripMs) / inFlight;
  return {
    ...result,
    inFlight,
    sweepToIdeal: idealMs(requests) / wallMs,
    loopToIdeal: idealMs(deleted) / loopMs,
    sweepToLoop: loopMs / wallMs,
  };
}

function targetsOf({ inFlight, sweepToLoop, growthBytes }: SweepSummary): readonly Target[] {
  const name = `sweep, ${inFlight} in flight`;
  return [
    { name: `${name}: speed ÷ bare loop`, bound: 'at least', limit: 0.95, reached: sweepToLoop },
    { name: `${name}: growth, MiB`, bound: 'below', limit: 64, reached: growthBytes / MIB },
  ];
}

function sweepTable(found: readonly SweepSummary[]): string {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  const rows = found.map((each) => [
    String(each.inFlight),
    String(each.deleted),
    String(each.requests),
    seconds(each.wallMs),
    seconds(each.loopMs),
    each.sweepToIdeal.toFixed(2),
    each.loopToIdeal.toFixed(2),
    each.sweepToLoop.toFixed(2),
    (each.growthBytes / MIB).toFixed(0),
  ]);
  const speeds = ['sweep to ideal', 'loop to ideal', 'sweep to loop'];
  return table(['in flight', 'deleted', 'requests', 'sweep s', 'loop s', ...speeds, 'growth MiB'], rows);
}
