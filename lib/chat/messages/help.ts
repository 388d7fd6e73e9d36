import { say } from '../../core/words.ts';
import { COMMANDS, type CommandName } from '../command.ts';
import type { Texts } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { type Item, type Message, note, text } from './message.ts';

const NEED_CONFIRMATION: ReadonlySet<CommandName> = new Set(['cancel', 'cancel-all', 'sweep']);

// a card of Feishu has 30 KB, of which the aliases of a target take one at most
const MAX_TARGETS = 15;

export function helpMessage(view: ViewOf<'help'>, texts: Texts): Message {
  const { canCancel } = view;
  const commands = COMMANDS.filter((command) => canCancel || !NEED_CONFIRMATION.has(command));
  const lines = commands.map((command) => say`${texts.usage[command].form}  ${[texts.usage[command].does]}`);
  const notes = [texts.helpTask, ...(canCancel ? [] : [texts.helpNoCancel])];
  return {
    tone: 'info',
    title: texts.titles.help,
    items: [text(...lines), ...shareItems(view, texts), note(...notes)],
  };
}

function shareItems({ aliases, byTarget }: ViewOf<'help'>, texts: Texts): readonly Item[] {
  if (byTarget === undefined) return [text(aliases.length > 0 ? texts.helpAliases(aliases) : texts.helpNoAliases)];
  const others = byTarget.length - MAX_TARGETS;
  const targets = byTarget.slice(0, MAX_TARGETS).map((of) => text(texts.helpTarget(of.target, of.aliases)));
  return [...targets, ...(others > 0 ? [text(texts.previewMore(others))] : []), text(texts.helpTargets)];
}
