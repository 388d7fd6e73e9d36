import pMap from 'p-map';
import { ServiceError } from '../../core/errors.ts';
import { FEATURES, type ShareId, type TaskRef } from '../../core/task.ts';
import { listTasks } from '../../sfs-turbo/listing.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import { shareRefusal } from '../share-refusal.ts';
import type { Candidate } from './choose-oldest.ts';
import { deleteIfDue } from './delete-if-due.ts';
import type { Deleting } from './deleting.ts';
import { isStillDue } from './ending.ts';
import { areCredentialsRefused } from './failures.ts';
import { createFreshList, type FreshList } from './fresh-list.ts';

/** The tasks to delete: the oldest that are due, as many as the cap allows, oldest first. */
export interface Chosen {
  readonly chosen: readonly Candidate[];
  /** Then nothing is sent. */
  readonly credentialsRefused: boolean;
}

/**
 * Deletes what the listing phase chose, as far as it is still due. Must not be called in a dry run.
 *
 * @returns the tasks that are due and may still be there
 */
export async function deleteChosen(found: Chosen, deleting: Deleting): Promise<readonly Candidate[]> {
  const { limits, maxDeletes } = deleting;
  const { chosen } = found;
  let { credentialsRefused } = found;
  const lists = new Map<ShareId, FreshList>();
  const settled = new Set<Candidate>();

  async function readAgain(shareId: ShareId): Promise<readonly TaskRecord[] | undefined> {
    if (credentialsRefused) return undefined;
    try {
      return await listAgain(shareId, deleting);
    } catch (error) {
      deleting.onListFailure(error, shareId);
      credentialsRefused ||= areCredentialsRefused(error);
      return undefined;
    }
  }

  function listOf({ shareId, listedAtMs }: Candidate): FreshList {
    const known = lists.get(shareId);
    if (known !== undefined) return known;
    const tasks = chosen.filter((candidate) => candidate.shareId === shareId).map(({ task }) => task);
    const list = createFreshList({ shareId, tasks, listedAtMs }, () => readAgain(shareId), deleting);
    lists.set(shareId, list);
    return list;
  }

  async function deleteNext(candidate: Candidate, index: number): Promise<void> {
    const ref = refOf(candidate, deleting);
    if (ref === undefined || credentialsRefused || index >= maxDeletes) return;
    const ending = await deleteIfDue(candidate.task, ref, listOf(candidate), deleting);
    if ('error' in ending) credentialsRefused ||= areCredentialsRefused(ending.error);
    if (!isStillDue(ending)) settled.add(candidate);
    deleting.onEnding(candidate, ending);
  }

  // no more at once than may be sent in a second, so that no task waits long between its last check and its DELETE
  const concurrency = Math.min(limits.concurrency, limits.ratePerSecond);
  await pMap(chosen, deleteNext, { concurrency });
  return chosen.filter((candidate) => !settled.has(candidate));
}

/**
 * The task as its DELETE names it; nothing where dry run, shares or caller forbid a DELETE. No DELETE goes out without it, so that
 * these hold whatever chose the task.
 */
function refOf({ shareId, task: { taskId } }: Candidate, deleting: Deleting): TaskRef | undefined {
  const { dryRun, shares, caller, config, projectId } = deleting;
  if (dryRun || taskId === undefined) return undefined;
  if (shareRefusal(shareId, { ...caller, shares }, config.allowedShares) !== undefined) return undefined;
  if (shareRefusal(shareId, caller, config.allowedShares) !== undefined) return undefined;
  return { shareId, taskId, feature: FEATURES[0], projectId };
}

async function listAgain(shareId: ShareId, deleting: Deleting): Promise<readonly TaskRecord[]> {
  const { sfsTurbo, deletingCall, onPage } = deleting;
  const tasks = await listTasks(sfsTurbo, shareId, deletingCall, onPage);
  if (!('refusal' in tasks)) return tasks;
  throw new ServiceError('upstream_invalid', 'the share supported tasks when it was first listed, and no longer does');
}
