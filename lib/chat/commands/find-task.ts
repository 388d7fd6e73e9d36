import * as v from 'valibot';
import type { Call } from '../../core/call.ts';
import type { Caller } from '../../core/caller.ts';
import { ServiceError, toServiceError } from '../../core/errors.ts';
import { FEATURES, type TaskId } from '../../core/task.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import type { ShareName } from '../../targets/share-place.ts';
import { TASK_ID } from '../ids.ts';
import type { ShownTask } from '../task-view.ts';
import type { ViewOf } from '../view.ts';
import type { ChatContext } from './context.ts';
import { toShownTask } from './shown-task.ts';

type FoundTask =
  | { readonly type: 'found'; readonly task: ShownTask }
  | ViewOf<'no_task' | 'ambiguous' | 'unsupported_share'>;

// the documentation shows ids as 32 hex digits or as dashed UUIDs, so this is never just the beginning of one
const WHOLE_ID_LENGTH = 32;

/**
 * The one task whose id begins with `prefix`, in any case of letters. A whole id is looked up by itself, which needs one
 * short answer instead of the whole list.
 *
 * @throws {ServiceError} what the calls to SFS Turbo throw; `upstream_timeout` when the list could not be read to its end,
 *   since the rest of it may hold another match
 */
export async function findTask(
  context: ChatContext,
  caller: Caller,
  share: ShareName,
  prefix: string,
  call: Call,
): Promise<FoundTask> {
  if (prefix.length < WHOLE_ID_LENGTH || !v.is(TASK_ID, prefix))
    return findInList(context, caller, share, prefix, call);
  const task = await showTask(context, caller, share, prefix, call);
  return task === undefined ? { type: 'no_task', share, word: prefix } : { type: 'found', task };
}

async function findInList(
  context: ChatContext,
  caller: Caller,
  share: ShareName,
  prefix: string,
  call: Call,
): Promise<FoundTask> {
  const listing = await context.listWhole(share, caller, call);
  if (listing === 'unsupported') return { type: 'unsupported_share', share };
  const found = (record: TaskRecord): FoundTask => ({ type: 'found', task: toShownTask(record, context.now()) });

  const matches = listing.tasks.filter(({ taskId }) => taskId?.toLowerCase().startsWith(prefix.toLowerCase()));
  const exact = matches.find(({ taskId }) => taskId === prefix);
  if (exact !== undefined) return found(exact);
  if (!listing.complete) {
    throw new ServiceError('upstream_timeout', 'the share has more tasks than could be read in time');
  }
  const [match, ...others] = matches;
  if (match === undefined) return { type: 'no_task', share, word: prefix };
  return others.length === 0 ? found(match) : { type: 'ambiguous', share, word: prefix, count: matches.length };
}

/** Nothing when there is no such task. */
export async function showTask(
  { lookUpTask, now }: ChatContext,
  caller: Caller,
  { shareId, target }: ShareName,
  taskId: TaskId,
  call: Call,
): Promise<ShownTask | undefined> {
  try {
    const record = await lookUpTask({ shareId, target, taskId, feature: FEATURES[0] }, caller, call);
    // every field of the answer is documented as optional, the id too
    return toShownTask({ ...record, taskId }, now());
  } catch (error) {
    if (toServiceError(error).code === 'task_not_found') return undefined;
    throw error;
  }
}
