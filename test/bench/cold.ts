import type { ColdRun } from './cold-process.ts';
import { type ContenderName, cancelEvent } from './contenders.ts';
import { type Figure, figureTable, type Section } from './figures.ts';
import { runOnce } from './processes.ts';
import { askCloud, type Setting } from './setting.ts';
import { median } from './statistics.ts';

type Runs = ReadonlyMap<ContenderName, readonly ColdRun[]>;

/** Where no network is in the way: what the process itself costs. */
export async function measureCold(setting: Setting): Promise<Section> {
  const runs = await runFresh(setting, 0);
  const figures = [
    figureOf(runs, 'load, ms', ({ loadMs }) => loadMs),
    figureOf(runs, 'first 202, ms', ({ firstMs }) => firstMs),
    figureOf(runs, 'both, ms', ({ loadMs, firstMs }) => loadMs + firstMs),
    figureOf(runs, 'both: CPU, ms', ({ cpuMs }) => cpuMs),
  ];
  const total = figureOf(
    runs,
    'cold: bundle loaded and first 202, no delay',
    ({ loadMs, firstMs }) => loadMs + firstMs,
  );
  return {
    title: 'Cold: a new process, its bundle loaded, its first 202',
    how:
      `Without delay. A new process each time, from its first line; contenders in turns, medians of ${setting.rounds} rounds ` +
      'after one that is not counted.',
    tables: [figureTable(figures)],
    summary: [total],
    data: figures,
  };
}

/** What a person waits for after a cold start, once the code is loaded. */
export async function measureFirst(setting: Setting): Promise<Section> {
  const { rounds, roundTripMs } = setting;
  const runs = await runFresh(setting, roundTripMs);
  const first = figureOf(runs, 'first 202 after the load, ms', ({ firstMs }) => firstMs);
  const figures = [
    first,
    figureOf(runs, 'in round trips', ({ firstMs }) => firstMs / roundTripMs),
    figureOf(runs, 'load and first 202, ms', ({ loadMs, firstMs }) => loadMs + firstMs),
  ];
  return {
    title: `First call, over a round trip of ${roundTripMs} ms`,
    how: `As cold, but with the delay; medians of ${rounds} rounds. The official SDK fetches no token.`,
    tables: [figureTable(figures)],
    summary: [{ ...first, name: `first call, ${roundTripMs} ms away` }],
    data: figures,
  };
}

/** The contenders take turns, so that whatever else the machine does meets all of them. */
async function runFresh(setting: Setting, roundTripMs: number): Promise<Runs> {
  const { contenders, facts, programs, rounds } = setting;
  const runs = new Map(contenders.map(({ name }) => [name, [] as ColdRun[]]));
  await askCloud(setting, { type: 'roundTrip', ms: roundTripMs });
  // the first round fills the machine's file cache and is not counted
  for (let round = 0; round <= rounds; round += 1) {
    const taskIds = await askCloud<string[]>(setting, { type: 'addTasks', count: contenders.length });
    for (const [index, { name, bundle, variables }] of contenders.entries()) {
      const event = JSON.stringify(cancelEvent(facts.shareId, taskIds[index] ?? ''));
      const run = await runOnce<ColdRun>([programs.cold, bundle.file, event], variables);
      if (round > 0) runs.get(name)?.push(run);
    }
  }
  await askCloud(setting, { type: 'roundTrip', ms: 0 });
  return runs;
}

function figureOf(runs: Runs, name: string, read: (run: ColdRun) => number): Figure {
  return { name, of: Object.fromEntries([...runs].map(([contender, each]) => [contender, median(each.map(read))])) };
}
