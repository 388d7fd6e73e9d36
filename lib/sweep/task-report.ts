import { toPrintable } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { ShareId } from '../core/task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { Candidate } from '../tasks/deleting/choose-oldest.ts';
import type { Doubt, KeepReason, StayVerdict } from '../tasks/deleting/verdict.ts';

/** What becomes of one task, and why. */
export interface TaskReport {
  readonly shareId: ShareId;
  readonly task: TaskRecord;
  /** Absent where the times are in doubt. */
  readonly ageMs: number | undefined;
  /** `delete`: the run is about to delete the task, or would if it were no dry run. */
  readonly verdict: 'delete' | 'keep' | 'skip';
  readonly reason: 'due' | 'over_cap' | 'gone' | 'finished' | KeepReason | Doubt;
}

export type ReportTask = (report: TaskReport) => void;

export function createReportTask(dryRun: boolean, log: Log, onTask: ReportTask | undefined): ReportTask {
  return (report) => {
    onTask?.(report);
    // these lines are the result of a dry run; in a real run the audit lines say the same of each DELETE
    if (dryRun) log.record('info', 'sweep.task', toTaskLine(report));
    else if (log.isDebug) log.debug('sweep.task', toTaskLine(report));
  };
}

export function stayReport(shareId: ShareId, task: TaskRecord, verdict: StayVerdict, nowMs: number): TaskReport {
  if (verdict.type === 'skip') return { shareId, task, ageMs: undefined, verdict: 'skip', reason: verdict.doubt };
  const { reason, sinceMs } = verdict;
  return { shareId, task, ageMs: sinceMs === undefined ? undefined : nowMs - sinceMs, verdict: 'keep', reason };
}

export function deleteReport({ shareId, task, sinceMs }: Candidate, nowMs: number): TaskReport {
  return { shareId, task, ageMs: nowMs - sinceMs, verdict: 'delete', reason: 'due' };
}

export function overCapReport({ shareId, task, sinceMs }: Candidate, nowMs: number): TaskReport {
  return { shareId, task, ageMs: nowMs - sinceMs, verdict: 'keep', reason: 'over_cap' };
}

export function goneReport({ shareId, task }: Candidate): TaskReport {
  return { shareId, task, ageMs: undefined, verdict: 'skip', reason: 'gone' };
}

export function toTaskLine({ shareId, task, ageMs, verdict, reason }: TaskReport) {
  return {
    share_id: shareId,
    task_id: toPrintable(task.rawId ?? '').slice(0, 64),
    path: toPrintable(task.path ?? ''),
    age_s: ageMs === undefined ? undefined : Math.floor(ageMs / 1_000),
    task_status: task.status ?? 'unknown',
    verdict,
    reason,
  };
}
