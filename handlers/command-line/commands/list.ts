import type { Command } from 'commander';
import { type CommandLineApp, createCommandLineApp } from '../../../lib/app.ts';
import { readCommandLineConfig } from '../../../lib/config/read-config.ts';
import { MAX_RUNNING_TASKS, type TaskStatus } from '../../../lib/core/task.ts';
import type { ShareName } from '../../../lib/targets/share-place.ts';
import type { ListQuery, ListTasks } from '../../../lib/tasks/list.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { taskTable } from '../listed.ts';
import { type CommonOptions, duration, pathPrefix, statuses, wholeNumber, withCommonOptions } from '../options.ts';
import type { Run } from '../run.ts';
import type { Session } from '../session.ts';
import { counted } from '../texts.ts';

interface ListOptions extends CommonOptions {
  readonly status?: ReadonlySet<TaskStatus>;
  readonly olderThan?: number;
  readonly pathPrefix?: string;
  readonly limit: number;
  readonly all?: boolean;
  readonly marker?: string;
}

const DEFAULT_LIMIT = 50;
const LONGEST_PAGE = 100;

const EXAMPLES = `
Examples:
  npm run du -- list prod                                   the first ${DEFAULT_LIMIT} tasks
  npm run du -- list prod --status DOING --older-than 1d    what is stuck
  npm run du -- list prod --path-prefix /builds/ --all      all below it
  npm run -s du -- list prod --all --json > tasks.json`;

export function addList(program: Command, run: Run): void {
  const command = program
    .command('list')
    .summary('show the tasks of a share')
    .description('Shows the tasks of a share, in the order of the service, and says when ten of them run.')
    .argument('<share>', 'its id or alias; target/share where several targets have it')
    .option('--status <list>', 'one or more of SUCCESS, FAIL, DOING, joined by commas', statuses)
    .option(
      '--older-than <duration>',
      'at least this long since they ended, or began if they run: 90m, 24h, 7d',
      duration,
    )
    .option('--path-prefix <path>', 'tasks of directories whose path begins with this', pathPrefix)
    .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), DEFAULT_LIMIT)
    .option('--all', 'all of them')
    .option('--marker <task>', 'go on after this task')
    .addHelpText('after', EXAMPLES);
  withCommonOptions(command).action((share: string, options: ListOptions) =>
    run({ read: readCommandLineConfig, create: createCommandLineApp }, options, (session) =>
      list(session, share, options),
    ),
  );
}

async function list(session: Session<CommandLineApp>, word: string, options: ListOptions): Promise<ExitCode> {
  const { terminal, progress } = session.frame;
  const share = session.shareOf(word);
  const query = {
    shareId: share.shareId,
    target: share.target,
    statuses: options.status,
    olderThanMs: options.olderThan,
    pathPrefix: options.pathPrefix,
    marker: options.marker,
  };
  const { tasks, nextMarker } = await readTasks(session, query, options.all === true ? Infinity : options.limit);
  const running = await countRunning(session, share);
  progress.clear();

  if (options.json) {
    terminal.print(JSON.stringify({ tasks, next_marker: nextMarker, running }, undefined, 2));
  } else if (tasks.length > 0) {
    const shown = tasks.map(({ task_id: taskId, status, age_s: ageS, dir_usage: usage }) => {
      return { taskId, status, ageS, path: usage?.path };
    });
    terminal.print(taskTable(shown, terminal));
  }
  if (!options.json) terminal.note(`${counted(tasks.length, 'task')} of ${share.label}.`);
  if (nextMarker !== undefined) terminal.note('There may be more: add --all, or a larger --limit.');
  if (running >= MAX_RUNNING_TASKS) {
    const full = `${share.label} is full: ${running} tasks run, so the service refuses the next measurement.`;
    terminal.note(terminal.noteColors.yellow(full));
  }
  return EXIT.done;
}

type Page = Awaited<ReturnType<ListTasks>>;

async function readTasks(
  { app, caller, call, frame }: Session<CommandLineApp>,
  query: Omit<ListQuery, 'limit'>,
  wanted: number,
): Promise<Pick<Page, 'tasks' | 'nextMarker'>> {
  const tasks: Page['tasks'][number][] = [];
  let marker = query.marker;
  do {
    const limit = Math.min(LONGEST_PAGE, wanted - tasks.length);
    const page = await app.listTasks({ ...query, marker, limit }, caller, call);
    tasks.push(...page.tasks);
    marker = page.nextMarker;
    frame.progress.read(tasks.length);
  } while (marker !== undefined && tasks.length < wanted);
  return { tasks, nextMarker: marker };
}

/** Up to the number at which a share is full. */
async function countRunning({ app, caller, call }: Session<CommandLineApp>, { shareId, target }: ShareName) {
  const query = { shareId, target, statuses: new Set<TaskStatus>(['DOING']), limit: MAX_RUNNING_TASKS };
  return (await app.listTasks(query, caller, call)).tasks.length;
}
