import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import { isOutOfTime, toServiceError } from '../core/errors.ts';
import { toPrintable } from '../core/json.ts';
import type { Runtime } from '../core/runtime.ts';
import type { AllowedShares, ProjectId, TaskRef, TaskStatus } from '../core/task.ts';
import type { DeleteOutcome } from '../sfs-turbo/delete-outcome.ts';
import type { DeleteTask, Deletion } from '../sfs-turbo/delete-task.ts';
import { shareRefusal } from './share-refusal.ts';

export interface Cancelled extends TaskRef {
  readonly projectId: ProjectId;
  readonly outcome: DeleteOutcome;
  readonly upstreamRequestId: string | undefined;
}

/** A task as it was last listed. */
interface SeenTask {
  readonly path: string | undefined;
  readonly status: TaskStatus | undefined;
  readonly ageMs: number | undefined;
}

interface CancelOptions {
  /** Where the task was listed: for the audit line, and because "task_id not found" then means that it has gone since. */
  readonly listed?: SeenTask | undefined;
}

/**
 * Cancels one task for a caller, and leaves one audit line whatever comes of it.
 *
 * @throws {ServiceError} `out_of_time` when the call got no permit in time: then nothing was sent, and there is no audit line;
 *   `forbidden` when the share is not allowed or the project is not ours; every failure of {@link DeleteTask}
 */
export type CancelTask = (ref: TaskRef, caller: Caller, call: Call, options?: CancelOptions) => Promise<Cancelled>;

export function createCancelTask(allowedShares: AllowedShares, deleteTask: DeleteTask, runtime: Runtime): CancelTask {
  return async (ref, caller, call, { listed } = {}) => {
    const startedAtMs = runtime.now();
    const refusal = shareRefusal(ref.shareId, caller, allowedShares);
    const wasListed = listed !== undefined;
    const deletion =
      refusal === undefined ? await deleteTask(ref, call, { wasListed }).catch(toFailed) : toFailed(refusal);
    const failure = 'failure' in deletion ? deletion.failure : undefined;
    if (isOutOfTime(failure)) throw failure;

    const { shareId, taskId, feature } = ref;
    call.log.record(failure === undefined ? 'info' : 'warn', 'audit', {
      caller: caller.name,
      project_id: deletion.projectId ?? ref.projectId,
      share_id: shareId,
      feature,
      task_id: taskId,
      ...toAuditTask(listed),
      ...toAuditResult(deletion),
      attempts: deletion.sends,
      duration_ms: runtime.now() - startedAtMs,
    });
    if ('failure' in deletion) throw deletion.failure;
    const { projectId, outcome, upstreamRequestId } = deletion;
    return { projectId, shareId, taskId, feature, outcome, upstreamRequestId };
  };
}

function toFailed(error: unknown): Deletion {
  return { sends: 0, failure: toServiceError(error) };
}

function toAuditTask(listed: SeenTask | undefined) {
  if (listed === undefined) return {};
  const { path = '', status, ageMs } = listed;
  return {
    path: toPrintable(path),
    task_status: status,
    age_s: ageMs === undefined ? undefined : Math.floor(ageMs / 1_000),
  };
}

function toAuditResult(deletion: Deletion) {
  if ('failure' in deletion) {
    const { code, status, errCode, upstream, reason, message } = deletion.failure;
    return {
      outcome: code,
      status,
      err_code: errCode,
      reason: reason ?? message,
      upstream_status: upstream?.status,
      upstream_request_id: upstream?.requestId,
    };
  }
  const { outcome, upstreamStatus, upstreamRequestId } = deletion;
  return { outcome, status: 202, upstream_status: upstreamStatus, upstream_request_id: upstreamRequestId };
}
