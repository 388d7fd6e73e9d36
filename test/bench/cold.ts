import type { CloudFacts, CloudOrder } from './cloud-process.ts';
import type { ColdRun } from './cold-process.ts';
import { type Contender, cancelEvent } from './contenders.ts';
import { runOnce, type Worker } from './processes.ts';
import { median } from './statistics.ts';

/** Medians of fresh processes, each of which answers one call. */
export interface ColdResult extends ColdRun {
  readonly totalMs: number;
}

/** The contenders take turns, so that whatever else the machine does meets all of them. */
export async function measureCold(
  contenders: readonly Contender[],
  options: {
    readonly cloud: Worker;
    readonly facts: CloudFacts;
    readonly program: string;
    readonly rounds: number;
    /** at IAM and at SFS Turbo, each */
    readonly latencyMs: number;
  },
): Promise<ReadonlyMap<Contender, ColdResult>> {
  const { cloud, facts, program, rounds, latencyMs } = options;
  const runs = new Map(contenders.map((contender) => [contender, [] as ColdRun[]]));

  await order(cloud, { type: 'latency', ms: latencyMs });
  // the first round fills the machine's file cache and is not counted
  for (let round = 0; round <= rounds; round += 1) {
    const taskIds = await order<string[]>(cloud, { type: 'addTasks', count: contenders.length });
    for (const [index, contender] of contenders.entries()) {
      const event = JSON.stringify(cancelEvent(facts.shareId, taskIds[index] ?? ''));
      const run = await runOnce<ColdRun>([program, contender.bundle.file, event], contender.variables);
      if (round > 0) runs.get(contender)?.push(run);
    }
  }
  await order(cloud, { type: 'latency', ms: 0 });

  return new Map([...runs].map(([contender, ofOne]) => [contender, mediansOf(ofOne)]));
}

function mediansOf(runs: readonly ColdRun[]): ColdResult {
  return {
    loadMs: median(runs.map(({ loadMs }) => loadMs)),
    firstMs: median(runs.map(({ firstMs }) => firstMs)),
    totalMs: median(runs.map(({ loadMs, firstMs }) => loadMs + firstMs)),
    cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
  };
}

function order<T>(cloud: Worker, what: CloudOrder): Promise<T> {
  return cloud.ask(what);
}
