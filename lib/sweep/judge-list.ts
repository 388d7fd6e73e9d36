import type { ShareId } from '../core/task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { Candidate } from '../tasks/deleting/choose-oldest.ts';
import type { StayVerdict } from '../tasks/deleting/verdict.ts';
import { type CountsChange, countNotDue, countRunning } from './counts.ts';
import { judgeTasks } from './policy.ts';
import { policiesOf } from './rules.ts';
import type { Run } from './run.ts';
import { stayReport, type TaskReport } from './task-report.ts';

/** A share's list, divided by the policy. */
interface JudgedList {
  readonly due: readonly Candidate[];
  readonly staying: readonly TaskReport[];
  readonly counts: CountsChange;
}

export function judgeList(
  shareId: ShareId,
  tasks: readonly TaskRecord[],
  settings: Run['settings'],
  listedAtMs: number,
): JudgedList {
  const due: Candidate[] = [];
  const staying: TaskReport[] = [];
  const stayVerdicts: StayVerdict[] = [];
  for (const { task, verdict } of judgeTasks(tasks, policiesOf(shareId, settings), listedAtMs)) {
    if (verdict.type === 'due') {
      due.push({ shareId, task, sinceMs: verdict.sinceMs, dueSinceMs: verdict.dueSinceMs, listedAtMs });
    } else {
      staying.push(stayReport(shareId, task, verdict, listedAtMs));
      stayVerdicts.push(verdict);
    }
  }
  return {
    due,
    staying,
    counts: {
      listed: tasks.length,
      due: due.length,
      ...countNotDue(stayVerdicts),
      ...countRunning(tasks),
    },
  };
}
