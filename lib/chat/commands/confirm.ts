import type { Call } from '../../core/call.ts';
import type { Asked } from '../asked.ts';
import { openConfirmation } from '../confirmation.ts';
import type { Member } from '../person.ts';
import type { View } from '../view.ts';
import { cancel } from './cancel.ts';
import { cancelMany } from './cancel-all.ts';
import type { ChatContext } from './context.ts';
import { atShare, atShareIfNamed } from './in-share.ts';
import { sweepNow } from './sweep.ts';

/** A click on a question's first button: does what was asked, if the confirmation is genuine, this person's, and in time. */
export function confirm(context: ChatContext, person: Member, token: string, call: Call): Promise<View> | View {
  if (context.confirmSecret === undefined) return { type: 'not_set_up', what: 'cancel' };
  const confirmation = openConfirmation(context.confirmSecret, person, token, context.now());
  switch (confirmation.type) {
    case 'forged':
      return { type: 'unreadable' };
    case 'foreign':
      return { type: 'foreign' };
    case 'expired': {
      const { asked } = confirmation;
      const taskId = asked.type === 'cancel' ? asked.taskId : undefined;
      return atShareIfNamed(context, asked, (share) => ({
        type: 'expired',
        command: asked.type,
        share,
        taskId,
      }));
    }
    case 'confirmed':
      return carryOut(context, person, confirmation.asked, token, call);
    default:
      confirmation satisfies never;
      throw new TypeError('unknown confirmation');
  }
}

/** A confirmation may be clicked in a function that has been configured anew, so the share is looked up again. */
function carryOut(context: ChatContext, person: Member, asked: Asked, token: string, call: Call): Promise<View> | View {
  switch (asked.type) {
    case 'cancel':
      return atShare(context, asked, (share) => cancel(context, person, share, asked, call));
    case 'cancel-all':
      return atShare(context, asked, (share) => cancelMany(context, person, share, asked, call));
    case 'sweep':
      // a sweep that was carried out twice would delete other tasks the second time
      return context.sweeps.once(token, async () =>
        atShareIfNamed(context, asked, (scope) => sweepNow(context, person, scope, asked, call)),
      );
    default:
      asked satisfies never;
      throw new TypeError('unknown question');
  }
}
