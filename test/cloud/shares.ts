import { randomBytes, randomUUID } from 'node:crypto';
import { type CloudTask, type ListedTask, toListed } from './task-record.ts';

export type { CloudTask, ListedTask } from './task-record.ts';

export interface ShareInput {
  readonly id?: string;
  readonly name?: string;
  /** `false`: a share of an old type, whose task calls are refused */
  readonly supportsTasks?: boolean;
  /** e.g. `2018-11-19T04:02:03`: UTC without a zone */
  readonly createdAt?: string;
  /** values by key, e.g. `{ 'du-cleaner': 'on' }` */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface TaskInput {
  readonly id?: string;
  readonly path?: string;
  /** with `runsForMs`: what the task ends as; without: what it is, for good */
  readonly status?: string;
  readonly beginTime?: string;
  readonly endTime?: string;
  /** from `beginTime`, by the cloud's clock */
  readonly runsForMs?: number;
  readonly usedCapacityBytes?: number;
  /** laid over the listed record; a field set to `undefined` disappears from it */
  readonly raw?: Readonly<Record<string, unknown>>;
}

export interface Share {
  readonly id: string;
  readonly name: string;
  readonly supportsTasks: boolean;
  readonly createdAt: string;
  readonly tags: readonly Tag[];
  readonly tasks: Map<string, StoredTask>;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

interface StoredTask {
  readonly id: string;
  readonly path: string;
  readonly beginTime: string;
  readonly endTime: string | undefined;
  readonly endStatus: string;
  /** `undefined`: does not change with time */
  readonly finishesAtMs: number | undefined;
  readonly usedCapacityBytes: number;
  readonly raw: Readonly<Record<string, unknown>>;
  deletedAtMs?: number;
}

export interface Shares {
  readonly all: ReadonlyMap<string, Share>;
  readonly deletedTaskIds: string[];
  add(input: ShareInput): string;
  remove(shareId: string): void;
  /** @throws {RangeError} when there is no such share, or it has a task of that id */
  addTask(shareId: string, input: TaskInput): string;
  /** The tasks that exist, in order of creation. */
  tasks(share: Share): readonly CloudTask[];
  task(share: Share, taskId: string): CloudTask | undefined;
  /** The tasks as listings have them: deleted ones stay for the length of the lag. */
  listed(share: Share): readonly ListedTask[];
  deleteTask(share: Share, taskId: string): void;
}

const RUNNING = 'DOING';

/** `YYYY-MM-DD HH:MM:SS`, UTC without a zone. */
export function formatTaskTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');
}

export function createShares(options: {
  readonly now: () => number;
  readonly listingLagMs: number;
  readonly taskRunsForMs: number;
  readonly onDeleted: (taskId: string) => void;
}): Shares {
  const { now, listingLagMs } = options;
  const all = new Map<string, Share>();
  const deletedTaskIds: string[] = [];

  function stateOf(task: StoredTask, atMs: number): CloudTask {
    const { id, path, beginTime, finishesAtMs } = task;
    if (finishesAtMs !== undefined && atMs < finishesAtMs) {
      return { id, path, status: RUNNING, beginTime, endTime: '', usedCapacityBytes: 0 };
    }
    const endTime = task.endTime ?? formatTaskTime(finishesAtMs ?? atMs);
    return { id, path, status: task.endStatus, beginTime, endTime, usedCapacityBytes: task.usedCapacityBytes };
  }

  function forgetDeleted(share: Share): void {
    for (const [id, task] of share.tasks) {
      if (task.deletedAtMs !== undefined && task.deletedAtMs + listingLagMs <= now()) share.tasks.delete(id);
    }
  }

  return {
    all,
    deletedTaskIds,

    add(input) {
      const { id = randomUUID(), supportsTasks = true } = input;
      const createdAt = input.createdAt ?? (supportsTasks ? '2024-03-01T08:00:00' : '2018-11-19T04:02:03');
      all.set(id, {
        id,
        name: input.name ?? `sfs-turbo-${id.slice(0, 4)}`,
        supportsTasks,
        createdAt,
        tags: Object.entries(input.tags ?? {}).map(([key, value]) => ({ key, value })),
        tasks: new Map(),
      });
      return id;
    },

    remove(shareId) {
      all.delete(shareId);
    },

    addTask(shareId, input) {
      const share = all.get(shareId);
      const id = input.id ?? randomBytes(16).toString('hex');
      if (share === undefined) throw new RangeError(`there is no share ${shareId}`);
      if (share.tasks.has(id)) throw new RangeError(`share ${shareId} has a task ${id} already`);
      share.tasks.set(id, { id, ...timesOf(input, now(), options.taskRunsForMs), ...sizeOf(input) });
      return id;
    },

    tasks(share) {
      const existing = [...share.tasks.values()].filter((task) => task.deletedAtMs === undefined);
      return existing.map((task) => stateOf(task, now()));
    },

    task(share, taskId) {
      const task = share.tasks.get(taskId);
      return task === undefined || task.deletedAtMs !== undefined ? undefined : stateOf(task, now());
    },

    listed(share) {
      forgetDeleted(share);
      // a deleted task is seen as it was when it went
      return [...share.tasks.values()].map((task) => toListed(stateOf(task, task.deletedAtMs ?? now()), task.raw));
    },

    deleteTask(share, taskId) {
      const task = share.tasks.get(taskId);
      if (task === undefined || task.deletedAtMs !== undefined) return;
      deletedTaskIds.push(taskId);
      options.onDeleted(taskId);
      if (listingLagMs > 0) task.deletedAtMs = now();
      else share.tasks.delete(taskId);
    },
  };
}

function timesOf(input: TaskInput, nowMs: number, taskRunsForMs: number) {
  const beginTime = input.beginTime ?? formatTaskTime(nowMs);
  const moves = input.runsForMs !== undefined || (input.status === undefined && input.endTime === undefined);
  if (!moves) {
    const endStatus = input.status ?? 'SUCCESS';
    const endTime = input.endTime ?? (endStatus === RUNNING ? '' : beginTime);
    return { beginTime, endTime, endStatus, finishesAtMs: undefined };
  }
  // without beginTime the exact moment counts, not the one cut to seconds
  const beganAtMs = input.beginTime === undefined ? nowMs : Date.parse(`${beginTime.replace(' ', 'T')}Z`);
  const endStatus = input.status === undefined || input.status === RUNNING ? 'SUCCESS' : input.status;
  const finishesAtMs = (Number.isNaN(beganAtMs) ? nowMs : beganAtMs) + (input.runsForMs ?? taskRunsForMs);
  return { beginTime, endTime: input.endTime, endStatus, finishesAtMs };
}

function sizeOf(input: TaskInput) {
  return { path: input.path ?? '/', usedCapacityBytes: input.usedCapacityBytes ?? 1_024_000, raw: input.raw ?? {} };
}
