import { type Contender, type ContenderName, cancelEvent } from './contenders.ts';
import { atMostTimes, type Figure, figureOf, figureTable, type Section } from './figures.ts';
import { startWorker, type Worker } from './processes.ts';
import type { Scale } from './scale.ts';
import { askCloud, type Setting } from './setting.ts';
import type { WarmOrder, WarmRun } from './warm-process.ts';

/** One way to call a handler that stays loaded. */
interface Mode {
  readonly name: string;
  readonly inFlight: number;
  readonly roundTripMs: number;
  /** Of one round. */
  readonly calls: number;
  /** Rounds that are not counted, until hardly anything is compiled any more. */
  readonly warmUpRounds: number;
}

type Runs = ReadonlyMap<Mode, ReadonlyMap<ContenderName, WarmRun[]>>;

function modesFor({ calls, warmUpRounds }: Scale['warm'], roundTripMs: number): readonly Mode[] {
  const { oneAtATime, manyAtOnce } = calls;
  const away = `${roundTripMs} ms away`;
  return [
    { name: 'one at a time, no delay', inFlight: 1, roundTripMs: 0, calls: oneAtATime, warmUpRounds },
    { name: '64 at once, no delay', inFlight: 64, roundTripMs: 0, calls: manyAtOnce, warmUpRounds },
    { name: `one at a time, ${away}`, inFlight: 1, roundTripMs, calls: 20, warmUpRounds: 0 },
    { name: `64 at once, ${away}`, inFlight: 64, roundTripMs, calls: manyAtOnce / 2, warmUpRounds: 1 },
  ];
}

/**
 * Each contender has processes of its own, which take turns, round by round. Several of them, since V8 does not make the same of
 * the same code in each: the CPU of one process and the next differs by a fifth.
 */
export async function measureWarm(setting: Setting): Promise<Section> {
  const { contenders, roundTripMs, scale } = setting;
  const modes = modesFor(scale.warm, roundTripMs);
  const emptyRuns = (): ReadonlyMap<ContenderName, WarmRun[]> => new Map(contenders.map(({ name }) => [name, []]));
  const runs: Runs = new Map(modes.map((mode) => [mode, emptyRuns()]));
  const processes = Math.min(scale.warm.processes, scale.rounds);
  const roundsEach = Math.ceil(scale.rounds / processes);
  for (let nth = 0; nth < processes; nth += 1) await measureOnce(setting, runs, roundsEach);
  const figures = [...runs].map(([mode, each]) => ({
    wall: figureOf(`${mode.name}: time, µs`, each, ({ wallUs }) => wallUs),
    cpu: figureOf(`${mode.name}: CPU, µs`, each, ({ cpuUs }) => cpuUs),
    mode,
  }));
  const cpus = figures.map(({ cpu }) => asSummary(cpu));
  return {
    title: 'Warm: one cancel on a handler that stays loaded',
    how:
      'Time by the clock, CPU of the whole process of the handler (the services have another), each per call. ' +
      `Processes for each contender: ${processes}, warmed up without delay; contenders in turns, and before each turn ` +
      `as many calls as are in flight, at least ${LEAD_IN_CALLS}, which are not counted; ` +
      `medians of ${processes * roundsEach} rounds of ${modes.map(({ calls }) => calls).join(', ')} calls.`,
    tables: [figureTable(figures.flatMap(({ wall, cpu }) => [wall, cpu]))],
    // with many at once the clock shows the two processors that all processes share, not the handler
    summary: figures.flatMap(({ wall, cpu, mode }) => (mode.inFlight === 1 ? [wall, cpu] : [cpu]).map(asSummary)),
    targets: cpus.flatMap((cpu) => [atMostTimes(0.65, 'obvious', cpu), atMostTimes(0.5, 'official SDK', cpu)]),
    data: figures.flatMap(({ wall, cpu }) => [wall, cpu]),
  };
}

async function measureOnce(setting: Setting, runs: Runs, rounds: number): Promise<void> {
  const workers = new Map<Contender, Worker>();
  await askCloud(setting, { type: 'awake', awake: true });
  for (const contender of setting.contenders) {
    const { worker } = await startWorker(setting.programs.warm, {
      args: [contender.bundle.file],
      env: contender.variables,
    });
    workers.set(contender, worker);
  }
  for (const [mode, byName] of runs) {
    await askCloud(setting, { type: 'roundTrip', ms: mode.roundTripMs });
    for (let round = -mode.warmUpRounds; round < rounds; round += 1) {
      for (const [{ name }, worker] of workers) {
        const run = await runRound(setting, worker, mode);
        if (round >= 0) byName.get(name)?.push(run);
      }
    }
  }
  await askCloud(setting, { type: 'roundTrip', ms: 0 });
  await askCloud(setting, { type: 'awake', awake: false });
  for (const worker of workers.values()) worker.stop();
}

// at once after an answer undici may open a second connection, so that one call is not enough
const LEAD_IN_CALLS = 5;

/** While the others had their turn, connections may have been given up: opening them again is not part of a warm call. */
async function runRound(setting: Setting, worker: Worker, { calls, inFlight }: Mode): Promise<WarmRun> {
  const leadIn = Math.max(inFlight, LEAD_IN_CALLS);
  const taskIds = await askCloud<string[]>(setting, { type: 'addTasks', count: leadIn + calls });
  const events = taskIds.map((id) => cancelEvent(setting.facts.shareId, id));
  await worker.ask<WarmRun>({ events: events.slice(0, leadIn), inFlight } satisfies WarmOrder);
  return worker.ask<WarmRun>({ events: events.slice(leadIn), inFlight } satisfies WarmOrder);
}

function asSummary(figure: Figure): Figure {
  return { ...figure, name: `warm, ${figure.name.replace(/, µs$/, '')}` };
}
