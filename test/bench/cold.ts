import type { ColdRun } from './cold-process.ts';
import { type ContenderName, cancelEvent } from './contenders.ts';
import { atMostTimes, figureOf, figureTable, type Section } from './figures.ts';
import { runOnce } from './processes.ts';
import { askCloud, type Setting } from './setting.ts';

type Runs = ReadonlyMap<ContenderName, readonly ColdRun[]>;

const totalMs = ({ loadMs, firstMs }: ColdRun): number => loadMs + firstMs;

/** Without the network's delay: what the process itself costs, handshakes included. */
export async function measureCold(setting: Setting): Promise<Section> {
  const runs = await runFresh(setting, 0);
  const figures = [
    figureOf('load, ms', runs, ({ loadMs }) => loadMs),
    figureOf('first 202, ms', runs, ({ firstMs }) => firstMs),
    figureOf('both, ms', runs, totalMs),
    figureOf('both: CPU, ms', runs, ({ cpuMs }) => cpuMs),
  ];
  const total = figureOf('cold, no delay', runs, totalMs);
  return {
    title: 'Cold: a new process, its bundle loaded, its first 202',
    how:
      'Without delay. A new process each time, from its first line; contenders in turns, ' +
      `medians of ${setting.scale.rounds} rounds after one that is not counted.`,
    tables: [figureTable(figures)],
    summary: [total],
    targets: [atMostTimes(0.72, 'obvious', total), atMostTimes(0.52, 'official SDK', total)],
    data: figures,
  };
}

/** What a person waits for after a cold start, once the code is loaded. */
export async function measureFirst(setting: Setting): Promise<Section> {
  const { roundTripMs, scale } = setting;
  const runs = await runFresh(setting, roundTripMs);
  const first = figureOf('first 202 after the load, ms', runs, ({ firstMs }) => firstMs);
  const total = figureOf('load and first 202, ms', runs, totalMs);
  const figures = [first, figureOf('in round trips', runs, ({ firstMs }) => firstMs / roundTripMs), total];
  const firstCall = { ...first, name: `first call, ${roundTripMs} ms away` };
  return {
    title: `First call, over a round trip of ${roundTripMs} ms`,
    how: `As cold, but with the delay; medians of ${scale.rounds} rounds. The official SDK fetches no token.`,
    tables: [figureTable(figures)],
    summary: [firstCall, { ...total, name: `cold, ${roundTripMs} ms away` }],
    targets: [atMostTimes(0.8, 'bare agent', firstCall)],
    data: figures,
  };
}

/** The contenders take turns, so that whatever else the machine does meets all of them. */
async function runFresh(setting: Setting, roundTripMs: number): Promise<Runs> {
  const { contenders, facts, programs, scale } = setting;
  const runs = new Map(contenders.map(({ name }) => [name, [] as ColdRun[]]));
  await askCloud(setting, { type: 'roundTrip', ms: roundTripMs });
  // the first round fills the machine's file cache and is not counted
  for (let round = 0; round <= scale.rounds; round += 1) {
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
