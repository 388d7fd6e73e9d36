import type { Log } from '../../lib/core/log.ts';
import { counted } from './texts.ts';

/** One DELETE as its audit line has it. */
export interface Deletion {
  readonly shareId: string;
  readonly taskId: string;
  readonly isDeleted: boolean;
  /** How it ended, and why where it failed. */
  readonly ending: string;
}

/**
 * Watches the audit lines: each DELETE leaves exactly one, whatever comes of it and whichever command sent it.
 *
 * @returns the log to use
 */
export function watchDeletions(log: Log, onDeletion: (deletion: Deletion) => void): Log {
  return {
    ...log,
    ofTarget: (target) => watchDeletions(log.ofTarget(target), onDeletion),
    record: (severity, event, fields) => {
      log.record(severity, event, fields);
      if (event !== 'audit') return;
      const { share_id: shareId = '?', task_id: taskId = '?', outcome = '?', reason } = fields ?? {};
      const isDeleted = outcome === 'accepted' || outcome === 'already_gone';
      onDeletion({ shareId, taskId, isDeleted, ending: reason === undefined ? outcome : `${outcome}: ${reason}` });
    },
  };
}

/** What is to be known of a command that was stopped. */
export function whatWasDeleted(deletions: readonly Deletion[]): string {
  const deleted = deletions.filter(({ isDeleted }) => isDeleted);
  const failed = deletions.filter(({ isDeleted }) => !isDeleted);
  if (deletions.length === 0) return 'Stopped. Nothing was deleted.';
  return [
    `Stopped. ${counted(deleted.length, 'task')} had been deleted${deleted.length > 0 ? ':' : '.'}`,
    ...deleted.map(({ shareId, taskId }) => `  ${taskId} of share ${shareId}`),
    ...failed.map(({ shareId, taskId, ending }) => `  not ${taskId} of share ${shareId}: ${ending}`),
  ].join('\n');
}
