import confirm from '@inquirer/confirm';
import { Interrupted, WrongUse } from './exit-codes.ts';
import type { Frame } from './frame.ts';

/**
 * Makes sure that somebody can answer before anything is read.
 *
 * @throws {WrongUse} without a terminal and without `--yes`
 */
export function requireAnswer({ yes = false }: { readonly yes?: boolean }, { terminal }: Frame): void {
  if (yes || terminal.canAsk) return;
  throw new WrongUse('Nothing was deleted: there is no terminal to ask in. Add --yes to delete without a question.');
}

/**
 * Asks on the terminal; what is no yes is a no.
 *
 * @throws {Interrupted} on Ctrl-C
 */
export async function ask(message: string, { world, stop }: Frame): Promise<boolean> {
  const { stdin: input, stderr: output } = world;
  try {
    return await confirm({ message, default: false }, { input, output, signal: stop });
  } catch (error) {
    if (error instanceof Error && /^(ExitPrompt|AbortPrompt)Error$/.test(error.name)) throw new Interrupted();
    throw error;
  }
}
