import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import { isOutOfTime, ServiceError } from '../core/errors.ts';
import { MAX_RUNNING_TASKS, type ProjectId, type ShareId } from '../core/task.ts';
import { namingShare } from '../sfs-turbo/failures.ts';
import { listTasks } from '../sfs-turbo/listing.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import { chooseOldest } from './deleting/choose-oldest.ts';
import { deleteChosen } from './deleting/delete-chosen.ts';
import { type DeletingApp, type Pace, startPace } from './deleting/deleting.ts';
import type { RateLimits } from './deleting/rate-window.ts';
import { createFilter, divideList, type Filters } from './many-filter.ts';
import { type CancelManyResult, createManyReport } from './many-report.ts';
import type { ManyTask } from './many-task.ts';
import { shareRefusal } from './share-refusal.ts';

/** How many tasks one cancel may delete, and how many where nobody says: as many as a share runs at most. */
export const HIGHEST_MAX = 100;
export const DEFAULT_MAX = MAX_RUNNING_TASKS;

/** Which tasks of a share to cancel, and how many. */
export interface CancelManyQuery extends Filters {
  readonly shareId: ShareId;
  readonly projectId?: ProjectId | undefined;
  /** The target, by its name. */
  readonly target?: string | undefined;
  /** From 1 to {@link HIGHEST_MAX}. */
  readonly max: number;
  /** Nothing is deleted. */
  readonly dryRun: boolean;
}

interface ManyObserver {
  /** Called once for each task of the result, as soon as it is known what became of it. It must not throw. */
  readonly onTask?: (task: ManyTask) => void;
}

/**
 * Cancels the oldest tasks of a share that meet the filters. The list is read whole before the first DELETE, and a task goes
 * only while it meets them; what is in doubt of it keeps it. It ends within the time of the call.
 *
 * Failures of single DELETEs are in the result, not thrown.
 *
 * @throws {ServiceError} before anything is deleted: `forbidden` for a share or project that the caller may not use; by the
 *   table in `status.ts` when the list could not be read whole
 */
export type CancelMany = (
  query: CancelManyQuery,
  caller: Caller,
  call: Call,
  observer?: ManyObserver,
) => Promise<CancelManyResult>;

// the defaults of SWEEP_CONCURRENCY and SWEEP_RATE
const LIMITS = { concurrency: 4, ratePerSecond: 10 } as const;

/** @param limits of one call; the chat has higher ones, because it must answer within seconds */
export function createCancelMany(app: DeletingApp, limits: RateLimits = LIMITS): CancelMany {
  const { config, runtime } = app;
  return async (query, caller, call, { onTask = () => {} } = {}) => {
    const { shareId, projectId, dryRun, max } = query;
    const refusal = shareRefusal(shareId, caller, config.allowedShares);
    if (refusal !== undefined) throw refusal;

    const pace = startPace(limits, dryRun, call, app);
    const listed = await listWhole(query, pace, app);
    const judge = createFilter(query);
    const { due, doubtful } = divideList(listed, query, judge, runtime.now());
    const { chosen, overCap } = chooseOldest(due, max);
    const report = createManyReport({ chosen, overCap, doubtful, dryRun }, pace.deletingCall, runtime.now, onTask);
    if (!dryRun) {
      const run = { caller, shares: new Set([shareId]), projectId, maxDeletes: max, dryRun, judge, ...report };
      await deleteChosen({ chosen, credentialsRefused: false }, { ...app, ...pace, ...run, onPage: () => {} });
    }
    return report.result();
  };
}

/** @throws {ServiceError} when the list is not whole, or the project is another one */
async function listWhole(
  { shareId, projectId }: CancelManyQuery,
  { listingCall }: Pace,
  { sfsTurbo }: DeletingApp,
): Promise<readonly TaskRecord[]> {
  try {
    await sfsTurbo.checkProject(projectId, listingCall);
    const tasks = await listTasks(sfsTurbo, shareId, listingCall, () => {});
    if (!('refusal' in tasks)) return tasks;
    throw tasks.refusal;
  } catch (error) {
    if (isOutOfTime(error)) throw new ServiceError('upstream_timeout', 'the list could not be read in time');
    throw error instanceof ServiceError ? namingShare(error, shareId) : error;
  }
}
