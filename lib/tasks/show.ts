import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import type { AllowedShares, TaskRef } from '../core/task.ts';
import type { Answered, SfsTurbo } from '../sfs-turbo/client.ts';
import type { DocumentedTask } from '../sfs-turbo/documented-task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import { shareRefusal } from './share-refusal.ts';

/**
 * One task as the API documents it.
 *
 * @throws {ServiceError} `forbidden` for a share or project that the caller may not use; by the table in `status.ts`
 */
export type ShowTask = (ref: TaskRef, caller: Caller, call: Call) => Promise<Answered<DocumentedTask>>;

export function createShowTask(allowedShares: AllowedShares, sfsTurbo: Pick<SfsTurbo, 'readTask'>): ShowTask {
  return async (ref, caller, call) => {
    const refusal = shareRefusal(ref.shareId, caller, allowedShares);
    if (refusal !== undefined) throw refusal;
    const { value, upstreamRequestId } = await sfsTurbo.readTask(ref, call);
    return { value: value.documented, upstreamRequestId };
  };
}

/**
 * One task for a person to look at: what is odd of it is left out, where {@link ShowTask} fails.
 *
 * @throws {ServiceError} as {@link ShowTask}
 */
export type LookUpTask = (ref: TaskRef, caller: Caller, call: Call) => Promise<TaskRecord>;

export function createLookUpTask(allowedShares: AllowedShares, sfsTurbo: Pick<SfsTurbo, 'showTask'>): LookUpTask {
  return async (ref, caller, call) => {
    const refusal = shareRefusal(ref.shareId, caller, allowedShares);
    if (refusal !== undefined) throw refusal;
    return sfsTurbo.showTask(ref, call);
  };
}
