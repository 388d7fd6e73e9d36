import type { Log } from '../../lib/core/log.ts';

/** One DELETE as its audit line has it. */
export interface Deletion {
  readonly shareId: string;
  readonly taskId: string;
  readonly isDeleted: boolean;
  /** `accepted`, `already_gone`, or the kind of failure. */
  readonly outcome: string;
  /** How it ended, and why where it failed. */
  readonly ending: string;
}

/** What came of a task that was to be deleted; nothing where no DELETE was sent. */
export function deletionOf(
  { shareId, taskId }: { readonly shareId: string; readonly taskId: string | undefined },
  deletions: readonly Deletion[],
): Deletion | undefined {
  return deletions.find((deletion) => deletion.shareId === shareId && deletion.taskId === taskId);
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
      onDeletion({
        shareId,
        taskId,
        isDeleted,
        outcome,
        ending: reason === undefined ? outcome : `${outcome}: ${reason}`,
      });
    },
  };
}
