import type { Texts } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { toList } from './cancelling.ts';
import { commandText } from './command-text.ts';
import { buttons, type Message, note, text } from './message.ts';
import { idOf, nameOf, section, withReason } from './named-tasks.ts';
import { taskLines } from './task-lines.ts';

export function manyQuestionMessage(view: ViewOf<'many_question'>, texts: Texts): Message {
  const { share, tasks, others, doubtful, isFull, token } = view;
  return {
    tone: 'warning',
    title: texts.titles.cancelMany,
    items: [
      text(texts.manyHead(share.label, tasks.length)),
      ...(isFull ? [text(texts.full([share.label]))] : []),
      ...tasks.map((task) => text(...taskLines(task, texts))),
      text(
        texts.manyQuestion,
        ...(others > 0 ? [texts.manyOthers(others)] : []),
        ...(doubtful > 0 ? [texts.doubtfulRunning(doubtful)] : []),
      ),
      buttons(
        { label: texts.buttons.confirmMany, style: 'danger', action: { type: 'confirm', token } },
        { label: texts.buttons.keepMany, style: 'plain', action: { type: 'keep' } },
      ),
      note(texts.questionValid, texts.listLag),
    ],
  };
}

export function cancelledManyMessage(view: ViewOf<'many_done'>, texts: Texts): Message {
  const { share, cancelled, gone, failed, ended, unreached } = view;
  const isWhole = failed.length === 0 && unreached.length === 0;
  return {
    ...headOf(isWhole, cancelled.length, texts),
    items: [
      ...section(texts.manyCancelled, cancelled, nameOf, texts),
      ...section(texts.manyGone, gone, idOf, texts),
      ...section(texts.manyEnded, ended, idOf, texts),
      ...section(texts.manyFailed, failed, withReason(nameOf), texts),
      ...section(texts.manyUnreached, unreached, nameOf, texts),
      ...(isWhole ? [] : [text(texts.askAgain(commandText('cancel-all', share)))]),
      note(texts.share(share.label), texts.listLag),
      toList(share, texts),
    ],
  };
}

function headOf(isWhole: boolean, cancelled: number, texts: Texts): Pick<Message, 'tone' | 'title'> {
  if (!isWhole) return { tone: 'warning', title: texts.titles.cancelledPart };
  if (cancelled === 0) return { tone: 'info', title: texts.titles.kept };
  return { tone: 'success', title: texts.titles.cancelledMany };
}
