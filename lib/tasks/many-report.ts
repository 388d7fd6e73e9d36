import { toServiceError } from '../core/errors.ts';
import { describeBug } from '../core/log.ts';
import type { Runtime } from '../core/runtime.ts';
import type { Candidate } from './deleting/choose-oldest.ts';
import type { Deleting } from './deleting/deleting.ts';
import type { Ending } from './deleting/ending.ts';
import { type PermittedCall, ranOutOfTime } from './deleting/failures.ts';
import { type Fate, failedAs, fateOf } from './fate.ts';
import type { Doubtful } from './many-filter.ts';
import { type ManyTask, MOST_TASKS, toManyTask } from './many-task.ts';

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

/** Keeps what became of each task. */
export function createManyReport(
  { chosen, overCap, doubtful, dryRun }: Found,
  call: PermittedCall,
  now: Runtime['now'],
  onTask: (task: ManyTask) => void,
): ManyReport {
  const ended = new Map<Candidate, ManyTask>();
  let unlisted: Fate = { verdict: 'keep', reason: 'not_tried' };

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
      logBug(ending, call);
      const latest = ending.type === 'not_due' ? { ...candidate, task: ending.task } : candidate;
      ended.set(candidate, told(toMany(latest, fateOf(ending, unlisted))));
    },
    onListFailure: (error) => {
      const isOver = ranOutOfTime(error, call);
      unlisted = isOver ? { verdict: 'keep', reason: 'out_of_time' } : failedAs('not_listed', error);
    },
    result: () => {
      const ofChosen = chosen.map(
        (candidate) => ended.get(candidate) ?? told(toMany(candidate, { verdict: 'keep', reason: 'not_tried' })),
      );
      return { dryRun, ...countsOf(ofChosen, overCap.length, dryRun), tasks: [...ofChosen, ...rest] };
    },
  };
}

function logBug(ending: Ending, { log }: PermittedCall): void {
  const failure = 'error' in ending ? toServiceError(ending.error) : undefined;
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
