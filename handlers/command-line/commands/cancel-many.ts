import type { Command } from 'commander';
import { type CommandLineApp, createCommandLineApp } from '../../../lib/app.ts';
import { readCommandLineConfig } from '../../../lib/config/read-config.ts';
import { parseTaskId, type TaskStatus } from '../../../lib/core/task.ts';
import { DEFAULT_MAX, HIGHEST_MAX } from '../../../lib/tasks/cancel-many.ts';
import type { CancelManyResult } from '../../../lib/tasks/many-report.ts';
import { toManyAnswer } from '../../platform/many-answer.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { manyText } from '../many.ts';
import { type CommonOptions, duration, pathPrefix, statuses, wholeNumber, withCommonOptions } from '../options.ts';
import { ask, requireAnswer } from '../question.ts';
import type { Run } from '../run.ts';
import type { Session } from '../session.ts';
import { counted } from '../texts.ts';

interface CancelManyOptions extends CommonOptions {
  readonly status: ReadonlySet<TaskStatus>;
  readonly olderThan?: number;
  readonly pathPrefix?: string;
  readonly max: number;
  readonly delete?: boolean;
  readonly yes?: boolean;
}

const EXAMPLES = `
Without --delete it only shows which tasks it would delete.

Examples:
  npm run du -- cancel-many prod --status DOING --older-than 6h
  npm run du -- cancel-many prod --status DOING --older-than 6h --delete
  npm run du -- cancel-many prod --status FAIL --max 100 --delete --yes`;

export function addCancelMany(program: Command, run: Run): void {
  const command = program
    .command('cancel-many')
    .summary('stop and delete the oldest tasks that match filters')
    .description('Stops and deletes the oldest tasks of a share that match the filters. Asks first.')
    .argument('<share>', 'its id or alias; target/share where several targets have it')
    .requiredOption('--status <list>', 'one or more of SUCCESS, FAIL, DOING, joined by commas', statuses)
    .option(
      '--older-than <duration>',
      'at least this long since they ended, or began if they run: 90m, 24h, 7d',
      duration,
    )
    .option('--path-prefix <path>', 'tasks of directories whose path begins with this', pathPrefix)
    .option('--max <number>', `at most so many, up to ${HIGHEST_MAX}`, wholeNumber(1, HIGHEST_MAX), DEFAULT_MAX)
    .option('--delete', 'delete them; without it nothing is deleted')
    .option('--yes', 'do not ask')
    .addHelpText('after', EXAMPLES);
  withCommonOptions(command).action((share: string, options: CancelManyOptions) =>
    run({ read: readCommandLineConfig, create: createCommandLineApp }, options, (session) =>
      cancelMany(session, share, options),
    ),
  );
}

async function cancelMany(
  session: Session<CommandLineApp>,
  word: string,
  options: CancelManyOptions,
): Promise<ExitCode> {
  const { terminal } = session.frame;
  const isReal = options.delete === true;
  if (isReal) requireAnswer(options, session.frame);
  const share = session.shareOf(word);
  const query: Query = {
    shareId: share.shareId,
    target: share.target,
    statuses: options.status,
    olderThanMs: options.olderThan,
    pathPrefix: options.pathPrefix,
    max: options.max,
    dryRun: !isReal,
  };
  if (!isReal || options.yes) {
    const code = show(await cancelOnce(session, query), session, options);
    if (!isReal) terminal.note('Nothing was deleted. With --delete it asks, and deletes.');
    return code;
  }
  const preview = await cancelOnce(session, { ...query, dryRun: true });
  const meant = preview.tasks.filter(({ verdict }) => verdict === 'delete');
  if (meant.length === 0) return show(preview, session, options);
  terminal.note(manyText(preview, { ...terminal, colors: terminal.noteColors }));
  if (await ask(`Delete ${counted(meant.length, 'task')} of ${share.label}?`, session.frame)) {
    // what meets the filters since then was not asked about
    const only = new Set(meant.map(({ taskId }) => parseTaskId(taskId)));
    return show(await cancelOnce(session, { ...query, only }), session, options);
  }
  terminal.note('Nothing was deleted.');
  return EXIT.done;
}

type Query = Parameters<CommandLineApp['cancelMany']>[0];

async function cancelOnce(
  { app, caller, call, frame: { progress } }: Session<CommandLineApp>,
  query: Query,
): Promise<CancelManyResult> {
  if (!query.dryRun) progress.start(query.only?.size ?? query.max);
  const result = await app.cancelMany(query, caller, call);
  progress.clear();
  return result;
}

function show(
  result: CancelManyResult,
  { frame: { terminal } }: Session<CommandLineApp>,
  { json }: CommonOptions,
): ExitCode {
  terminal.print(json ? JSON.stringify(toManyAnswer(result).body, undefined, 2) : manyText(result, terminal));
  return result.failed > 0 ? EXIT.failed : EXIT.done;
}
