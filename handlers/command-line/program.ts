import { Command, CommanderError } from 'commander';
import { addCancel } from './commands/cancel.ts';
import { addCancelMany } from './commands/cancel-many.ts';
import { addCheck } from './commands/check.ts';
import { addList } from './commands/list.ts';
import { addStatus } from './commands/status.ts';
import { addSweep } from './commands/sweep.ts';
import { type Deletion, whatWasDeleted } from './deletions.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { createInterruption } from './interruption.ts';
import { createProgress } from './progress.ts';
import { createRun, type Run } from './run.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import type { World } from './world.ts';

/** One command of a person's own. @param args without Node and the script @returns what the process is to end with */
export async function runCommandLine(args: readonly string[], world: World): Promise<ExitCode> {
  const terminal = createTerminal(world);
  const progress = createProgress(world.stderr, terminal.isWatched);
  const deletions: Deletion[] = [];
  const stop = createInterruption(
    world,
    () => progress.aside(() => terminal.note('Stopping: waiting for what is under way. Ctrl-C again ends at once.')),
    () => {
      progress.clear();
      terminal.note(`${whatWasDeleted(deletions)}\nWhat was under way may be deleted, too.`);
      world.exit(EXIT.interrupted);
    },
  );
  let code: ExitCode = EXIT.done;
  const run = createRun({ world, terminal, progress, deletions, stop }, (ended) => {
    code = ended;
  });
  try {
    await createProgram(run, terminal).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // asking for help is no fault
    return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  }
  return code;
}

const EXAMPLES = `
Examples:
  npm run du -- check                       is everything set up?
  npm run du -- list prod --status DOING    what runs in the share prod?
  npm run du -- cancel prod 7d0fb4f6c1c34c0cb3d5d3c5a9b0a1b2
  npm run du -- cancel-many prod --status DOING --older-than 6h
  npm run du -- sweep --dry-run             what would the timer delete?
  npm run -s du -- list prod --json         for programs

Variables come from the shell, and from a file .env in this folder:
HW_REGION_NAME, ALLOWED_SHARES and credentials, which are HW_ACCESS_KEY and
HW_SECRET_KEY, or HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD.

It ends with 0 when all is done, with 1 when something failed, with 2 when it
was used wrongly, and with 130 on Ctrl-C. docs/command-line.md has more.`;

function createProgram(run: Run, terminal: Terminal): Command {
  const program = new Command('npm run du --')
    .description('Finds, cancels and sweeps directory-usage (DU) tasks of SFS Turbo from this machine.')
    .helpOption('--help', 'show this')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      getOutHelpWidth: () => terminal.columns ?? 100,
      getErrHelpWidth: () => terminal.columns ?? 100,
      getOutHasColors: () => terminal.colors.isColorSupported,
      getErrHasColors: () => terminal.noteColors.isColorSupported,
    });
  // what is set above is handed down to commands that are added below
  for (const add of [addList, addStatus, addCancel, addCancelMany, addSweep, addCheck]) add(program, run);
  return program;
}
