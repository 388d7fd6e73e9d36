import type { ShareName } from '../targets/share-place.ts';
import type { DueTask, FailedTask, NamedTask, ShownTask } from './task-view.ts';

/** Asks whether to cancel the running tasks of a share; `token` is the signed confirmation. */
export interface CancelManyQuestionView {
  readonly type: 'many_question';
  readonly share: ShareName;
  /** The tasks that the button cancels, oldest first. */
  readonly tasks: readonly ShownTask[];
  /** How many more are running, which the button leaves. */
  readonly others: number;
  /** How many more are running whose id or times cannot be read, which nobody can cancel here. */
  readonly doubtful: number;
  /** As many tasks are running as SFS Turbo runs at once. */
  readonly isFull: boolean;
  readonly token: string;
}

/** What became of each task that the question named. */
export interface CancelledManyView {
  readonly type: 'many_done';
  readonly share: ShareName;
  readonly cancelled: readonly NamedTask[];
  /** Ids of tasks that their DELETE or a check before it did not find. */
  readonly gone: readonly string[];
  readonly failed: readonly FailedTask[];
  /** Ids of tasks that were not running any more, or not there, so that nothing was sent for them. */
  readonly ended: readonly string[];
  /** Time ran out before it was their turn. */
  readonly unreached: readonly NamedTask[];
}

/** What the sweep would delete: a dry run. */
export interface PreviewView {
  readonly type: 'preview';
  /** The one share that was looked at; absent where all that are swept were. */
  readonly scope: ShareName | undefined;
  /** The first of the due tasks, as many as a message holds. */
  readonly due: readonly DueTask[];
  readonly dueCount: number;
  /** Due tasks beyond the cap of one run. */
  readonly waitingCount: number;
  readonly shareCount: number;
  readonly failedShareCount: number;
  /** Time ran out before every share was looked at. */
  readonly truncated: boolean;
  /** Shares in which as many tasks are running as SFS Turbo runs at once. */
  readonly fullShares: readonly ShareName[];
  /** Targets that are left out, since their sweep is dry and that of others is not. */
  readonly dryTargets: readonly string[];
  readonly offer: SweepOffer;
}

export type SweepOffer =
  /** Only the preview was asked for, or nothing is due. */
  | { readonly type: 'none' }
  /** The button runs the sweep; `token` is the signed confirmation. */
  | { readonly type: 'run'; readonly token: string }
  /** The configuration keeps every sweep dry. */
  | { readonly type: 'dry' }
  /** Nothing can be confirmed in this chat. */
  | { readonly type: 'no_secret' };

/** What a sweep did. */
export interface SweptView {
  readonly type: 'swept';
  readonly scope: ShareName | undefined;
  readonly deleted: readonly NamedTask[];
  readonly gone: readonly string[];
  readonly failed: readonly FailedTask[];
  /** Due tasks that it did not try to delete. */
  readonly remaining: number;
  /** Time ran out. */
  readonly truncated: boolean;
  readonly failedShareCount: number;
}
