import type { Config } from '../config/read-config.ts';
import type { Call } from '../core/call.ts';
import { isOutOfTime, ServiceError, toServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { isAllowed, type ProjectId, type TaskRef } from '../core/task.ts';
import type { DeleteOptions, DeleteOutcome, SfsTurbo, Tally } from '../sfs-turbo/client.ts';

export interface Cancelled extends TaskRef {
  readonly projectId: ProjectId;
  readonly outcome: DeleteOutcome;
  readonly upstreamRequestId: string | undefined;
}

/**
 * Cancels one task for a caller who is known by name, and leaves one audit line whatever comes of it.
 *
 * @throws {ServiceError} `out_of_time` when the call got no permit in time: then nothing was sent, and there is no audit line;
 *   `forbidden` when the share is not allowed or the project is not ours; what
 *   {@link SfsTurbo.deleteTask} throws
 */
export type CancelTask = (ref: TaskRef, caller: string, call: Call, options?: DeleteOptions) => Promise<Cancelled>;

/** How a cancel ended, as its audit line has it. */
interface End {
  readonly outcome: DeleteOutcome | ServiceError['code'];
  readonly status: number;
  readonly errCode: string | undefined;
  readonly upstreamStatus: number | undefined;
  readonly upstreamRequestId: string | undefined;
}

export function createCancelTask(config: Config, sfsTurbo: SfsTurbo, runtime: Runtime): CancelTask {
  return async (ref, caller, call, options) => {
    const startedAtMs = runtime.now();
    const tally: Tally = { attempts: 0 };
    const { shareId, taskId, feature } = ref;
    // one literal: two spread into one cost the busiest function more than the rest of the line
    const audit = (severity: 'info' | 'warn', projectId: ProjectId | undefined, end: End): void =>
      call.log.record(severity, 'audit', {
        caller,
        project_id: projectId,
        share_id: shareId,
        feature,
        task_id: taskId,
        outcome: end.outcome,
        status: end.status,
        err_code: end.errCode,
        upstream_status: end.upstreamStatus,
        upstream_request_id: end.upstreamRequestId,
        attempts: tally.attempts,
        duration_ms: runtime.now() - startedAtMs,
      });
    try {
      checkAllowed(ref, config);
      const { outcome, projectId, upstreamStatus, upstreamRequestId } = await sfsTurbo.deleteTask(
        ref,
        call,
        tally,
        options,
      );
      audit('info', projectId, { outcome, status: 202, errCode: undefined, upstreamStatus, upstreamRequestId });
      return { projectId, shareId, taskId, feature, outcome, upstreamRequestId };
    } catch (error) {
      if (isOutOfTime(error)) throw error;
      const { code, status, errCode, upstream } = toServiceError(error);
      audit('warn', ref.projectId, {
        outcome: code,
        status,
        errCode,
        upstreamStatus: upstream?.status,
        upstreamRequestId: upstream?.requestId,
      });
      throw error;
    }
  };
}

function checkAllowed({ shareId, projectId }: TaskRef, { allowedShares, project }: Config): void {
  if (!isAllowed(shareId, allowedShares)) {
    throw new ServiceError('forbidden', 'share_id is not among the shares that this function may touch');
  }
  // known without a token only where the project is configured by id; otherwise the token's own answer decides
  if (projectId !== undefined && project.id !== undefined && projectId !== project.id) {
    throw new ServiceError('forbidden', "project_id is not the project of the function's credentials");
  }
}
