import type { Call, Permits } from '../core/call.ts';
import { isOutOfTime, ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { TASK_NOT_FOUND } from '../core/status.ts';
import type { TaskRef } from '../core/task.ts';
import type { SfsTurbo } from '../sfs-turbo/client.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { NotDue } from './fresh-lists.ts';
import { judgeTask, type PolicySettings } from './policy.ts';

/** What a second look at a running task found. */
export type Look =
  /** Still running, and due. */
  | { readonly type: 'runs'; readonly goodUntilMs: number; readonly holds: () => boolean }
  | NotDue
  | { readonly type: 'gone' }
  /** The task could not be shown, so it stays. */
  | { readonly type: 'unshown'; readonly error: unknown }
  /** Time ran out. */
  | { readonly type: 'cut' };

/**
 * Shows a listed task that runs, just before it is cancelled: it may have finished since it was listed, and its result be the
 * only one of its directory.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ShowFsTask.html
 */
export type LookAgain = (listed: TaskRecord, ref: TaskRef) => Promise<Look>;

interface Dependencies {
  readonly sfsTurbo: SfsTurbo;
  readonly settings: PolicySettings;
  readonly call: Call & { readonly permits: Permits };
  readonly runtime: Runtime;
}

// long enough for a turn of the rateLimiter, short beside the five minutes that the service's cache may be late
const LOOK_GOOD_FOR_MS = 5_000;

export function createLookAgain({ sfsTurbo, settings, call, runtime }: Dependencies): LookAgain {
  function judge(shown: TaskRecord): Look {
    const atMs = runtime.now();
    const verdict = judgeTask(shown, settings, atMs);
    if (verdict.type === 'skip') return { type: 'not_due', task: shown, verdict };
    if (shown.status !== 'DOING') {
      return { type: 'not_due', task: shown, verdict: { type: 'keep', reason: 'finished', sinceMs: verdict.sinceMs } };
    }
    if (verdict.type === 'keep') return { type: 'not_due', task: shown, verdict };
    return {
      type: 'runs',
      goodUntilMs: atMs + LOOK_GOOD_FOR_MS,
      holds: () => {
        const ageMs = runtime.now() - atMs;
        // below zero: the clock was set back, and the look is of any age
        return ageMs >= 0 && ageMs < LOOK_GOOD_FOR_MS;
      },
    };
  }

  return async (listed, ref) => {
    try {
      const shown = await sfsTurbo.showTask(ref, call);
      if (shown.taskId === ref.taskId && shown.path === listed.path) return judge(shown);
      return { type: 'unshown', error: new ServiceError('upstream_invalid', 'SFS Turbo showed another task') };
    } catch (error) {
      if (isOutOfTime(error)) return { type: 'cut' };
      const { code, upstream } = error instanceof ServiceError ? error : {};
      if (code === 'task_not_found' && upstream?.errCode === TASK_NOT_FOUND) return { type: 'gone' };
      const isCut = (code === 'upstream_timeout' || code === 'upstream_throttled') && !call.permits.isOpen();
      return isCut ? { type: 'cut' } : { type: 'unshown', error };
    }
  };
}
