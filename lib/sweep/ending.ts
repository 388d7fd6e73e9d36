import { ServiceError, toServiceError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Candidate } from '../tasks/deleting/choose-oldest.ts';
import type { Ending } from '../tasks/deleting/ending.ts';
import { type CountsChange, countNotDue } from './counts.ts';
import { failureFields, logBug } from './failures.ts';
import { goneReport, stayReport, toTaskLine } from './task-report.ts';

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
