import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import { ServiceError } from '../core/errors.ts';
import type { AllowedShares, ShareId } from '../core/task.ts';
import type { SfsTurbo } from '../sfs-turbo/client.ts';
import { listTasks } from '../sfs-turbo/listing.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import { shareRefusal } from './share-refusal.ts';

interface WholeQuery {
  readonly shareId: ShareId;
  /** The target, by its name. */
  readonly target?: string | undefined;
}

/** A share's tasks, as many as could be read in time. */
interface PartialListing {
  readonly tasks: readonly TaskRecord[];
  /** False when time ran out before the end of the list. */
  readonly complete: boolean;
}

/**
 * All tasks of a share for a person to look at, odd ones too. When time runs out, the pages read so far are returned: nothing
 * is deleted by this list, and whoever shows it says that it is not complete.
 *
 * @throws {ServiceError} `forbidden` for a share that the caller may not use; what {@link listTasks} throws;
 *   `upstream_timeout` only when not even one page came in time
 */
export type ListWhole = (query: WholeQuery, caller: Caller, call: Call) => Promise<PartialListing | 'unsupported'>;

export function createListWhole(allowedShares: AllowedShares, sfsTurbo: Pick<SfsTurbo, 'listTaskPage'>): ListWhole {
  return async ({ shareId }, caller, call) => {
    const refusal = shareRefusal(shareId, caller, allowedShares);
    if (refusal !== undefined) throw refusal;
    // by id: a list that changes while it is read is read again from its start
    const seen = new Map<string, TaskRecord>();
    const remember = (page: readonly TaskRecord[]): void => {
      for (const task of page) seen.set(task.rawId ?? `without id ${seen.size}`, task);
    };
    try {
      const tasks = await listTasks(sfsTurbo, shareId, call, remember);
      return 'refusal' in tasks ? tasks.type : { tasks, complete: true };
    } catch (error) {
      const isLate = error instanceof ServiceError && error.code === 'upstream_timeout';
      if (!isLate || seen.size === 0) throw error;
      return { tasks: [...seen.values()], complete: false };
    }
  };
}
