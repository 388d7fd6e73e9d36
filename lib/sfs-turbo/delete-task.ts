import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { ProjectId, TaskRef } from '../core/task.ts';
import { type Deleted, type DeleteFailed, judgeAttempts, tellFate, toDeleteAttempt } from './delete-outcome.ts';
import type { Dependencies } from './dependencies.ts';
import { findProject } from './project.ts';
import type { SfsTurboUrls } from './urls.ts';

interface DeleteOptions {
  /** Whether the task was seen in a listing: then "task_id not found" can only mean that it has gone since. */
  readonly wasListed?: boolean;
}

/** What became of a task that was to be deleted, over all attempts; with the project, where one could be told. */
export type Deletion =
  | (Deleted & { readonly projectId: ProjectId })
  | (DeleteFailed & { readonly projectId?: ProjectId });

/**
 * Cancels a task that runs, and deletes it. It does not throw an expected failure.
 *
 * `already_gone` is said only when "task_id not found" met a task that was listed, or an attempt after one of this same
 * call that may have been carried out.
 *
 * The failure is `out_of_time` when the call got no permit in time and nothing was sent, and `forbidden` before anything is
 * sent when `ref` names another project than the credentials'; otherwise it is by the table in `status.ts`.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-sfs/DeleteFsTask.html
 */
export type DeleteTask = (ref: TaskRef, call: Call, options?: DeleteOptions) => Promise<Deletion>;

export function createDeleteTask(urls: SfsTurboUrls, dependencies: Dependencies): DeleteTask {
  const { credentials, retrier, runtime } = dependencies;
  return async (ref, call, { wasListed = false } = {}) => {
    const projectId = await findProject(ref.projectId, call, dependencies).catch(toFailure);
    if (projectId instanceof ServiceError) {
      return { sends: 0, failure: tellFate(projectId, false) };
    }
    const request = { method: 'DELETE', url: urls.task(projectId, ref) } as const;
    const attempts = await retrier.attempts(call, async () =>
      toDeleteAttempt(await credentials.send(request, call), ref.shareId, runtime.now()),
    );
    return { projectId, ...judgeAttempts(attempts, wasListed) };
  };
}

/** @throws anything that is not an expected failure */
function toFailure(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  throw error;
}
