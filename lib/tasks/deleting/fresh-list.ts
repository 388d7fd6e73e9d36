import type { ShareId } from '../../core/task.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import type { Deleting } from './deleting.ts';
import type { NotDue } from './ending.ts';
import { EXPIRED, evidenceOf } from './evidence.ts';
import type { JudgedTask } from './verdict.ts';

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

/** What was chosen of a share. */
interface ChosenOfShare {
  readonly shareId: ShareId;
  /** The tasks that are to be deleted; nothing is kept of any other. */
  readonly tasks: readonly TaskRecord[];
  /** When the list by which they were chosen was read. */
  readonly listedAtMs: number;
}

/**
 * @param readAgain reads the share's list whole; nothing where that failed. It must not throw.
 */
export function createFreshList(
  { shareId, tasks: chosen, listedAtMs }: ChosenOfShare,
  readAgain: () => Promise<readonly TaskRecord[] | undefined>,
  { judge, config, runtime }: Pick<Deleting, 'judge' | 'config' | 'runtime'>,
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
    rejudged = toChecked(judge.all(left, shareId, readAtMs), chosenIds);
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

function toChecked(
  judged: readonly JudgedTask[],
  chosenIds: ReadonlySet<string | undefined>,
): ReadonlyMap<string | undefined, Checked> {
  const ofChosen = judged.filter(({ task }) => chosenIds.has(task.rawId));
  return new Map(
    ofChosen.map(({ task, verdict }) => [
      task.rawId,
      verdict.type === 'due' ? { type: 'due', task } : { type: 'not_due', task, verdict },
    ]),
  );
}
