import { ServiceError, toServiceError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { Candidate } from './choose-oldest.ts';
import { type CountsChange, countNotDue } from './counts.ts';
import { failureFields, logBug } from './failures.ts';
import { goneReport, type StayVerdict, stayReport, toTaskLine } from './task-report.ts';

/** A task that was due when its share was first listed, and is not due by a later check. */
export interface NotDue {
  readonly type: 'not_due';
  readonly task: TaskRecord;
  readonly verdict: StayVerdict;
}

/** What came of a task that was to be deleted. */
export type Ending =
  | { readonly type: 'deleted' }
  /** Its DELETE did not find it. */
  | { readonly type: 'already_gone' }
  /** A check before its DELETE did not find it. */
  | { readonly type: 'gone' }
  | NotDue
  /** Its share could not be listed again, so it stays. */
  | { readonly type: 'unlisted' }
  /** The task was running and could not be shown, so it stays. */
  | { readonly type: 'unshown'; readonly error: unknown }
  | { readonly type: 'failed'; readonly error: unknown }
  /** Nothing was carried out. */
  | { readonly type: 'out_of_time' };

export function countEnding(ending: Ending): CountsChange {
  switch (ending.type) {
    case 'deleted':
      return { deleted: 1 };
    case 'already_gone':
    case 'gone':
      return { already_gone: 1 };
    case 'not_due':
      return { due: -1, ...countNotDue([ending.verdict]) };
    case 'unshown':
    case 'failed':
      return { failed: 1 };
    case 'out_of_time':
      return { truncated: true };
    case 'unlisted':
      // the share itself was counted as failed
      return {};
    default:
      ending satisfies never;
      throw new TypeError('unknown ending');
  }
}

/** Whether the task is due and may still be there. */
export function isStillDue({ type }: Ending): boolean {
  return type === 'unlisted' || type === 'unshown' || type === 'failed' || type === 'out_of_time';
}

/** Writes what no audit line says: what kept a task from its DELETE, and bugs. */
export function logEnding(candidate: Candidate, ending: Ending, log: Log, nowMs: number): void {
  const { shareId, task } = candidate;
  if (ending.type === 'gone') log.info('sweep.task', toTaskLine(goneReport(candidate)));
  if (ending.type === 'not_due') {
    log.info('sweep.task', toTaskLine(stayReport(shareId, ending.task, ending.verdict, nowMs)));
  }
  if (ending.type === 'unshown') {
    const failure = failureFields(toServiceError(ending.error));
    log.error('sweep.task', { share_id: shareId, task_id: task.taskId, ...failure });
  }
  if ('error' in ending && !(ending.error instanceof ServiceError)) logBug(ending.error, log);
}
