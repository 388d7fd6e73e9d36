import type { Command } from 'commander';
import { type CommandLineApp, createCommandLineApp } from '../../../lib/app.ts';
import type { CheckRow } from '../../../lib/check/row.ts';
import { readCommandLineConfig } from '../../../lib/config/read-config.ts';
import { toPrintable } from '../../../lib/core/json.ts';
import type { ShareId } from '../../../lib/core/task.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type CommonOptions, withCommonOptions } from '../options.ts';
import type { Run } from '../run.ts';
import type { Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface CheckOptions extends CommonOptions {
  readonly probeDelete?: boolean;
}

const EXAMPLES = `
Examples:
  npm run du -- check                        the shares of ALLOWED_SHARES
  npm run du -- check prod --probe-delete    would a DELETE be allowed there?`;

export function addCheck(program: Command, run: Run): void {
  const command = program
    .command('check')
    .summary('look whether everything is set up; deletes nothing')
    .description(
      'Looks whether the credentials hold, the service answers, and shares and tasks can be read. Deletes nothing.',
    )
    .argument('[shares...]', 'by id or alias; those of ALLOWED_SHARES where none is named')
    .option('--probe-delete', 'also look whether a DELETE would be allowed, with a task that cannot exist')
    .addHelpText('after', EXAMPLES);
  withCommonOptions(command).action((words: readonly string[], options: CheckOptions) =>
    run({ read: readCommandLineConfig, create: createCommandLineApp }, options, (session) =>
      check(session, words, options),
    ),
  );
}

async function check(
  { app, caller, call, frame: { terminal }, shareOf, labelOf }: Session<CommandLineApp>,
  words: readonly string[],
  { json, probeDelete = false }: CheckOptions,
): Promise<ExitCode> {
  const shareIds = words.length === 0 ? undefined : words.map((word) => shareOf(word).shareId);
  const { rows, failed } = await app.check({ shareIds, probeDelete }, caller, call);
  terminal.print(
    json ? JSON.stringify({ failed, checks: rows.map(toJson) }, undefined, 2) : rowTable(rows, terminal, labelOf),
  );
  if (!json)
    terminal.note(failed ? terminal.noteColors.red('Something is wrong.') : terminal.noteColors.green('All is well.'));
  return failed ? EXIT.failed : EXIT.done;
}

function toJson({ check, shareId, result, found, remedy }: CheckRow) {
  return { check, share_id: shareId, result, found, remedy };
}

function rowTable(rows: readonly CheckRow[], terminal: Terminal, labelOf: (shareId: ShareId) => string): string {
  const columns = [{ head: 'RESULT' }, { head: 'CHECK', isTitle: true }, { head: 'FOUND, AND WHAT TO DO' }];
  const cells = rows.map(({ check, shareId, result, found, remedy }) => [
    result,
    shareId === undefined ? check : `${check} of ${labelOf(shareId)}`,
    toPrintable(remedy === undefined ? found : `${found}: ${remedy}`),
  ]);
  const { red, green } = terminal.colors;
  return table(columns, cells, terminal)
    .replace(/^( *)failed\b/gm, `$1${red('failed')}`)
    .replace(/^( *)ok\b/gm, `$1${green('ok')}`);
}
