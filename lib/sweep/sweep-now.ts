import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import type { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ShareId } from '../core/task.ts';
import { type Fate, fateOf } from '../tasks/fate.ts';
import { type ManyTask, MOST_TASKS, toManyTask } from '../tasks/many-task.ts';
import type { SweepObserver } from './observer.ts';
import type { SweepOverrides } from './overrides.ts';
import type { SweepSummary } from './summary.ts';
import type { Sweep } from './sweep.ts';

/** One task of a sweep. */
interface SweptTask extends ManyTask {
  /** By name; absent without `TARGETS`. */
  readonly target?: string | undefined;
  readonly shareId: ShareId;
}

/** A share that failed: from then on none of its tasks is deleted. */
interface FailedShare {
  /** By name; absent without `TARGETS`. */
  readonly target?: string | undefined;
  /** Absent where the list of shares itself could not be read. */
  readonly shareId?: ShareId | undefined;
  readonly failure: ServiceError;
}

export interface SweptNow {
  readonly summary: SweepSummary;
  /**
   * In a dry run every listed task, those to be deleted first, oldest first. In a real run what became of each task that was to
   * be deleted, in the order in which they ended.
   */
  readonly tasks: readonly SweptTask[];
  /** Whether there are more tasks than an answer may hold. */
  readonly isTruncated: boolean;
  /** At most 100; the summary counts all. */
  readonly failedShares: readonly FailedShare[];
}

/**
 * A sweep for somebody who waits for its answer. It deletes at most 1,000 tasks, so that the answer can name each.
 *
 * @throws {ServiceError} what {@link Sweep} throws
 */
export type SweepNow = (
  overrides: SweepOverrides,
  caller: Caller,
  call: Call,
  observer?: Pick<SweepObserver, 'onDone' | 'onTarget' | 'onTask'>,
) => Promise<SweptNow>;

const MOST_FAILED_SHARES = 100;

// why, the log says
const NOT_LISTED: Readonly<Fate> = { verdict: 'keep', reason: 'not_listed' };

export function createSweepNow(sweep: Sweep, { now }: Pick<Runtime, 'now'>): SweepNow {
  return async (overrides, caller, call, { onDone, onTarget, onTask } = {}) => {
    const ended: SweptTask[] = [];
    const toGo: SweptTask[] = [];
    const staying: SweptTask[] = [];
    const failedShares: FailedShare[] = [];
    let listed = 0;

    const narrowed = { ...overrides, maxDeletes: Math.min(overrides.maxDeletes ?? MOST_TASKS, MOST_TASKS) };
    const summary = await sweep(narrowed, caller, call, {
      ...(onDone && { onDone }),
      ...(onTarget && { onTarget }),
      onTask: (report, target) => {
        onTask?.(report);
        const { shareId, task, ageMs, verdict, reason } = report;
        listed += 1;
        const list = verdict === 'delete' ? toGo : staying;
        if (list.length < MOST_TASKS) list.push({ target, shareId, ...toManyTask(task, ageMs, { verdict, reason }) });
      },
      onShareFailure: (shareId, failure, target) => {
        if (failedShares.length < MOST_FAILED_SHARES) failedShares.push({ target, shareId, failure });
      },
      onEnding: ({ shareId, task, sinceMs }, ending, target) => {
        ended.push({ target, shareId, ...toManyTask(task, now() - sinceMs, fateOf(ending, NOT_LISTED)) });
      },
    });
    if (!summary.dry_run) return { summary, tasks: ended, isTruncated: false, failedShares };
    const tasks = [...toGo, ...staying].slice(0, MOST_TASKS);
    return { summary, tasks, isTruncated: listed > MOST_TASKS, failedShares };
  };
}
