import type { Log } from '../../lib/core/log.ts';

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
    record: (severity, event, fields) => {
      log.record(severity, event, fields);
      if (event !== 'audit') return;
      const { share_id: shareId = '?', task_id: taskId = '?', outcome = '?', reason } = fields ?? {};
      const isDeleted = outcome === 'accepted' || outcome === 'already_gone';
      onDeletion({ shareId, taskId, isDeleted, ending: reason === undefined ? outcome : `${outcome}: ${reason}` });
    },
  };
}
