import type { Texts } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { commandText } from './command-text.ts';
import { type Message, note, text } from './message.ts';
import { idOf, nameInShareOf, nameOf, section, withReason } from './named-tasks.ts';

export function sweptMessage(view: ViewOf<'swept'>, texts: Texts): Message {
  const { scope, deleted, gone, failed, remaining, truncated, failedShareCount } = view;
  const isWhole = failed.length === 0 && failedShareCount === 0 && !truncated;
  const name = scope === undefined ? nameInShareOf : nameOf;
  const left = [
    ...(truncated ? [texts.sweptTruncated] : []),
    ...(failedShareCount > 0 ? [texts.sweptFailedShares(failedShareCount)] : []),
    ...(remaining > 0 ? [texts.sweptRemaining(remaining)] : []),
    ...(remaining > 0 || !isWhole ? [texts.askAgain(commandText('sweep', scope))] : []),
  ];
  return {
    tone: isWhole ? 'success' : 'warning',
    title: isWhole ? texts.titles.swept : texts.titles.sweptPart,
    items: [
      ...(deleted.length === 0 ? [text(texts.sweptNothing)] : []),
      ...section(texts.sweptDeleted, deleted, name, texts),
      ...section(texts.manyGone, gone, idOf, texts),
      ...section(texts.manyFailed, failed, withReason(name), texts),
      ...(left.length > 0 ? [text(...left)] : []),
      note(...(scope === undefined ? [] : [texts.share(scope.label)]), texts.listLag),
    ],
  };
}
