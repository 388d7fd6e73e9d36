import type { Cloud } from './cloud.ts';
import { formatTaskTime } from './shares.ts';

const PATHS = ['/projects', '/builds', '/home', '/media', '/mail', '/scratch', '/archive'];
const HOUR_MS = 3_600_000;
const RUNS_FOR_MS = 10 * 60_000;
/** However long it runs, a listing stays readable. */
const MOST_TASKS = 40;

/** What is kept there, and how many of each. Those that are DOING are ten together, so that the share is full. */
const KINDS = [
  { kind: 'running', count: 6 },
  { kind: 'stuck', count: 4 },
  { kind: 'due', count: 3 },
] as const;
type Kind = (typeof KINDS)[number]['kind'];

/** Keeps a share as it is where people work: full, with tasks that run, are stuck, or are finished and forgotten. */
export interface Population {
  /** Creates one task of each kind that has become rare; returns the ids of new ones. */
  readonly tick: () => readonly string[];
}

export function createPopulation(cloud: Cloud, shareId: string, now: () => number = Date.now): Population {
  const kindById = new Map<string, Kind>();
  let created = 0;

  function add(kind: Kind): string {
    const path = PATHS[created % PATHS.length] ?? '/';
    created += 1;
    const id = cloud.addTask(shareId, { path, ...TASK_BY_KIND[kind](now()) });
    kindById.set(id, kind);
    return id;
  }

  function isShort(kind: Kind, count: number): boolean {
    const tasks = cloud.tasks(shareId).filter(({ id }) => kindById.get(id) === kind);
    const counted = kind === 'running' ? tasks.filter(({ status }) => status === 'DOING') : tasks;
    return counted.length < count;
  }

  function tick(): readonly string[] {
    const added = KINDS.filter(({ kind, count }) => isShort(kind, count)).map(({ kind }) => add(kind));
    const [oldest, ...others] = cloud.tasks(shareId).filter(({ id }) => kindById.get(id) === 'running');
    // nobody sweeps what has just finished
    if (oldest !== undefined && others.length >= MOST_TASKS) cloud.removeTask(shareId, oldest.id);
    return added;
  }

  for (const { kind, count } of KINDS) for (let number = 0; number < count; number += 1) add(kind);
  return { tick };
}

const TASK_BY_KIND = {
  running: () => ({ runsForMs: RUNS_FOR_MS }),
  stuck: (nowMs: number) => ({ status: 'DOING', beginTime: formatTaskTime(nowMs - 100 * HOUR_MS) }),
  due: (nowMs: number) => ({
    status: 'FAIL',
    beginTime: formatTaskTime(nowMs - 31 * HOUR_MS),
    endTime: formatTaskTime(nowMs - 30 * HOUR_MS),
  }),
};
