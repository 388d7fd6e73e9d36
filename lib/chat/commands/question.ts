import type { Call } from '../../core/call.ts';
import type { TaskId } from '../../core/task.ts';
import type { ShareName } from '../../targets/share-place.ts';
import { signConfirmation } from '../confirmation.ts';
import { type Member, toCaller } from '../person.ts';
import type { ShownTask } from '../task-view.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext } from './context.ts';
import { findTask, showTask } from './find-task.ts';

/** `/du cancel`: asks whether to cancel the task whose id begins so. */
export function questionFor(
  context: ChatContext,
  person: Member,
  share: ShareName,
  prefix: string,
  call: Call,
): Promise<View> {
  return attempt(context, { type: 'question', share, task: prefix }, call, async () => {
    const found = await findTask(context, toCaller(person), share, prefix, call);
    return found.type === 'found' ? question(context, person, share, found.task) : found;
  });
}

/** A click on "Cancel…" beside a task. The task may be gone since the list was made. */
export function questionForClick(
  context: ChatContext,
  person: Member,
  share: ShareName,
  taskId: TaskId,
  call: Call,
): Promise<View> {
  return attempt(context, { type: 'question', share, task: taskId }, call, async () => {
    const task = await showTask(context, toCaller(person), share, taskId, call);
    return task === undefined
      ? { type: 'gone', share, taskId, errCode: undefined }
      : question(context, person, share, task);
  });
}

function question({ confirmSecret, now }: ChatContext, person: Member, share: ShareName, task: ShownTask): View {
  if (confirmSecret === undefined) return { type: 'not_set_up', what: 'cancel' };
  const { taskId, path, status } = task;
  if (taskId === undefined) return { type: 'bad_task' };
  const { shareId, target } = share;
  const asked = { type: 'cancel', shareId, target, taskId, path, wasRunning: status === 'DOING' } as const;
  return { type: 'question', share, task, token: signConfirmation(confirmSecret, person, asked, now()) };
}
