import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, type ContenderName, cancelEvent } from './contenders.ts';
import { atMostTimes, figureOf, figureTable, type Section } from './figures.ts';
import { startWorker, type Worker } from './processes.ts';
import { askCloud, type Setting } from './setting.ts';
import type { WarmOrder, WarmRun } from './warm-process.ts';

// so that hardly ever two of them call at the same time
const STAGGER_MS = 230;
// shorter pauses are for comparison: nobody's connection has been idle for long
const WANTED_FROM_S = 2;

/** By pause in seconds. */
type WaitsMs = ReadonlyMap<number, number>;

interface Caller {
  readonly name: ContenderName;
  readonly worker: Worker;
  readonly events: readonly object[];
}

/** Nothing but waiting, and so all contenders at the same time. */
export async function measureApart(setting: Setting): Promise<Section> {
  const { contenders, roundTripMs, scale } = setting;
  const { pausesS } = scale.apart;
  const processes = Math.min(scale.apart.processes, scale.rounds);
  const callers = await startCallers(setting, Array.from({ length: processes }, () => contenders).flat());
  await askCloud(setting, { type: 'roundTrip', ms: roundTripMs });
  const runs = new Map(contenders.map(({ name }) => [name, [] as WaitsMs[]]));
  await Promise.all(
    callers.map(async (caller, index) => {
      await sleep(index * STAGGER_MS);
      runs.get(caller.name)?.push(await callApart(caller, pausesS));
    }),
  );
  await askCloud(setting, { type: 'roundTrip', ms: 0 });
  for (const { worker } of callers) worker.stop();

  const figures = pausesS.map((pause) => ({
    pause,
    figure: figureOf(`${pause} s apart, ms`, runs, (waitsMs) => waitsMs.get(pause) ?? Number.NaN),
    short: figureOf(`calls ${pause} s apart`, runs, (waitsMs) => waitsMs.get(pause) ?? Number.NaN),
  }));
  const wanted = figures.filter(({ pause }) => pause >= WANTED_FROM_S);
  return {
    title: `Calls apart, over a round trip of ${roundTripMs} ms`,
    how:
      'One process calls once, which is not counted, and then again after each pause, by the clock; ' +
      `medians of ${processes} processes for each contender, all at the same time, a little apart.`,
    tables: [figureTable(figures.map(({ figure }) => figure))],
    summary: figures.map(({ short }) => short),
    targets: wanted.map(({ short }) => atMostTimes(1.15, 'bare agent', short)),
    data: figures.map(({ figure }) => figure),
  };
}

/** All of them loaded before the first one calls: a process that starts would disturb the calls of the others. */
async function startCallers(setting: Setting, contenders: readonly Contender[]): Promise<readonly Caller[]> {
  const { facts, programs, scale } = setting;
  const callsEach = scale.apart.pausesS.length + 1;
  const taskIds = await askCloud<string[]>(setting, { type: 'addTasks', count: contenders.length * callsEach });
  const events = taskIds.map((id) => cancelEvent(facts.shareId, id));
  const callers: Caller[] = [];
  for (const [index, { name, bundle, variables }] of contenders.entries()) {
    const { worker } = await startWorker(programs.warm, { args: [bundle.file], env: variables });
    callers.push({ name, worker, events: events.slice(index * callsEach, (index + 1) * callsEach) });
  }
  return callers;
}

async function callApart({ worker, events }: Caller, pausesS: readonly number[]): Promise<WaitsMs> {
  const [first, ...others] = events;
  await call(worker, first);
  const waitsMs = new Map<number, number>();
  for (const [index, pause] of pausesS.entries()) {
    await sleep(pause * 1_000);
    waitsMs.set(pause, await call(worker, others[index]));
  }
  return waitsMs;
}

async function call(worker: Worker, event: unknown): Promise<number> {
  const order: WarmOrder = { events: [event], inFlight: 1 };
  const { wallUs } = await worker.ask<WarmRun>(order);
  return wallUs / 1_000;
}
