import { toServiceError } from '../core/errors.ts';
import type { DeleteOutcome } from '../sfs-turbo/delete-outcome.ts';
import type { Ending } from './deleting/ending.ts';
import type { Doubt, KeepReason } from './deleting/verdict.ts';

/** What became of one task, and why, in the words of an answer. */
export interface Fate {
  /** `delete`: it was deleted, its DELETE failed, or in a dry run it would be deleted. */
  readonly verdict: 'delete' | 'keep' | 'skip';
  readonly reason: FateReason;
  /** Present when the task is gone. */
  readonly outcome?: DeleteOutcome;
  /** Present when the DELETE, or a check before it, failed. */
  readonly errCode?: string;
}

type FateReason =
  /** It was due, and nothing kept it from its DELETE. */
  | 'matched'
  /** The same in a sweep. */
  | 'due'
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

/** @param unlisted the fate of a task whose share could not be listed again */
export function fateOf(ending: Ending, unlisted: Fate): Fate {
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
      return unlisted;
    case 'unshown':
      return failedAs('not_shown', ending.error);
    case 'failed':
      return failedAs(toServiceError(ending.error).mayBeDone ? 'may_be_deleted' : 'not_deleted', ending.error);
    case 'out_of_time':
      return { verdict: 'keep', reason: 'out_of_time' };
    default:
      ending satisfies never;
      throw new TypeError('unknown ending');
  }
}

export function failedAs(reason: FateReason, error: unknown): Fate {
  return { verdict: 'delete', reason, errCode: toServiceError(error).errCode };
}
