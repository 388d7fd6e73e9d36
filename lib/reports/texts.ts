import type { AgeUnit } from '../core/age.ts';
import type { ErrorCode } from '../core/status.ts';
import type { Words } from '../core/words.ts';

/** Every text of a report. A language that lacks one does not compile. */
export interface ReportTexts {
  readonly titles: Readonly<Record<ReportTitle, string>>;
  readonly looked: (listed: number, shares: number) => Words;
  readonly deleted: (deleted: number, alreadyGone: number) => Words;
  readonly failed: (tasks: number, shares: number) => Words;
  readonly waiting: (tasks: number) => Words;
  readonly wouldDelete: (tasks: number) => Words;
  readonly truncated: Words;
  readonly fullShares: (count: number, named: readonly string[]) => Words;
  readonly oldest: (path: Words, shareId: string, dueFor: Words) => Words;

  readonly failedTask: (path: Words, taskId: string, shareId: string, why: Words) => Words;
  readonly failedShare: (shareId: string, why: Words) => Words;
  /** @param target absent without `TARGETS` */
  readonly failedShares: (target: string | undefined, why: Words) => Words;
  readonly deletedTask: (path: Words, taskId: string, shareId: string, age: Words) => Words;
  readonly dueTask: (path: Words, taskId: string, shareId: string, age: Words) => Words;
  readonly moreFailed: (count: number) => Words;
  readonly moreTasks: (count: number) => Words;
  /** One target of a run over several. `failed` counts tasks and shares. */
  readonly target: (name: string, counts: TargetCounts) => Words;
  readonly moreTargets: (count: number) => Words;
  readonly fault: (fault: string) => Words;

  readonly noPath: Words;
  readonly age: (count: number, unit: AgeUnit) => Words;
  readonly whys: Readonly<Record<Why, string>>;
  readonly because: (why: string, code: string, says: string) => Words;
  /** Where it ran, and which run it was in the log. */
  readonly source: (place: string | undefined, requestId: string) => Words;
}

/** `due`: of a dry run, what a real one would delete. */
interface TargetCounts {
  readonly deleted: number;
  readonly due: number;
  readonly failed: number;
  readonly left: number;
  readonly isDry: boolean;
}

export type ReportTitle = 'notSwept' | 'failed' | 'blind' | 'changed' | 'nothing' | 'dry';

/** The kinds of failure that are told apart. */
type Why = 'silent' | 'busy' | 'credentials' | 'refused' | 'invalid' | 'setup' | 'event' | 'bug';

export const WHY_BY_CODE: Readonly<Record<ErrorCode, Why>> = {
  upstream_timeout: 'silent',
  out_of_time: 'silent',
  upstream_unavailable: 'busy',
  upstream_throttled: 'busy',
  iam_rejected: 'credentials',
  upstream_bad_request: 'refused',
  upstream_forbidden: 'refused',
  task_not_found: 'refused',
  upstream_conflict: 'refused',
  upstream_error: 'refused',
  forbidden: 'refused',
  upstream_invalid: 'invalid',
  partial: 'bug', // of an answer to a caller
  misconfigured: 'setup',
  invalid_input: 'event',
  feature_invalid: 'bug',
  unauthenticated: 'bug',
  no_route: 'bug',
  method_not_allowed: 'bug',
  body_too_large: 'bug',
  media_type: 'bug',
  internal: 'bug',
};
