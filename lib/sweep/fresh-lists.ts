import type { Runtime } from '../core/runtime.ts';
import type { ShareId } from '../core/task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import { judgeShare, type PolicySettings, type Verdict } from './policy.ts';
import type { Candidate } from './selection.ts';

/** What the newest list of its share says of a candidate. */
export type Standing =
  | { readonly type: 'due'; readonly task: TaskRecord }
  | NotDue
  | { readonly type: 'gone' }
  /** The share could not be listed again. Its candidates stay. */
  | { readonly type: 'unread' };

/** A task that was due by the first list of its share, and is not by a later look. */
export interface NotDue {
  readonly type: 'not_due';
  readonly task: TaskRecord;
  readonly verdict: NotDueVerdict;
}

/** `finished`: the task ran when it was listed, and its result may be wanted. */
export type NotDueVerdict =
  | Exclude<Verdict, { type: 'due' }>
  | { readonly type: 'keep'; readonly reason: 'finished'; readonly sinceMs: number };

/** The lists that DELETEs rest on: none of them is older than a minute. */
export interface FreshLists {
  /** Lists and judges the share again where its list is too old, once for all who ask meanwhile. */
  readonly standingOf: (candidate: Candidate) => Promise<Standing>;
  /** What is known without a request; nothing where the list is too old. */
  readonly knownOf: (candidate: Candidate) => Standing | undefined;
  /** Milliseconds since the epoch; until then the share's list is good enough. */
  readonly goodUntilMs: (shareId: ShareId) => number;
  /** The task may be gone from now on: it protects no other task, even where the service still lists it. */
  readonly give: (candidate: Candidate) => void;
  /** Takes {@link give} back: the task is certainly still there. The share must be listed again. */
  readonly takeBack: (candidate: Candidate) => void;
}

interface Dependencies {
  /** When each share's list was read. */
  readonly readAtMs: ReadonlyMap<ShareId, number>;
  /** Reads a share's list whole; nothing where that failed. It must not throw. */
  readonly read: (shareId: ShareId) => Promise<readonly TaskRecord[] | undefined>;
  readonly settings: PolicySettings;
  /** How long a request that may go out can take to leave. */
  readonly requestTimeoutMs: number;
  readonly runtime: Runtime;
}

interface Share {
  /** Absent: the list must be read again. */
  readAtMs: number | undefined;
  /** What a second list says of its candidates; absent while the first one counts, by which they were chosen. */
  judged: ReadonlyMap<string, Standing> | undefined;
  reading: Promise<void> | undefined;
  isUnread: boolean;
}

// A list counts from when its last page came. The service answers from a cache of up to five minutes, which is the larger part
// of how old the list may truly be.
const LIST_MAX_AGE_MS = 60_000;
// with a longer limit than half a minute for each request, a run would do nothing but list
const LONGEST_WAY_OUT_MS = LIST_MAX_AGE_MS / 2;

export function createFreshLists(
  candidates: readonly Candidate[],
  { readAtMs, read, settings, requestTimeoutMs, runtime }: Dependencies,
): FreshLists {
  const goodForMs = LIST_MAX_AGE_MS - Math.min(requestTimeoutMs, LONGEST_WAY_OUT_MS);
  const chosen = new Set(candidates.map(keyOf));
  const given = new Set<string>();
  const shares = new Map<ShareId, Share>();

  function shareOf(shareId: ShareId): Share {
    const share = shares.get(shareId) ?? {
      readAtMs: readAtMs.get(shareId),
      judged: undefined,
      reading: undefined,
      isUnread: false,
    };
    shares.set(shareId, share);
    return share;
  }

  /** Judges what the service lists, without the tasks that this run has deleted: it lists them for minutes more. */
  function judge(shareId: ShareId, tasks: readonly TaskRecord[], nowMs: number): ReadonlyMap<string, Standing> {
    const left = tasks.filter((task) => !given.has(keyOf({ shareId, task })));
    const verdicts = judgeShare(left, settings, nowMs);
    const judged = new Map<string, Standing>();
    for (const [index, task] of left.entries()) {
      const key = keyOf({ shareId, task });
      const verdict = verdicts[index];
      if (verdict === undefined || !chosen.has(key)) continue;
      judged.set(key, verdict.type === 'due' ? { type: 'due', task } : { type: 'not_due', task, verdict });
    }
    return judged;
  }

  async function readAgain(shareId: ShareId, share: Share): Promise<void> {
    const tasks = await read(shareId);
    share.reading = undefined;
    if (tasks === undefined) {
      share.isUnread = true;
      return;
    }
    share.readAtMs = runtime.now();
    share.judged = judge(shareId, tasks, share.readAtMs);
  }

  function knownOf(candidate: Candidate): Standing | undefined {
    const { shareId, task } = candidate;
    const share = shareOf(shareId);
    if (share.isUnread) return { type: 'unread' };
    const ageMs = runtime.now() - (share.readAtMs ?? Number.NEGATIVE_INFINITY);
    // below zero: the clock was set back, and the list is of any age
    if (ageMs < 0 || ageMs >= goodForMs) return undefined;
    // by a clock that has not been set back since, what was due still is
    return share.judged === undefined
      ? { type: 'due', task }
      : (share.judged.get(keyOf(candidate)) ?? { type: 'gone' });
  }

  return {
    knownOf,
    standingOf: async (candidate) => {
      const share = shareOf(candidate.shareId);
      for (;;) {
        const standing = knownOf(candidate);
        if (standing !== undefined) return standing;
        share.reading ??= readAgain(candidate.shareId, share);
        await share.reading;
      }
    },
    goodUntilMs: (shareId) => (shareOf(shareId).readAtMs ?? Number.NEGATIVE_INFINITY) + goodForMs,
    give: (candidate) => {
      given.add(keyOf(candidate));
    },
    takeBack: (candidate) => {
      given.delete(keyOf(candidate));
      shareOf(candidate.shareId).readAtMs = undefined;
    },
  };
}

/** Of two shares each may have a task of the same id. */
function keyOf({ shareId, task }: Pick<Candidate, 'shareId' | 'task'>): string {
  return `${shareId}/${task.rawId}`;
}
