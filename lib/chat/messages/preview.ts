import type { Words } from '../../core/words.ts';
import type { DueTask } from '../task-view.ts';
import type { Texts } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { buttons, type Item, type Message, note, text } from './message.ts';
import { pathLine, stateLine } from './task-lines.ts';

export function previewMessage(view: ViewOf<'preview'>, texts: Texts): Message {
  const { due, fullShares, offer } = view;
  const items = [
    text(headOf(view, texts)),
    ...(fullShares.length > 0 ? [text(texts.full(fullShares.map(({ label }) => label)))] : []),
    ...due.map((task) => dueRow(task, texts)),
    ...moreItems(view, texts),
    ...offerItems(view, texts),
    note(...notesOf(view, texts)),
  ];
  const isQuestion = offer.type === 'run';
  const title = isQuestion ? texts.titles.sweepQuestion : texts.titles.preview;
  return { tone: isQuestion ? 'warning' : 'info', title, items };
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

function moreItems({ due, dueCount, waitingCount }: ViewOf<'preview'>, texts: Texts): readonly Item[] {
  const unnamed = dueCount - due.length;
  return [
    ...(unnamed > 0 ? [text(texts.previewMore(unnamed))] : []),
    ...(waitingCount > 0 ? [text(texts.previewWaiting(waitingCount))] : []),
  ];
}

function offerItems({ offer, dueCount }: ViewOf<'preview'>, texts: Texts): readonly Item[] {
  switch (offer.type) {
    case 'none':
      return [];
    case 'dry':
      return [text(texts.sweepIsDry)];
    case 'no_secret':
      return [text(texts.sweepNotSetUp)];
    case 'run':
      return [
        text(texts.sweepQuestion(dueCount)),
        buttons(
          { label: texts.buttons.confirmSweep, style: 'danger', action: { type: 'confirm', token: offer.token } },
          { label: texts.buttons.keepMany, style: 'plain', action: { type: 'keep' } },
        ),
      ];
    default:
      offer satisfies never;
      throw new TypeError('unknown offer');
  }
}

function notesOf(view: ViewOf<'preview'>, texts: Texts): readonly Words[] {
  const { failedShareCount, truncated, scope, dryTargets, offer } = view;
  return [
    ...(failedShareCount > 0 ? [texts.previewFailedShares(failedShareCount)] : []),
    ...(truncated ? [texts.previewTruncated] : []),
    ...(dryTargets.length > 0 ? [texts.sweepLeavesOut(dryTargets)] : []),
    ...(scope === undefined ? [] : [texts.share(scope.label)]),
    texts.previewDryRun,
    ...(offer.type === 'run' ? [texts.questionValid] : []),
  ];
}
