import type { Call, Permits } from '../core/call.ts';
import { isOutOfTime, ServiceError } from '../core/errors.ts';
import type { TaskRef } from '../core/task.ts';
import type { CancelTask } from '../tasks/cancel.ts';
import type { FreshLists, Standing } from './fresh-lists.ts';
import type { Look, LookAgain } from './look-again.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Candidate } from './selection.ts';

/** How the way of one candidate to its DELETE ended. */
export type Ending =
  | Exclude<Standing | Look, { type: 'due' | 'runs' }>
  | { readonly type: 'deleted' }
  | { readonly type: 'already_gone' }
  | { readonly type: 'failed'; readonly error: unknown }
  /** Time ran out, and nothing was carried out. */
  | { readonly type: 'cut' };

/** What a DELETE rests on. */
interface Ground {
  readonly goodUntilMs: number;
  readonly holds: () => boolean;
}

/**
 * Deletes one task if it is still due when the rate limiter lets its DELETE go. A further attempt, which may have waited for
 * minutes, is checked in the same way. What is too old by then is read again, and the task is judged again.
 */
export type DeleteDue = (candidate: Candidate, ref: TaskRef) => Promise<Ending>;

interface Dependencies {
  readonly lists: FreshLists;
  readonly lookAgain: LookAgain;
  readonly cancelTask: CancelTask;
  readonly rateLimiter: RateLimiter;
  readonly call: Call;
  /** From then on nothing goes out. */
  readonly closesAtMs: number;
  /** DELETEs that SFS Turbo may refuse with "too many requests" before the task counts as failed. */
  readonly maxAttempts: number;
}

/** Name of this function in audit lines. */
const CALLER = 'sweep';

export function createDeleteDue({
  lists,
  lookAgain,
  cancelTask,
  rateLimiter,
  call,
  closesAtMs,
  maxAttempts,
}: Dependencies): DeleteDue {
  const closing = rateLimiter.until(closesAtMs);

  async function findGround(candidate: Candidate, ref: TaskRef): Promise<Ground | Ending> {
    const standing = await lists.standingOf(candidate);
    if (standing.type !== 'due') return standing;
    const { status } = standing.task;
    const isAsListed = (): boolean => {
      const known = lists.knownOf(candidate);
      return known?.type === 'due' && known.task.status === status;
    };
    const listGoodUntilMs = lists.goodUntilMs(candidate.shareId);
    if (status !== 'DOING') return { goodUntilMs: listGoodUntilMs, holds: isAsListed };
    const look = await lookAgain(standing.task, ref);
    if (look.type !== 'runs') return look;
    return {
      goodUntilMs: Math.min(listGoodUntilMs, look.goodUntilMs),
      holds: () => isAsListed() && look.holds(),
    };
  }

  /** Checks the age of list and look again when the rate limiter lets the DELETE go: the wait may have been long. */
  async function send(candidate: Candidate, ref: TaskRef, ground: Ground): Promise<Ending | Unsent> {
    const untilMs = Math.min(closesAtMs, ground.goodUntilMs);
    const gate = createGate(rateLimiter.until(untilMs), ground.holds);
    lists.give(candidate);
    try {
      const { outcome } = await cancelTask(ref, CALLER, { ...call, permits: gate }, { wasListed: true });
      return { type: outcome === 'accepted' ? 'deleted' : 'already_gone' };
    } catch (error) {
      const isThrottled = error instanceof ServiceError && error.code === 'upstream_throttled';
      const isUndone = isOutOfTime(error) || (error instanceof ServiceError && !error.mayBeDone);
      const isTooOld = gate.shutBy() === 'age' || (gate.shutBy() === 'permits' && untilMs < closesAtMs);
      if (isUndone && isTooOld) {
        lists.takeBack(candidate);
        return { type: 'unsent', error };
      }
      const isCut = isOutOfTime(error) || (isThrottled && isUndone && !closing.isOpen());
      return isCut ? { type: 'cut' } : { type: 'failed', error };
    }
  }

  return async (candidate, ref) => {
    for (let refusals = 0; ; ) {
      const ground = await findGround(candidate, ref);
      if ('type' in ground) return ground;
      const ending = await send(candidate, ref, ground);
      if (ending.type !== 'unsent') return ending;
      // each turn lists the share again, so this one ends with the run's time; an answer is counted all the same
      if (!isOutOfTime(ending.error)) refusals += 1;
      if (refusals >= maxAttempts) return { type: 'failed', error: ending.error };
    }
  };
}

/** Nothing was carried out, and what the DELETE was to rest on is too old. */
interface Unsent {
  readonly type: 'unsent';
  readonly error: unknown;
}

interface Gate extends Permits {
  /** Why the last request did not go out: no permit in time, or what it rests on. Nothing when it did. */
  readonly shutBy: () => 'permits' | 'age' | undefined;
}

/** Permits that are given back at once where `mayGo` says no. */
function createGate(permits: Permits, mayGo: () => boolean): Gate {
  let shutBy: 'permits' | 'age' | undefined;

  async function acquire(): Promise<() => void> {
    shutBy = 'permits';
    const release = await permits.acquire();
    shutBy = mayGo() ? undefined : 'age';
    if (shutBy === undefined) return release;
    release();
    throw new ServiceError('out_of_time', 'what the request rests on is too old');
  }

  return { acquire, pause: permits.pause, isOpen: permits.isOpen, shutBy: () => shutBy };
}
