import type { CloudOrder, CloudTally } from './cloud-process.ts';
import { type Contender, cancelEvent } from './contenders.ts';
import { runOnce, startWorker, type Worker } from './processes.ts';
import type { SweepRun } from './sweep-process.ts';
import type { WarmOrder, WarmRun } from './warm-process.ts';

const SHARES = 100;
const TASKS_PER_SHARE = 100;
const LATENCY_MS = 20;
// enough for a figure, where ten thousand would take a minute
const FLOOR_CALLS_PER_LANE = 300;
// as Lambda's runtime starts Node for the 256 MB that serverless.yml gives each function: a twentieth of the memory for each half
// of the young generation, nine tenths for the old one (`/var/runtime/bootstrap` of its base images)
const LAMBDA_HEAP = ['--max-semi-space-size=12', '--max-old-space-size=231'];

export interface SweepResult extends SweepRun {
  readonly inFlight: number;
  readonly requests: number;
  /** Requests × latency ÷ in flight, as a part of the time that it took. */
  readonly shareOfIdeal: number;
  /** The same for a bare loop of DELETEs: no request over a real socket takes its latency to the millisecond. */
  readonly floorShareOfIdeal: number;
}

/** Sweeps 10,000 tasks away, with nothing to hold it but the latency and the requests in flight. */
export async function measureSweep(
  inFlight: number,
  options: {
    readonly cloud: Worker;
    readonly timer: Contender;
    readonly floor: Contender;
    readonly shareId: string;
    readonly programs: { readonly sweep: string; readonly warm: string };
  },
): Promise<SweepResult> {
  const { cloud, timer, floor, shareId, programs } = options;
  const ask = <T>(order: CloudOrder): Promise<T> => cloud.ask(order);

  await ask({ type: 'fill', shares: SHARES, tasksPerShare: TASKS_PER_SHARE });
  await ask({ type: 'latency', ms: LATENCY_MS });
  await ask({ type: 'awake', awake: true });
  const variables = {
    ...timer.variables,
    ALLOWED_SHARES: '*',
    SWEEP_SHARES: '*',
    SWEEP_DRY_RUN: 'false',
    SWEEP_KEEP_LATEST: '0',
    SWEEP_MAX_DELETES: String(SHARES * TASKS_PER_SHARE),
    SWEEP_CONCURRENCY: String(inFlight),
    SWEEP_RATE: '10000',
  };
  const run = await runOnce<SweepRun>([...LAMBDA_HEAP, programs.sweep, timer.bundle.file], variables, 'ignore');
  const { requests } = await ask<CloudTally>({ type: 'tally' });

  const taskIds = await ask<string[]>({ type: 'addTasks', count: inFlight * FLOOR_CALLS_PER_LANE });
  const { worker } = await startWorker(programs.warm, { args: [floor.bundle.file], env: floor.variables });
  const order: WarmOrder = { events: taskIds.map((id) => cancelEvent(shareId, id)), inFlight };
  const { wallUs } = await worker.ask<WarmRun>(order);
  worker.stop();
  await ask({ type: 'latency', ms: 0 });
  await ask({ type: 'awake', awake: false });

  return {
    ...run,
    inFlight,
    requests,
    shareOfIdeal: (requests * LATENCY_MS) / inFlight / run.wallMs,
    floorShareOfIdeal: (LATENCY_MS * 1_000) / inFlight / wallUs,
  };
}
