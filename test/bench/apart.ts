import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, type ContenderName, cancelEvent } from './contenders.ts';
import { figureTable, type Section } from './figures.ts';
import { startWorker, type Worker } from './processes.ts';
import { askCloud, type Setting } from './setting.ts';
import { median } from './statistics.ts';
import type { WarmOrder, WarmRun } from './warm-process.ts';

const PAUSES_S = [0, 0.5, 2, 5, 30] as const;
type Pause = (typeof PAUSES_S)[number];
const MAX_PROCESSES = 3;
// so that hardly ever two of them call at the same time
const STAGGER_MS = 230;

type WaitsMs = ReadonlyMap<Pause, number>;

/** Nothing but waiting, and so all contenders at the same time. */
export async function measureApart(setting: Setting): Promise<Section> {
  const { contenders, roundTripMs } = setting;
  const processes = Math.min(MAX_PROCESSES, setting.rounds);
  const all = Array.from({ length: processes }, () => contenders).flat();
  const callsEach = PAUSES_S.length + 1;
  const taskIds = await askCloud<string[]>(setting, { type: 'addTasks', count: all.length * callsEach });
  const events = taskIds.map((id) => cancelEvent(setting.facts.shareId, id));
  await askCloud(setting, { type: 'roundTrip', ms: roundTripMs });
  const waits = await Promise.all(
    all.map(async (contender, index) => {
      const own = events.slice(index * callsEach, (index + 1) * callsEach);
      await sleep(index * STAGGER_MS);
      return { name: contender.name, waitsMs: await callApart(setting, contender, own) };
    }),
  );
  await askCloud(setting, { type: 'roundTrip', ms: 0 });

  const figures = PAUSES_S.map((pause) => ({ name: `${pause} s apart, ms`, of: mediansOf(waits, pause) }));
  return {
    title: `Calls apart, over a round trip of ${roundTripMs} ms`,
    how:
      `One process calls once, which is not counted, and then again after each pause, by the clock; medians of ${processes} processes ` +
      'for each contender, all at the same time, a little apart.',
    tables: [figureTable(figures)],
    summary: figures.map((figure) => ({ ...figure, name: `calls ${figure.name.replace(/, ms$/, '')}` })),
    data: figures,
  };
}

async function callApart({ programs }: Setting, contender: Contender, events: readonly object[]): Promise<WaitsMs> {
  const { bundle, variables } = contender;
  const { worker } = await startWorker(programs.warm, { args: [bundle.file], env: variables });
  const [first, ...others] = events;
  await call(worker, first);
  const waitsMs = new Map<Pause, number>();
  for (const [index, pause] of PAUSES_S.entries()) {
    await sleep(pause * 1_000);
    waitsMs.set(pause, await call(worker, others[index]));
  }
  worker.stop();
  return waitsMs;
}

async function call(worker: Worker, event: unknown): Promise<number> {
  const order: WarmOrder = { events: [event], inFlight: 1 };
  const { wallUs } = await worker.ask<WarmRun>(order);
  return wallUs / 1_000;
}

function mediansOf(
  waits: readonly { readonly name: ContenderName; readonly waitsMs: WaitsMs }[],
  pause: Pause,
): Partial<Record<ContenderName, number>> {
  const byName = new Map<ContenderName, number[]>();
  for (const { name, waitsMs } of waits)
    byName.set(name, [...(byName.get(name) ?? []), waitsMs.get(pause) ?? Number.NaN]);
  return Object.fromEntries([...byName].map(([name, each]) => [name, median(each)]));
}
