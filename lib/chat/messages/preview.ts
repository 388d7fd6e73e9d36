import type { Words } from '../../core/words.ts';
import type { Texts } from '../texts/texts.ts';
import type { DueTask, ViewOf } from '../view.ts';
import { type Item, type Message, note, text } from './message.ts';
import { pathLine, stateLine } from './task-lines.ts';

export function previewMessage(view: ViewOf<'preview'>, texts: Texts): Message {
  const { due, dueCount, failedShareCount, truncated } = view;
  const more = dueCount - due.length;
  const items = [
    text(headOf(view, texts)),
    ...due.map((task) => dueRow(task, texts)),
    ...(more > 0 ? [text(texts.previewMore(more))] : []),
    note(
      ...(failedShareCount > 0 ? [texts.previewFailedShares(failedShareCount)] : []),
      ...(truncated ? [texts.previewTruncated] : []),
      texts.previewDryRun,
    ),
  ];
  return { tone: 'info', title: texts.titles.preview, items };
}

/** Says "nothing is due" only when every share that can be read was read. */
function headOf({ dueCount, shareCount, failedShareCount, truncated }: ViewOf<'preview'>, texts: Texts): Words {
  const readCount = shareCount - failedShareCount;
  if (dueCount > 0) return texts.previewHead(dueCount, readCount);
  return readCount > 0 && !truncated ? texts.previewNothing(readCount) : texts.previewNothingFound;
}

function dueRow({ share, task }: DueTask, texts: Texts): Item {
  return text(pathLine(task, texts), stateLine(task, texts), texts.share(share.label));
}
