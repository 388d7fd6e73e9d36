import type { Call } from '../../core/call.ts';
import { toServiceError } from '../../core/errors.ts';
import { FEATURES } from '../../core/task.ts';
import type { ShareName } from '../../targets/share-place.ts';
import type { AskedOf } from '../asked.ts';
import { type Member, toCaller } from '../person.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext } from './context.ts';

/** Cancels the task that the question named. */
export function cancel(
  context: ChatContext,
  person: Member,
  share: ShareName,
  asked: AskedOf<'cancel'>,
  call: Call,
): Promise<View> {
  const { shareId, target } = share;
  const { taskId, path, wasRunning } = asked;
  return attempt(context, { type: 'cancel', share, task: taskId }, call, async () => {
    try {
      const ref = { shareId, target, taskId, feature: FEATURES[0] };
      const { outcome } = await context.cancelTask(ref, toCaller(person), call);
      return outcome === 'accepted'
        ? { type: 'cancelled', share, taskId, path, wasRunning }
        : { type: 'gone', share, taskId, errCode: undefined };
    } catch (thrown) {
      const { code, errCode, mayBeDone } = toServiceError(thrown);
      if (code === 'task_not_found') return { type: 'gone', share, taskId, errCode };
      if (mayBeDone) return { type: 'unknown_outcome', share, taskId, errCode };
      throw thrown;
    }
  });
}
