import type { Caller } from '../core/caller.ts';
import { isOutOfTime, ServiceError } from '../core/errors.ts';
import type { TaskRef } from '../core/task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import { createCheckedPermits } from './checked-permits.ts';
import type { Ending } from './ending.ts';
import type { Evidence } from './evidence.ts';
import type { FreshList } from './fresh-list.ts';
import { lookAgain } from './look-again.ts';
import type { Run } from './run.ts';

/** Nothing was carried out, and the evidence is too old by now. */
interface Unsent {
  readonly type: 'unsent';
  readonly error: unknown;
}

/** Name of this function in audit lines. */
const CALLER: Readonly<Caller> = { name: 'sweep', shares: '*' };

/**
 * Deletes one task if it is due when its DELETE goes out. Every attempt waits for a permit, and that may take minutes: when the
 * evidence is too old by then, the task is checked again.
 */
export async function deleteIfDue(task: TaskRecord, ref: TaskRef, list: FreshList, run: Run): Promise<Ending> {
  for (let refusals = 0; ; ) {
    const evidence = await findEvidence(task, ref, list, run);
    if ('type' in evidence) return evidence;
    const ending = await sendDelete(task, ref, list, evidence, run);
    if (ending.type !== 'unsent') return ending;
    // Only answers count. Without one the task is checked again, which takes requests, so the end of the run's time ends the loop.
    if (!isOutOfTime(ending.error)) refusals += 1;
    if (refusals >= run.config.maxAttempts) return { type: 'failed', error: ending.error };
  }
}

async function findEvidence(task: TaskRecord, ref: TaskRef, list: FreshList, run: Run): Promise<Evidence | Ending> {
  const checked = await list.check(task);
  if (checked.type !== 'due') return checked;
  const { status } = checked.task;
  const isListedTheSame = (): boolean => {
    const known = list.knownOf(task);
    return known?.type === 'due' && known.task.status === status;
  };
  const listed: Evidence = { validUntilMs: list.validUntilMs(), isValid: isListedTheSame };
  if (status !== 'DOING') return listed;
  const shown = await lookAgain(checked.task, ref, run);
  if ('type' in shown) return shown;
  return {
    validUntilMs: Math.min(listed.validUntilMs, shown.validUntilMs),
    isValid: () => listed.isValid() && shown.isValid(),
  };
}

async function sendDelete(
  task: TaskRecord,
  ref: TaskRef,
  list: FreshList,
  evidence: Evidence,
  { cancelTask, rateLimiter, deletingCall, closesAtMs }: Run,
): Promise<Ending | Unsent> {
  const untilMs = Math.min(closesAtMs, evidence.validUntilMs);
  const permits = createCheckedPermits(rateLimiter.until(untilMs), evidence);
  list.markSent(task);
  try {
    const { outcome } = await cancelTask(ref, CALLER, { ...deletingCall, permits }, { wasListed: true });
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
