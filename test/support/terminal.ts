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

/** Runs a command of the command line in a pseudo-terminal, and kills it when the running test ends. */
export function duInTerminal(args: readonly string[], options: TerminalOptions = {}): InTerminal {
  const { columns = 100, variables = {}, byNpm = false } = options;
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  const [command, ...before] = byNpm
    ? ['npm', 'run', 'du', '--']
    : [process.execPath, '--import', 'tsx', 'handlers/command-line.ts'];
  const terminal = spawn(command ?? '', [...before, ...args], {
    cols: columns,
    rows: 40,
    env: { PATH, HOME, TMPDIR, TERM: 'xterm-256color', ...variables },
  });
  let text = '';
  terminal.onData((data) => {
    text += data;
  });
  const ended = new Promise<number>((resolve) => {
    // as a shell has it
    terminal.onExit(({ exitCode, signal }) => resolve(signal ? 128 + signal : exitCode));
  });
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  onTestFinished(() => {
    if (!isOver) terminal.kill('SIGKILL');
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
