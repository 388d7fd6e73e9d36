import { say } from '../../core/words.ts';
import { COMMANDS } from '../command.ts';
import type { Texts } from '../texts/texts.ts';
import type { ViewOf } from '../view.ts';
import { type Message, note, text } from './message.ts';

export function helpMessage({ aliases, canCancel }: ViewOf<'help'>, texts: Texts): Message {
  const commands = COMMANDS.filter((command) => command !== 'cancel' || canCancel);
  const lines = commands.map((command) => say`${texts.usage[command].form}  ${[texts.usage[command].does]}`);
  const shares = aliases.length > 0 ? texts.helpAliases(aliases) : texts.helpNoAliases;
  const notes = [texts.helpTask, ...(canCancel ? [] : [texts.helpNoCancel])];
  return { tone: 'info', title: texts.titles.help, items: [text(...lines), text(shares), note(...notes)] };
}
