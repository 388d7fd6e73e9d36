import pMap from 'p-map';
import { ServiceError } from '../core/errors.ts';
import { FEATURES, isAllowed, type ShareId, type TaskRef } from '../core/task.ts';
import { listTasks } from '../sfs-turbo/listing.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { Candidate } from './choose-oldest.ts';
import { deleteIfDue } from './delete-if-due.ts';
import { countEnding, isStillDue, logEnding } from './ending.ts';
import { areCredentialsRefused, logShareFailure } from './failures.ts';
import { createFreshList, type FreshList } from './fresh-list.ts';
import type { Judged } from './judge-shares.ts';
import type { Run } from './run.ts';

/**
 * Deletes what the listing phase chose, as far as it is still due. Must not be called in a dry run.
 *
 * @returns the tasks that are due and may still be there
 */
export async function deleteChosen(judged: Judged, run: Run): Promise<readonly Candidate[]> {
  const { settings, log, runtime, progress } = run;
  const { chosen } = judged;
  let { credentialsRefused } = judged;
  const lists = new Map<ShareId, FreshList>();
  const settled = new Set<Candidate>();

  async function readAgain(shareId: ShareId): Promise<readonly TaskRecord[] | undefined> {
    if (credentialsRefused) return undefined;
    try {
      return await listAgain(shareId, run);
    } catch (error) {
      progress.add(logShareFailure(error, shareId, run.deletingCall));
      credentialsRefused ||= areCredentialsRefused(error);
      return undefined;
    }
  }

  function listOf({ shareId, listedAtMs }: Candidate): FreshList {
    const known = lists.get(shareId);
    if (known !== undefined) return known;
    const tasks = chosen.filter((candidate) => candidate.shareId === shareId).map(({ task }) => task);
    const list = createFreshList(tasks, listedAtMs, () => readAgain(shareId), run);
    lists.set(shareId, list);
    return list;
  }

  async function deleteNext(candidate: Candidate, index: number): Promise<void> {
    const ref = refOf(candidate, run);
    if (ref === undefined || credentialsRefused || index >= settings.maxDeletes) return;
    const ending = await deleteIfDue(candidate.task, ref, listOf(candidate), run);
    if ('error' in ending) credentialsRefused ||= areCredentialsRefused(ending.error);
    if (!isStillDue(ending)) settled.add(candidate);
    logEnding(candidate, ending, log, runtime.now());
    progress.add(countEnding(ending));
    progress.log();
  }

  // no more at once than may be sent in a second, so that no task waits long between its last check and its DELETE
  const concurrency = Math.min(settings.concurrency, settings.ratePerSecond);
  await pMap(chosen, deleteNext, { concurrency });
  return chosen.filter((candidate) => !settled.has(candidate));
}

/** Every DELETE needs one, so what forbids a DELETE is checked here once more, whoever chose the task. */
function refOf({ shareId, task: { taskId } }: Candidate, { settings, config }: Run): TaskRef | undefined {
  if (settings.dryRun || taskId === undefined) return undefined;
  if (!isAllowed(shareId, settings.shares) || !isAllowed(shareId, config.allowedShares)) return undefined;
  return { shareId, taskId, feature: FEATURES[0] };
}

async function listAgain(shareId: ShareId, { sfsTurbo, deletingCall, progress }: Run): Promise<readonly TaskRecord[]> {
  const tasks = await listTasks(sfsTurbo, shareId, deletingCall, progress.log);
  if (!('refusal' in tasks)) return tasks;
  throw new ServiceError('upstream_invalid', 'the share supported tasks when it was first listed, and no longer does');
}
