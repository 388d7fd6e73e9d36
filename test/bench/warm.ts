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
  /** Of one round. */
  readonly calls: number;
  /** Rounds that are not counted, until hardly anything is compiled any more. */
  readonly warmUpRounds: number;
}

export const WARM_MODES: readonly WarmMode[] = [
  { name: 'serial', inFlight: 1, latencyMs: 0, calls: 1_000, warmUpRounds: 12 },
  { name: '64 at once', inFlight: 64, latencyMs: 0, calls: 1_280, warmUpRounds: 12 },
  { name: 'serial, 20 ms away', inFlight: 1, latencyMs: 20, calls: 50, warmUpRounds: 1 },
  { name: '64 at once, 20 ms away', inFlight: 64, latencyMs: 20, calls: 1_280, warmUpRounds: 6 },
];
// V8 does not make the same of the same code in each: the CPU of one process and the next differs by a fifth
const PROCESSES = 3;

/** Medians per call, over all processes. */
export type WarmResult = Readonly<Record<string, WarmRun>>;

interface Options {
  readonly cloud: Worker;
  readonly facts: CloudFacts;
  readonly program: string;
  /** Of each mode, over all processes. */
  readonly rounds: number;
}

/** Each contender has a process of its own, three times over; they take turns, round by round. */
export async function measureWarm(
  contenders: readonly Contender[],
  options: Options,
): Promise<ReadonlyMap<Contender, WarmResult>> {
  const runs = new Map(contenders.map((contender) => [contender, new Map<WarmMode, WarmRun[]>()]));
  for (let nth = 0; nth < PROCESSES; nth += 1) {
    await measureOnce(contenders, options, (contender, mode, run) => {
      const ofOne = runs.get(contender);
      ofOne?.set(mode, [...(ofOne.get(mode) ?? []), run]);
    });
  }
  return new Map([...runs].map(([contender, byMode]) => [contender, mediansOf(byMode)]));
}

async function measureOnce(
  contenders: readonly Contender[],
  { cloud, facts, program, rounds }: Options,
  onRun: (contender: Contender, mode: WarmMode, run: WarmRun) => void,
): Promise<void> {
  const ask = <T>(what: CloudOrder): Promise<T> => cloud.ask(what);
  const workers = new Map<Contender, Worker>();

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
  }
  for (const mode of WARM_MODES) {
    await ask({ type: 'latency', ms: mode.latencyMs });
    for (let round = -mode.warmUpRounds; round < rounds / PROCESSES; round += 1) {
      for (const [contender, worker] of workers) {
        const result = await run(worker, mode.calls, mode.inFlight);
        if (round >= 0) onRun(contender, mode, result);
      }
    }
  }
  await ask({ type: 'latency', ms: 0 });
  await ask({ type: 'awake', awake: false });
  for (const worker of workers.values()) worker.stop();
}

function mediansOf(byMode: ReadonlyMap<WarmMode, readonly WarmRun[]>): WarmResult {
  const medians = [...byMode].map(([{ name }, runs]) => {
    const wallUs = median(runs.map((run) => run.wallUs));
    const cpuUs = median(runs.map((run) => run.cpuUs));
    return [name, { wallUs, cpuUs }] as const;
  });
  return Object.fromEntries(medians);
}
