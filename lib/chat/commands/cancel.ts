import type { Call } from '../../core/call.ts';
import { toServiceError } from '../../core/errors.ts';
import { FEATURES } from '../../core/task.ts';
import { type Asked, openConfirmation } from '../confirmation.ts';
import { callerOf, type Person } from '../person.ts';
import type { ShareName } from '../shares.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext } from './context.ts';
import { inShare } from './in-share.ts';

/** A click on the question's first button: cancels the task, if the confirmation is genuine, this person's, and in time. */
export function confirm(context: ChatContext, person: Person, token: string, call: Call): Promise<View> | View {
  if (context.confirmSecret === undefined) return { type: 'not_set_up', what: 'cancel' };
  const confirmation = openConfirmation(context.confirmSecret, person, token, context.now());
  switch (confirmation.type) {
    case 'forged':
      return { type: 'unreadable' };
    case 'foreign':
      return { type: 'foreign' };
    case 'expired': {
      const { shareId, taskId } = confirmation.asked;
      return inShare(context, shareId, (share) => ({ type: 'expired', share, taskId }));
    }
    case 'confirmed': {
      const { asked } = confirmation;
      return inShare(context, asked.shareId, (share) => cancel(context, person, share, asked, call));
    }
    default:
      confirmation satisfies never;
      throw new TypeError('unknown confirmation');
  }
}

function cancel(context: ChatContext, person: Person, share: ShareName, asked: Asked, call: Call): Promise<View> {
  const { shareId, taskId, path, wasRunning } = asked;
  return attempt(context, { type: 'cancel', share, task: taskId }, call, async () => {
    try {
      const ref = { shareId, taskId, feature: FEATURES[0] };
      const { outcome } = await context.cancelTask(ref, { name: callerOf(person), shares: '*' }, call);
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
