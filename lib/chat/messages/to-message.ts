import type { Texts } from '../texts/texts.ts';
import type { View } from '../view.ts';
import { cancelledMessage, expiredMessage, goneMessage, questionMessage, unknownOutcomeMessage } from './cancelling.ts';
import { failedMessage } from './failed.ts';
import { helpMessage } from './help.ts';
import { listMessage, taskMessage } from './listed.ts';
import { cancelledManyMessage, manyQuestionMessage } from './many.ts';
import type { Message } from './message.ts';
import { toNotice } from './notices.ts';
import { previewMessage } from './preview.ts';
import { sweptMessage } from './swept.ts';

/** Puts a view into words. */
export function toMessage(view: View, texts: Texts): Message {
  switch (view.type) {
    case 'help':
      return helpMessage(view, texts);
    case 'list':
      return listMessage(view, texts);
    case 'task':
      return taskMessage(view, texts);
    case 'question':
      return questionMessage(view, texts);
    case 'cancelled':
      return cancelledMessage(view, texts);
    case 'gone':
      return goneMessage(view, texts);
    case 'unknown_outcome':
      return unknownOutcomeMessage(view, texts);
    case 'expired':
      return expiredMessage(view, texts);
    case 'many_question':
      return manyQuestionMessage(view, texts);
    case 'many_done':
      return cancelledManyMessage(view, texts);
    case 'swept':
      return sweptMessage(view, texts);
    case 'preview':
      return previewMessage(view, texts);
    case 'failed':
      return failedMessage(view, texts);
    default:
      return toNotice(view, texts);
  }
}
