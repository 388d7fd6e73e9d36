import { type ServiceError, toServiceError } from '../core/errors.ts';
import { toPrintable } from '../core/json.ts';
import { describeBug } from '../core/log.ts';
import type { Runtime } from '../core/runtime.ts';
import type { TaskStatus } from '../core/task.ts';
import type { DeleteOutcome } from '../sfs-turbo/delete-outcome.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { Candidate } from './deleting/choose-oldest.ts';
import type { Deleting } from './deleting/deleting.ts';
import type { Ending } from './deleting/ending.ts';
import { type PermittedCall, ranOutOfTime } from './deleting/failures.ts';
import type { Doubt, KeepReason } from './deleting/verdict.ts';
import type { Doubtful } from './many-filter.ts';

/** What became of one task, and why. */
export interface ManyTask {
  /** Made printable; only a task with the reason `odd_id` may have one that is none. */
  readonly taskId: string;
  readonly path: string | undefined;
  readonly status: TaskStatus | 'unknown';
  /** Absent where the times are in doubt. */
  readonly ageMs: number | undefined;
  /** `delete`: it was deleted, its DELETE failed, or in a dry run it would be deleted. */
  readonly verdict: 'delete' | 'keep' | 'skip';
  readonly reason: ManyReason;
  /** Present when the task is gone. */
  readonly outcome?: DeleteOutcome;
  /** Present when the DELETE, or a check before it, failed. */
  readonly errCode?: string;
}

type ManyReason =
  | 'matched'
  /** More tasks meet the filters than may be cancelled at once. */
  | 'over_cap'
  | 'out_of_time'
  /** The credentials had been refused, so nothing more was sent. */
  | 'not_tried'
  /** A check before its DELETE did not find it. */
  | 'gone'
  /** It ran when it was listed, and has ended since. */
  | 'finished'
  /** Its DELETE failed, and may have been carried out all the same. */
  | 'may_be_deleted'
  | 'not_deleted'
  /** It runs and could not be shown, so it stays. */
  | 'not_shown'
  /** The share could not be listed again, so it stays. */
  | 'not_listed'
  | KeepReason
  | Doubt;

/** What came of a cancel of many tasks. Always `matched = cancelled + alreadyGone + failed + remaining`. */
export interface CancelManyResult {
  readonly dryRun: boolean;
  /** Tasks that meet the filters, without those that a later check showed otherwise. */
  readonly matched: number;
  readonly cancelled: number;
  readonly alreadyGone: number;
  readonly failed: number;
  /** Tasks that were not tried: dry run, cap or time. */
  readonly remaining: number;
  /** Oldest first, then those in doubt; every task that a request was sent for, and at most 1,000 in all. */
  readonly tasks: readonly ManyTask[];
}

interface Found {
  readonly chosen: readonly Candidate[];
  readonly overCap: readonly Candidate[];
  readonly doubtful: readonly Doubtful[];
  readonly dryRun: boolean;
}

interface ManyReport extends Pick<Deleting, 'onEnding' | 'onListFailure'> {
  readonly result: () => CancelManyResult;
}

type Fate = Pick<ManyTask, 'verdict' | 'reason' | 'outcome' | 'errCode'>;

// an answer of the function has a limit of a few megabytes
const MOST_TASKS = 1_000;

/** Keeps what became of each task. */
export function createManyReport(
  { chosen, overCap, doubtful, dryRun }: Found,
  call: PermittedCall,
  now: Runtime['now'],
  onTask: (task: ManyTask) => void,
): ManyReport {
  const ended = new Map<Candidate, ManyTask>();
  let listFailure: unknown;

  function told(task: ManyTask): ManyTask {
    onTask(task);
    return task;
  }

  const toMany = ({ task, sinceMs }: Candidate, fate: Fate): ManyTask => toManyTask(task, now() - sinceMs, fate);
  const rest = [
    ...overCap.map((candidate) => toMany(candidate, { verdict: 'keep', reason: 'over_cap' })),
    ...doubtful.map(({ task, doubt }) => toManyTask(task, undefined, { verdict: 'skip', reason: doubt })),
  ]
    .slice(0, MOST_TASKS - chosen.length)
    .map(told);
  if (dryRun) {
    for (const candidate of chosen)
      ended.set(candidate, told(toMany(candidate, { verdict: 'delete', reason: 'matched' })));
  }

  return {
    onEnding: (candidate, ending) => {
      const fate = fateOf(ending, listFailure, call);
      logBug(ending, call);
      const many = toMany(candidate, fate);
      ended.set(candidate, told(ending.type === 'not_due' ? { ...many, status: statusOf(ending.task) } : many));
    },
    onListFailure: (error) => {
      listFailure = error;
    },
    result: () => {
      const ofChosen = chosen.map(
        (candidate) => ended.get(candidate) ?? told(toMany(candidate, { verdict: 'keep', reason: 'not_tried' })),
      );
      return { dryRun, ...countsOf(ofChosen, overCap.length, dryRun), tasks: [...ofChosen, ...rest] };
    },
  };
}

function toManyTask(task: TaskRecord, ageMs: number | undefined, fate: Fate): ManyTask {
  return {
    taskId: toPrintable(task.rawId ?? '').slice(0, 128),
    path: task.path,
    status: statusOf(task),
    ageMs,
    ...fate,
  };
}

function statusOf({ status }: TaskRecord): ManyTask['status'] {
  return status ?? 'unknown';
}

function fateOf(ending: Ending, listFailure: unknown, call: PermittedCall): Fate {
  switch (ending.type) {
    case 'deleted':
      return { verdict: 'delete', reason: 'matched', outcome: 'accepted' };
    case 'already_gone':
      return { verdict: 'delete', reason: 'matched', outcome: 'already_gone' };
    case 'gone':
      return { verdict: 'skip', reason: 'gone', outcome: 'already_gone' };
    case 'not_due':
      return ending.verdict.type === 'keep'
        ? { verdict: 'keep', reason: ending.verdict.reason }
        : { verdict: 'skip', reason: ending.verdict.doubt };
    case 'unlisted':
      if (listFailure !== undefined && !ranOutOfTime(listFailure, call)) return failed('not_listed', listFailure);
      return { verdict: 'keep', reason: listFailure === undefined ? 'not_tried' : 'out_of_time' };
    case 'unshown':
      return failed('not_shown', ending.error);
    case 'failed':
      return failed(toServiceError(ending.error).mayBeDone ? 'may_be_deleted' : 'not_deleted', ending.error);
    case 'out_of_time':
      return { verdict: 'keep', reason: 'out_of_time' };
    default:
      ending satisfies never;
      throw new TypeError('unknown ending');
  }
}

function failed(reason: ManyReason, error: unknown): Fate {
  return { verdict: 'delete', reason, errCode: toServiceError(error).errCode };
}

function logBug(ending: Ending, { log }: PermittedCall): void {
  const failure: ServiceError | undefined = 'error' in ending ? toServiceError(ending.error) : undefined;
  if (failure?.code === 'internal') log.error('bug', { bug: describeBug(failure.cause) });
}

function countsOf(ofChosen: readonly ManyTask[], overCap: number, dryRun: boolean) {
  const count = (isCounted: (task: ManyTask) => boolean): number => ofChosen.filter(isCounted).length;
  const cancelled = count(({ outcome }) => outcome === 'accepted');
  const alreadyGone = count(({ outcome }) => outcome === 'already_gone');
  const failures = count(({ errCode }) => errCode !== undefined);
  const untried = count(({ verdict, reason }) =>
    dryRun ? verdict === 'delete' : reason === 'out_of_time' || reason === 'not_tried',
  );
  const remaining = untried + overCap;
  return {
    matched: cancelled + alreadyGone + failures + remaining,
    cancelled,
    alreadyGone,
    failed: failures,
    remaining,
  };
}
