import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { NotDue } from './ending.ts';
import { EXPIRED, evidenceOf } from './evidence.ts';
import { judgeTasks } from './policy.ts';
import type { Run } from './run.ts';

/** What the newest list of its share says of a task. */
type Checked =
  | { readonly type: 'due'; readonly task: TaskRecord }
  | NotDue
  | { readonly type: 'gone' }
  /** The share could not be listed again. Its tasks stay. */
  | { readonly type: 'unlisted' };

/** The list of one share that its DELETEs rest on. It is never older than a minute. */
export interface FreshList {
  /** Lists and judges the share again first where its list is too old. Concurrent callers share one reading. */
  readonly check: (task: TaskRecord) => Promise<Checked>;
  /** What the list says without a new request; nothing where it is too old. */
  readonly knownOf: (task: TaskRecord) => Checked | undefined;
  /** Milliseconds since the epoch. */
  readonly validUntilMs: () => number;
  /** The task may be gone from now on: it protects no other task, even while the service still lists it. */
  readonly markSent: (task: TaskRecord) => void;
  /** The task is certainly still there. The share must be listed again. */
  readonly markUnsent: (task: TaskRecord) => void;
}

// Counted from when the last page came. The service answers from a cache of up to five minutes, so the tasks themselves may be
// that much older.
const LIST_MAX_AGE_MS = 60_000;
// with a longer time limit for each request the list would expire before its DELETEs go out
const LONGEST_REQUEST_MS = LIST_MAX_AGE_MS / 2;

/**
 * @param chosen the tasks of the share that are to be deleted; nothing is kept of any other
 * @param listedAtMs when the list by which they were chosen was read
 * @param readAgain reads the share's list whole; nothing where that failed. It must not throw.
 */
export function createFreshList(
  chosen: readonly TaskRecord[],
  listedAtMs: number,
  readAgain: () => Promise<readonly TaskRecord[] | undefined>,
  { settings, config, runtime }: Pick<Run, 'settings' | 'config' | 'runtime'>,
): FreshList {
  // a request that is let out now may reach the service as late as its time limit allows
  const validForMs = LIST_MAX_AGE_MS - Math.min(config.requestTimeoutMs, LONGEST_REQUEST_MS);
  const chosenIds = new Set(chosen.map(({ rawId }) => rawId));
  const sentIds = new Set<string | undefined>();
  let evidence = evidenceOf(listedAtMs, validForMs, runtime.now);
  let rejudged: ReadonlyMap<string | undefined, Checked> | undefined;
  let reading: Promise<void> | undefined;
  let isUnlisted = false;

  async function read(): Promise<void> {
    const tasks = await readAgain();
    reading = undefined;
    if (tasks === undefined) {
      isUnlisted = true;
      return;
    }
    const readAtMs = runtime.now();
    evidence = evidenceOf(readAtMs, validForMs, runtime.now);
    // the service lists tasks for minutes after this run has deleted them
    const left = tasks.filter(({ rawId }) => !sentIds.has(rawId));
    rejudged = judgeAgain(left, chosenIds, settings, readAtMs);
  }

  function knownOf(task: TaskRecord): Checked | undefined {
    if (isUnlisted) return { type: 'unlisted' };
    if (!evidence.isValid()) return undefined;
    // by the first list every chosen task is due, and tasks only get older
    return rejudged === undefined ? { type: 'due', task } : (rejudged.get(task.rawId) ?? { type: 'gone' });
  }

  return {
    knownOf,
    check: async (task) => {
      for (;;) {
        const known = knownOf(task);
        if (known !== undefined) return known;
        reading ??= read();
        await reading;
      }
    },
    validUntilMs: () => evidence.validUntilMs,
    markSent: ({ rawId }) => {
      sentIds.add(rawId);
    },
    markUnsent: ({ rawId }) => {
      sentIds.delete(rawId);
      evidence = EXPIRED;
    },
  };
}

function judgeAgain(
  tasks: readonly TaskRecord[],
  chosenIds: ReadonlySet<string | undefined>,
  settings: Run['settings'],
  nowMs: number,
): ReadonlyMap<string | undefined, Checked> {
  const judged = judgeTasks(tasks, settings, nowMs).filter(({ task }) => chosenIds.has(task.rawId));
  return new Map(
    judged.map(({ task, verdict }) => [
      task.rawId,
      verdict.type === 'due' ? { type: 'due', task } : { type: 'not_due', task, verdict },
    ]),
  );
}
