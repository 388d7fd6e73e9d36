import { toPrintable } from '../core/json.ts';
import { nearest } from './nearest.ts';

export const COMMANDS = ['list', 'status', 'cancel', 'preview', 'help'] as const;
export type CommandName = (typeof COMMANDS)[number];

/** The words that each command takes. */
const ARGUMENTS_OF = {
  list: ['share'],
  status: ['share', 'task'],
  cancel: ['share', 'task'],
  preview: [],
  help: [],
} as const satisfies Record<CommandName, readonly ('share' | 'task')[]>;

/** What a person typed. Whether the share and the task exist is not checked yet. */
export type Command =
  | { readonly type: 'list'; readonly share: string }
  | { readonly type: 'status'; readonly share: string; readonly task: string }
  | { readonly type: 'cancel'; readonly share: string; readonly task: string }
  | { readonly type: 'preview' }
  | { readonly type: 'help' }
  | { readonly type: 'unknown'; readonly word: string; readonly suggestion: CommandName | undefined }
  /** Too few words, or too many. */
  | { readonly type: 'usage'; readonly command: CommandName }
  | { readonly type: 'bad_task'; readonly command: 'status' | 'cancel'; readonly share: string };

const MAX_TEXT_LENGTH = 256;
/** A shorter prefix is more likely a mistake than a choice. */
export const SHORTEST_TASK_PREFIX = 4;
const TASK_PREFIX = /^[A-Za-z0-9-]{4,64}$/;

/** Reads the words after `/du`. An empty text asks for help. */
export function parseCommand(text: string): Command {
  // chat clients put invisible characters around what is pasted
  const [name = 'help', ...rest] = toPrintable(text, MAX_TEXT_LENGTH).split(/\s+/u).filter(Boolean);
  const command = COMMANDS.find((known) => known === name.toLowerCase());
  if (command === undefined) return { type: 'unknown', word: name, suggestion: nearest(name, COMMANDS) };
  if (command === 'help') return { type: 'help' };
  if (rest.length !== ARGUMENTS_OF[command].length) return { type: 'usage', command };

  const [share = '', task = ''] = rest;
  switch (command) {
    case 'list':
      return { type: 'list', share };
    case 'status':
    case 'cancel':
      return TASK_PREFIX.test(task) ? { type: command, share, task } : { type: 'bad_task', command, share };
    case 'preview':
      return { type: 'preview' };
    default:
      command satisfies never;
      throw new TypeError(`unknown command: ${String(command)}`);
  }
}
