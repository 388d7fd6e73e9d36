import { isOutOfTime, ServiceError } from '../../core/errors.ts';
import type { TaskRef } from '../../core/task.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import { createCheckedPermits } from './checked-permits.ts';
import type { Deleting } from './deleting.ts';
import type { Ending } from './ending.ts';
import type { Evidence } from './evidence.ts';
import type { FreshList } from './fresh-list.ts';
import { lookAgain } from './look-again.ts';

/** Nothing was carried out, and the evidence is too old by now. */
interface Unsent {
  readonly type: 'unsent';
  readonly error: unknown;
}

/** Why a task may be deleted, and the task as it was last listed. */
interface Found {
  readonly type: 'found';
  readonly task: TaskRecord;
  /** The moment that its age is counted from, in milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly evidence: Evidence;
}

/**
 * Deletes one task if it is due when its DELETE goes out. Every attempt waits for a permit, and that may take minutes: when the
 * evidence is too old by then, the task is checked again.
 */
export async function deleteIfDue(
  task: TaskRecord,
  ref: TaskRef,
  list: FreshList,
  deleting: Deleting,
): Promise<Ending> {
  for (let refusals = 0; ; ) {
    const found = await findEvidence(task, ref, list, deleting);
    if (found.type !== 'found') return found;
    const ending = await sendDelete(found, ref, list, deleting);
    if (ending.type !== 'unsent') return ending;
    // Only answers count. Without one the task is checked again, which takes requests, so the end of the run's time ends the loop.
    if (!isOutOfTime(ending.error)) refusals += 1;
    if (refusals >= deleting.config.maxAttempts) return { type: 'failed', error: ending.error };
  }
}

async function findEvidence(
  chosen: TaskRecord,
  ref: TaskRef,
  list: FreshList,
  deleting: Deleting,
): Promise<Found | Ending> {
  const checked = await list.check(chosen);
  if (checked.type !== 'due') return checked;
  const { task } = checked;
  // once more by itself, whoever chose it
  const verdict = deleting.judge.one(task, ref.shareId, deleting.runtime.now());
  if (verdict.type !== 'due') return { type: 'not_due', task, verdict };
  const isListedTheSame = (): boolean => {
    const known = list.knownOf(chosen);
    return known?.type === 'due' && known.task.status === task.status;
  };
  const listed: Evidence = { validUntilMs: list.validUntilMs(), isValid: isListedTheSame };
  if (task.status !== 'DOING') return { type: 'found', task, sinceMs: verdict.sinceMs, evidence: listed };
  const shown = await lookAgain(task, ref, deleting);
  if ('type' in shown) return shown;
  const evidence = {
    validUntilMs: Math.min(listed.validUntilMs, shown.validUntilMs),
    isValid: () => listed.isValid() && shown.isValid(),
  };
  return { type: 'found', task, sinceMs: verdict.sinceMs, evidence };
}

async function sendDelete(
  { task, sinceMs, evidence }: Found,
  ref: TaskRef,
  list: FreshList,
  { cancelTask, caller, runtime, rateLimiter, deletingCall, closesAtMs }: Deleting,
): Promise<Ending | Unsent> {
  const untilMs = Math.min(closesAtMs, evidence.validUntilMs);
  const permits = createCheckedPermits(rateLimiter.until(untilMs), evidence);
  list.markSent(task);
  try {
    const listed = { path: task.path, status: task.status, ageMs: runtime.now() - sinceMs };
    const { outcome } = await cancelTask(ref, caller, { ...deletingCall, permits }, { listed });
    return { type: outcome === 'accepted' ? 'deleted' : 'already_gone' };
  } catch (error) {
    const isUndone = isOutOfTime(error) || (error instanceof ServiceError && !error.mayBeDone);
    const withheld = permits.withheldBecause();
    const isEvidenceOld = withheld === 'evidence_expired' || (withheld === 'no_permit_in_time' && untilMs < closesAtMs);
    if (isUndone && isEvidenceOld) {
      list.markUnsent(task);
      return { type: 'unsent', error };
    }
    const isThrottled = error instanceof ServiceError && error.code === 'upstream_throttled';
    const isOver = isThrottled && isUndone && !deletingCall.permits.isOpen();
    return isOutOfTime(error) || isOver ? { type: 'out_of_time' } : { type: 'failed', error };
  }
}
