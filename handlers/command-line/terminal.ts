import pico from 'picocolors';
import type { Output, World } from './world.ts';

export type Colors = ReturnType<typeof pico.createColors>;

/** Where results and notes go. Results alone go to stdout, so that a program can read them. */
export interface Terminal {
  /** Of stdout; absent where it is no terminal, and a line may have any length. */
  readonly columns: number | undefined;
  /** For what is printed. */
  readonly colors: Colors;
  /** For notes. */
  readonly noteColors: Colors;
  /** Whether notes are read by a person as they come. */
  readonly isWatched: boolean;
  /** Whether a person is there to answer a question. */
  readonly canAsk: boolean;
  readonly print: (text: string) => void;
  readonly note: (text: string) => void;
}

export function createTerminal({ stdin, stdout, stderr, variables }: World): Terminal {
  const isWatched = stderr.isTTY === true;
  return {
    columns: stdout.isTTY === true ? (stdout.columns ?? 80) : undefined,
    colors: pico.createColors(wantsColors(stdout, variables)),
    noteColors: pico.createColors(wantsColors(stderr, variables)),
    isWatched,
    canAsk: isWatched && stdin.isTTY === true,
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
  };
}

/** @see https://no-color.org and https://force-color.org */
function wantsColors(output: Output, { NO_COLOR, FORCE_COLOR, TERM }: World['variables']): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return output.isTTY === true && TERM !== 'dumb';
}
