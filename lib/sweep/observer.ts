import type { ServiceError } from '../core/errors.ts';
import type { ShareId } from '../core/task.ts';
import type { Candidate } from '../tasks/deleting/choose-oldest.ts';
import type { Ending } from '../tasks/deleting/ending.ts';
import type { SweepSummary } from './summary.ts';
import type { TaskReport } from './task-report.ts';

/** For those who need more of a run than its summary. None of these functions may throw. A target is absent without `TARGETS`. */
export interface SweepObserver {
  /** Called once for each listed task. The tasks to be deleted come last, oldest first. */
  readonly onTask?: (report: TaskReport, target?: string) => void;
  /** Called for each task that was to be deleted, as soon as it is known what came of it. */
  readonly onEnding?: (candidate: Candidate, ending: Ending, target?: string) => void;
  /** @param shareId absent where the list of shares itself could not be read */
  readonly onShareFailure?: (shareId: ShareId | undefined, failure: ServiceError, target?: string) => void;
  /** Called with due tasks that stay, in parts. Those that a dry run would delete are among them. */
  readonly onStaying?: (candidates: readonly Candidate[]) => void;
  /** Called for each share that has so many running tasks that the service refuses the next measurement. */
  readonly onFullShare?: (shareId: ShareId) => void;
  /** Called for each target that this run has swept, where there are `TARGETS`. */
  readonly onTarget?: (name: string, summary: SweepSummary) => void;
  /** Called before the last log line. */
  readonly onDone?: (summary: SweepSummary) => void;
}
