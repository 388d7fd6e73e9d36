import type { Command } from 'commander';
import { type CommandLineApp, createCommandLineApp } from '../../../lib/app.ts';
import type { CheckRow } from '../../../lib/check/row.ts';
import { readCommandLineConfig } from '../../../lib/config/read-config.ts';
import { toPrintable } from '../../../lib/core/json.ts';
import { toCheckAnswer } from '../../platform/check-answer.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type CommonOptions, targetNames, withCommonOptions } from '../options.ts';
import type { Run } from '../run.ts';
import type { Session } from '../session.ts';
import { table } from '../table.ts';
import { chosenTargets, wordInTarget } from '../targets-option.ts';

interface CheckOptions extends CommonOptions {
  readonly target?: readonly string[];
  readonly probeDelete?: boolean;
}

const EXAMPLES = `
Examples:
  npm run du -- check                        the shares of ALLOWED_SHARES
  npm run du -- check prod --probe-delete    would a DELETE be allowed there?`;

export function addCheck(program: Command, run: Run): void {
  const command = program
    .command('check')
    .summary('check that everything is set up; deletes nothing')
    .description(
      'Checks that the credentials work, the service answers, and shares and tasks can be read. Deletes nothing.',
    )
    .argument('[shares...]', 'by id or alias; without any, those of ALLOWED_SHARES')
    .option('--target <list>', 'only these of TARGETS, joined by commas', targetNames)
    .option('--probe-delete', 'also check that a DELETE is allowed, by one for a task that cannot exist')
    .addHelpText('after', EXAMPLES);
  withCommonOptions(command).action((words: readonly string[], options: CheckOptions) =>
    run({ read: readCommandLineConfig, create: createCommandLineApp }, options, (session) =>
      check(session, words, options),
    ),
  );
}

async function check(
  session: Session<CommandLineApp>,
  words: readonly string[],
  { json, target, probeDelete = false }: CheckOptions,
): Promise<ExitCode> {
  const { app, caller, call, frame, shareOf } = session;
  const { terminal } = frame;
  const targets = chosenTargets(target, app.config);
  const shares = words.length === 0 ? undefined : words.map((word) => shareOf(wordInTarget(word, targets)));
  const query = { targets, shares, probeDelete };
  const report = await app.check(query, caller, call);
  const { rows, failed } = report;
  terminal.print(json ? JSON.stringify(toCheckAnswer(report), undefined, 2) : rowTable(rows, session));
  if (!json)
    terminal.note(failed ? terminal.noteColors.red('Something is wrong.') : terminal.noteColors.green('All is well.'));
  return failed ? EXIT.failed : EXIT.done;
}

function rowTable(rows: readonly CheckRow[], { frame: { terminal }, labelOf }: Session<CommandLineApp>): string {
  const hasTargets = rows.some(({ target }) => target !== undefined);
  const columns = [
    { head: 'RESULT' },
    ...(hasTargets ? [{ head: 'TARGET' }] : []),
    { head: 'CHECK', isTitle: true },
    { head: 'FOUND, AND WHAT TO DO', isProse: true },
  ];
  const cells = rows.map(({ target, check, shareId, result, found, remedy }) => [
    result,
    ...(hasTargets ? [target ?? ''] : []),
    shareId === undefined ? check : `${check} of ${labelOf({ shareId, target }).replace(`${target}/`, '')}`,
    toPrintable(remedy === undefined ? found : `${found}: ${remedy}`),
  ]);
  const { red, green } = terminal.colors;
  return table(columns, cells, terminal)
    .replace(/^( *)failed\b/gm, `$1${red('failed')}`)
    .replace(/^( *)ok\b/gm, `$1${green('ok')}`);
}
