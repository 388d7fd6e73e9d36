import { say } from '../../core/words.ts';
import { COMMANDS, type CommandName } from '../command.ts';
import type { Texts } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { type Message, note, text } from './message.ts';

const NEED_CONFIRMATION: ReadonlySet<CommandName> = new Set(['cancel', 'cancel-all', 'sweep']);

export function helpMessage({ aliases, canCancel }: ViewOf<'help'>, texts: Texts): Message {
  const commands = COMMANDS.filter((command) => canCancel || !NEED_CONFIRMATION.has(command));
  const lines = commands.map((command) => say`${texts.usage[command].form}  ${[texts.usage[command].does]}`);
  const shares = aliases.length > 0 ? texts.helpAliases(aliases) : texts.helpNoAliases;
  const notes = [texts.helpTask, ...(canCancel ? [] : [texts.helpNoCancel])];
  return { tone: 'info', title: texts.titles.help, items: [text(...lines), text(shares), note(...notes)] };
}
