import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { NotDue } from './ending.ts';
import { judgeShare } from './policy.ts';
import type { Run } from './run.ts';

/** What the newest list of its share says of a task. */
export type Checked =
  | { readonly type: 'due'; readonly task: TaskRecord }
  | NotDue
  | { readonly type: 'gone' }
  /** The share could not be listed again. Its tasks stay. */
  | { readonly type: 'unlisted' };

/** The list of one share that its DELETEs rest on. It is never older than a minute. */
export interface FreshList {
  /** Lists and judges the share again where its list is too old, once for all who ask meanwhile. */
  readonly check: (task: TaskRecord) => Promise<Checked>;
  /** What is known without a request; nothing where the list is too old. */
  readonly knownOf: (task: TaskRecord) => Checked | undefined;
  /** Milliseconds since the epoch. */
  readonly validUntilMs: () => number;
  /** The task may be gone from now on: it protects no other task, even while the service still lists it. */
  readonly markSent: (task: TaskRecord) => void;
  /** The task is certainly still there. The share must be listed again. */
  readonly markUnsent: (task: TaskRecord) => void;
}

// A list counts from when its last page came. The service answers from a cache of up to five minutes, so the tasks may have
// been as listed long before.
const LIST_MAX_AGE_MS = 60_000;
// with a longer limit than half a minute for each request, a run would do nothing but list
const LONGEST_REQUEST_MS = LIST_MAX_AGE_MS / 2;

/**
 * @param chosen the tasks of the share that are to be deleted; nothing is kept of any other
 * @param firstReadAtMs when the list was read by which they were chosen
 * @param readAgain reads the share's list whole; nothing where that failed. It must not throw.
 */
export function createFreshList(
  chosen: readonly TaskRecord[],
  firstReadAtMs: number | undefined,
  readAgain: () => Promise<readonly TaskRecord[] | undefined>,
  { settings, config, runtime }: Pick<Run, 'settings' | 'config' | 'runtime'>,
): FreshList {
  // a request that may go out can take its whole time limit to leave
  const validForMs = LIST_MAX_AGE_MS - Math.min(config.requestTimeoutMs, LONGEST_REQUEST_MS);
  const chosenIds = new Set(chosen.map(({ rawId }) => rawId));
  const sentIds = new Set<string | undefined>();
  let readAtMs = firstReadAtMs ?? Number.NEGATIVE_INFINITY;
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
    readAtMs = runtime.now();
    // the service lists tasks for minutes after this run has deleted them
    const left = tasks.filter(({ rawId }) => !sentIds.has(rawId));
    rejudged = judgeAgain(left, chosenIds, settings, readAtMs);
  }

  function knownOf(task: TaskRecord): Checked | undefined {
    if (isUnlisted) return { type: 'unlisted' };
    const ageMs = runtime.now() - readAtMs;
    // below zero: the clock was set back, and the list is of unknown age
    if (ageMs < 0 || ageMs >= validForMs) return undefined;
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
    validUntilMs: () => readAtMs + validForMs,
    markSent: ({ rawId }) => {
      sentIds.add(rawId);
    },
    markUnsent: ({ rawId }) => {
      sentIds.delete(rawId);
      readAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}

function judgeAgain(
  tasks: readonly TaskRecord[],
  chosenIds: ReadonlySet<string | undefined>,
  settings: Run['settings'],
  nowMs: number,
): ReadonlyMap<string | undefined, Checked> {
  const verdicts = judgeShare(tasks, settings, nowMs);
  const checked = new Map<string | undefined, Checked>();
  for (const [index, task] of tasks.entries()) {
    const verdict = verdicts[index];
    if (verdict === undefined || !chosenIds.has(task.rawId)) continue;
    checked.set(task.rawId, verdict.type === 'due' ? { type: 'due', task } : { type: 'not_due', task, verdict });
  }
  return checked;
}
