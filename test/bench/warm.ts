import type { CloudFacts, CloudOrder } from './cloud-process.ts';
import { type Contender, cancelEvent } from './contenders.ts';
import { startWorker, type Worker } from './processes.ts';
import { median } from './statistics.ts';
import type { WarmOrder, WarmRun } from './warm-process.ts';

/** One way to call a handler that stays loaded. */
export interface WarmMode {
  readonly name: string;
  readonly inFlight: number;
  readonly latencyMs: number;
  readonly calls: number;
}

export const WARM_MODES: readonly WarmMode[] = [
  { name: 'serial', inFlight: 1, latencyMs: 0, calls: 400 },
  { name: '64 at once', inFlight: 64, latencyMs: 0, calls: 1_280 },
  { name: 'serial, 20 ms away', inFlight: 1, latencyMs: 20, calls: 50 },
  { name: '64 at once, 20 ms away', inFlight: 64, latencyMs: 20, calls: 1_280 },
];
// until nothing is compiled any more
const WARM_UP_CALLS = 6_000;

/** Medians per call. */
export type WarmResult = Readonly<Record<string, WarmRun>>;

/** One process per contender; they take turns, round by round. */
export async function measureWarm(
  contenders: readonly Contender[],
  options: {
    readonly cloud: Worker;
    readonly facts: CloudFacts;
    readonly program: string;
    readonly rounds: number;
  },
): Promise<ReadonlyMap<Contender, WarmResult>> {
  const { cloud, facts, program, rounds } = options;
  const ask = <T>(what: CloudOrder): Promise<T> => cloud.ask(what);
  const workers = new Map<Contender, Worker>();
  const results = new Map<Contender, Record<string, WarmRun>>();

  async function run(worker: Worker, calls: number, inFlight: number): Promise<WarmRun> {
    const taskIds = await ask<string[]>({ type: 'addTasks', count: calls });
    const order: WarmOrder = { events: taskIds.map((id) => cancelEvent(facts.shareId, id)), inFlight };
    return worker.ask<WarmRun>(order);
  }

  await ask({ type: 'awake', awake: true });
  for (const contender of contenders) {
    const args = [contender.bundle.file];
    const { worker } = await startWorker(program, { args, env: contender.variables });
    workers.set(contender, worker);
    results.set(contender, {});
    await run(worker, WARM_UP_CALLS / 2, 1);
    await run(worker, WARM_UP_CALLS / 2, 64);
  }
  for (const { name, inFlight, latencyMs, calls } of WARM_MODES) {
    await ask({ type: 'latency', ms: latencyMs });
    const runs = new Map(contenders.map((contender) => [contender, [] as WarmRun[]]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [contender, worker] of workers) runs.get(contender)?.push(await run(worker, calls, inFlight));
    }
    for (const [contender, ofOne] of runs) {
      const medians = {
        wallUs: median(ofOne.map(({ wallUs }) => wallUs)),
        cpuUs: median(ofOne.map(({ cpuUs }) => cpuUs)),
      };
      results.set(contender, { ...results.get(contender), [name]: medians });
    }
  }
  await ask({ type: 'latency', ms: 0 });
  await ask({ type: 'awake', awake: false });
  for (const worker of workers.values()) worker.stop();
  return results;
}
