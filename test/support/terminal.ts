import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { holds } from './commands.ts';

/** A command that runs in a terminal. */
export interface InTerminal {
  /** Everything that it has written so far, colours and movements of the cursor included. */
  readonly output: () => string;
  /** Resolves when it has written this. */
  readonly until: (wanted: string | RegExp) => Promise<void>;
  /** Presses keys. */
  readonly press: (keys: string) => void;
  readonly ended: Promise<number>;
}

export const CTRL_C = '\u0003';
export const ENTER = '\r';

export interface TerminalOptions {
  readonly columns?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** `npm run du --` in place of the program itself. */
  readonly byNpm?: boolean;
}

/**
 * A shell runs the command, says how it ended, and stays: at the end of the last process of a terminal Node stops reading,
 * and what is left in the buffer of the system would be lost.
 */
const SHELL = ['-c', 'trap : INT; "$@"; printf "<ended %s>" $?; exec sleep 600', 'sh'];
const ENDED = /<ended (\d+)>$/;

/** Runs a command of the command line in a pseudo-terminal, and kills it when the running test ends. */
export function duInTerminal(args: readonly string[], options: TerminalOptions = {}): InTerminal {
  const { columns = 100, variables = {}, byNpm = false } = options;
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  const command = byNpm
    ? ['npm', 'run', 'du', '--']
    : [process.execPath, '--import', 'tsx', 'handlers/command-line.ts'];
  const terminal = spawn('sh', [...SHELL, ...command, ...args], {
    cols: columns,
    rows: 40,
    env: { PATH, HOME, TMPDIR, TERM: 'xterm-256color', ...variables },
  });
  onTestFinished(() => terminal.kill('SIGKILL'));
  let text = '';
  const ended = new Promise<number>((resolve) => {
    terminal.onData((data) => {
      text += data;
      const code = ENDED.exec(text)?.[1];
      if (code === undefined) return;
      text = text.replace(ENDED, '');
      resolve(Number(code));
    });
  });
  return {
    output: () => text,
    until: (wanted) =>
      holds(
        () => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)),
        () => `no ${wanted} in:\n${text}`,
      ),
    press: (keys) => terminal.write(keys),
    ended,
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with one
const SEQUENCE = /\u001b(?:\[[0-9;?]*[A-Za-z]|[78])/g;

/** What is left to read: without colours, and without lines that were written over. */
export function plain(output: string): readonly string[] {
  return output
    .replace(SEQUENCE, (sequence) => (/\[(1)?G$|\[2K$/.test(sequence) ? '\r' : ''))
    .split(/\r?\n/)
    .map((line) => line.split('\r').at(-1) ?? '');
}
