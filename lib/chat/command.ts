import { toPrintable } from '../core/json.ts';
import { nearest } from '../core/nearest.ts';

export const COMMANDS = ['list', 'status', 'cancel', 'cancel-all', 'preview', 'sweep', 'help'] as const;
export type CommandName = (typeof COMMANDS)[number];

/** How many words each command takes: at least, and at most. */
const WORD_COUNTS: Readonly<Record<Exclude<CommandName, 'help'>, readonly [number, number]>> = {
  list: [1, 1],
  status: [2, 2],
  cancel: [2, 2],
  'cancel-all': [1, 1],
  preview: [0, 0],
  sweep: [0, 1],
};

/** What a person typed. Whether the share and the task exist is not checked yet. */
export type Command =
  | { readonly type: 'list'; readonly share: string }
  | { readonly type: 'status'; readonly share: string; readonly task: string }
  | { readonly type: 'cancel'; readonly share: string; readonly task: string }
  | { readonly type: 'cancel-all'; readonly share: string }
  | { readonly type: 'preview' }
  /** Without a share: every share that is swept. */
  | { readonly type: 'sweep'; readonly share: string | undefined }
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
  const [fewest, most] = WORD_COUNTS[command];
  if (rest.length < fewest || rest.length > most) return { type: 'usage', command };

  const [share = '', task = ''] = rest;
  switch (command) {
    case 'list':
    case 'cancel-all':
      return { type: command, share };
    case 'status':
    case 'cancel':
      return TASK_PREFIX.test(task) ? { type: command, share, task } : { type: 'bad_task', command, share };
    case 'preview':
      return { type: 'preview' };
    case 'sweep':
      return { type: 'sweep', share: rest[0] };
    default:
      command satisfies never;
      throw new TypeError(`unknown command: ${String(command)}`);
  }
}
