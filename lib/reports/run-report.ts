import type { ServiceError } from '../core/errors.ts';
import type { ShareId, TaskStatus } from '../core/task.ts';
import type { SweepSummary } from '../sweep/summary.ts';

/** What a report tells of one task. */
export interface NotedTask {
  readonly shareId: ShareId;
  readonly taskId: string;
  /** Blank where the service told none. */
  readonly path: string;
  readonly status: TaskStatus | undefined;
  readonly ageMs: number;
  readonly dueForMs: number;
}

/** A task, a share or the list of shares that failed, and why. */
export interface NotedFailure {
  readonly task?: NotedTask;
  /** Of a share that failed, or of a list of shares; absent without `TARGETS`. */
  readonly target?: string | undefined;
  /** Absent where the list of shares failed. */
  readonly shareId?: ShareId | undefined;
  readonly error: ServiceError;
}

/** The first of everything that a report names; how many there were is in the summary. */
export interface Findings {
  readonly deleted: readonly NotedTask[];
  readonly failures: readonly NotedFailure[];
  /** Due tasks that are still there, longest due first. */
  readonly waiting: readonly NotedTask[];
  readonly fullShares: readonly ShareId[];
  /** Those that were swept, in the order in which they ended; none without `TARGETS`. */
  readonly targets: readonly NotedTarget[];
}

/** What came of one target. */
export interface NotedTarget {
  readonly name: string;
  readonly summary: SweepSummary;
}

/** A run as it is reported. */
export type RunReport = {
  readonly requestId: string;
  /** Region and project, or the targets that were swept. Absent where the configuration could not be read, or none was swept. */
  readonly place: string | undefined;
} & (
  | { readonly type: 'swept'; readonly summary: SweepSummary; readonly findings: Findings }
  | { readonly type: 'not_swept'; readonly error: ServiceError }
);
