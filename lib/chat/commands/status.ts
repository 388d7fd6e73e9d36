import type { Call } from '../../core/call.ts';
import type { ShareName } from '../../targets/share-place.ts';
import { type Member, toCaller } from '../person.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext } from './context.ts';
import { findTask } from './find-task.ts';

/** One task, by its id or the beginning of it. */
export function status(
  context: ChatContext,
  person: Member,
  share: ShareName,
  prefix: string,
  call: Call,
): Promise<View> {
  return attempt(context, { type: 'status', share, task: prefix }, call, async () => {
    const found = await findTask(context, toCaller(person), share, prefix, call);
    if (found.type !== 'found') return found;
    return { type: 'task', share, task: found.task, canCancel: context.confirmSecret !== undefined };
  });
}
