import type { ShareName } from '../../targets/share-place.ts';
import type { ShownTask } from '../task-view.ts';
import type { Texts } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { commandText } from './command-text.ts';
import { type Button, buttons, type Item, type Message, note, text } from './message.ts';
import { taskLines } from './task-lines.ts';

export function listMessage(view: ViewOf<'list'>, texts: Texts): Message {
  return { tone: 'info', title: texts.titles.list, items: listItems(view, texts) };
}

function listItems(view: ViewOf<'list'>, texts: Texts): readonly Item[] {
  const { share, tasks, total, page, pages, complete, isFull, canCancel } = view;
  const notes = [...(complete ? [] : [texts.listIncomplete]), texts.listLag];
  if (total === 0) return [text(texts.noTasks(share.label)), note(...notes)];
  const turns = pageButtons(view, texts);
  return [
    text(texts.listHead(share.label, total)),
    ...(isFull ? [fullText(share, canCancel, texts)] : []),
    ...tasks.map((task) => taskRow(share, task, canCancel, texts)),
    note(...(pages > 1 ? [texts.listPage(page, pages)] : []), ...notes),
    ...(turns.length > 0 ? [buttons(...turns)] : []),
  ];
}

function fullText(share: ShareName, canCancel: boolean, texts: Texts): Item {
  const words = texts.full([share.label]);
  return canCancel ? text(words, texts.cancelThem(commandText('cancel-all', share))) : text(words);
}

function pageButtons({ share: { shareId, target }, page, pages }: ViewOf<'list'>, texts: Texts): readonly Button[] {
  const turnTo = (turned: number, label: string): Button => ({
    label,
    style: 'plain',
    action: { type: 'list', shareId, target, page: turned },
  });
  return [
    ...(page > 1 ? [turnTo(page - 1, texts.buttons.newer)] : []),
    ...(page < pages ? [turnTo(page + 1, texts.buttons.older)] : []),
  ];
}

export function taskMessage({ share, task, canCancel }: ViewOf<'task'>, texts: Texts): Message {
  const details = [
    texts.share(share.label),
    ...(task.beganAtMs === undefined ? [] : [texts.began(toTime(task.beganAtMs))]),
    ...(task.endedAtMs === undefined ? [] : [texts.ended(toTime(task.endedAtMs))]),
    ...(task.message === '' ? [] : [texts.message(task.message)]),
  ];
  const items = [taskRow(share, task, canCancel, texts), text(...details), note(texts.listLag)];
  return { tone: 'info', title: texts.titles.task, items };
}

/** A task, with a button to cancel it where that is possible. */
function taskRow({ shareId, target }: ShareName, task: ShownTask, canCancel: boolean, texts: Texts): Item {
  const { taskId } = task;
  const lines = taskLines(task, texts);
  if (!canCancel || taskId === undefined) return { type: 'text', lines };
  const button: Button = {
    label: texts.buttons.cancel,
    style: 'plain',
    action: { type: 'ask', shareId, target, taskId },
  };
  return { type: 'text', lines, button };
}

/** `2023-03-01 11:46 UTC` */
function toTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
