import type { ShareName } from '../../targets/share-place.ts';
import type { Texts } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { commandText } from './command-text.ts';
import { buttons, type Item, type Message, note, text } from './message.ts';
import { taskLines } from './task-lines.ts';

export function questionMessage({ share, task, token }: ViewOf<'question'>, texts: Texts): Message {
  const isRunning = task.status === 'DOING';
  const label = isRunning ? texts.buttons.confirmRunning : texts.buttons.confirmFinished;
  return {
    tone: 'warning',
    title: texts.titles.question,
    items: [
      text(...taskLines(task, texts), texts.share(share.label)),
      text(isRunning ? texts.questionRunning : texts.questionFinished),
      buttons(
        { label, style: 'danger', action: { type: 'confirm', token } },
        { label: texts.buttons.keep, style: 'plain', action: { type: 'keep' } },
      ),
      note(texts.questionValid),
    ],
  };
}

export function cancelledMessage({ share, taskId, path, wasRunning }: ViewOf<'cancelled'>, texts: Texts): Message {
  const words = wasRunning ? texts.cancelledRunning(path) : texts.cancelledFinished(path);
  const small = note(texts.taskId(taskId), texts.share(share.label), texts.listLag);
  return { tone: 'success', title: texts.titles.cancelled, items: [text(words), small, toList(share, texts)] };
}

export function goneMessage({ share, taskId, errCode }: ViewOf<'gone'>, texts: Texts): Message {
  const small = note(texts.share(share.label), ...(errCode === undefined ? [] : [texts.code(errCode)]));
  return { tone: 'info', title: texts.titles.gone, items: [text(texts.gone(taskId)), small, toList(share, texts)] };
}

export function unknownOutcomeMessage(view: ViewOf<'unknown_outcome'>, texts: Texts): Message {
  const { share, taskId, errCode } = view;
  const words = text(texts.unknownOutcome, texts.askFor(commandText('status', share, taskId)));
  const lookAgain = buttons({
    label: texts.buttons.status,
    style: 'plain',
    action: { type: 'status', shareId: share.shareId, target: share.target, taskId },
  });
  const small = note(texts.code(errCode), texts.listLag);
  return { tone: 'warning', title: texts.titles.unknownOutcome, items: [words, small, lookAgain] };
}

export function expiredMessage({ command, share, taskId }: ViewOf<'expired'>, texts: Texts): Message {
  const items = [text(texts.expired(commandText(command, share, taskId)))];
  const title = texts.titles.expired;
  return { tone: 'warning', title, items: share === undefined ? items : [...items, toList(share, texts)] };
}

export function toList({ shareId, target }: ShareName, texts: Texts): Item {
  return buttons({ label: texts.buttons.toList, style: 'plain', action: { type: 'list', shareId, target, page: 1 } });
}
