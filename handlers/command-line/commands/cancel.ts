import type { Command } from 'commander';
import { type CommandLineApp, createCommandLineApp } from '../../../lib/app.ts';
import { readCommandLineConfig } from '../../../lib/config/read-config.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type CommonOptions, withCommonOptions } from '../options.ts';
import { ask, requireAnswer } from '../question.ts';
import type { Run } from '../run.ts';
import type { Session } from '../session.ts';
import { taskLines } from '../task-lines.ts';
import { taskOf } from '../task-of.ts';

interface CancelOptions extends CommonOptions {
  readonly yes?: boolean;
}

const EXAMPLES = `
Examples:
  npm run du -- cancel prod 7d0fb4f6c1c34c0cb3d5d3c5a9b0a1b2    asks
  npm run -s du -- cancel prod 7d0fb4f6c1c34c0cb3d5d3c5a9b0a1b2 --yes --json`;

export function addCancel(program: Command, run: Run): void {
  const command = program
    .command('cancel')
    .summary('stop and delete a running task, or delete a finished one')
    .description('Stops and deletes a running task, or deletes the result of a finished one. Asks first.')
    .argument('<share>', 'its id or alias; target/share where several targets have it')
    .argument('<task>', 'its id')
    .option('--yes', 'do not ask')
    .addHelpText('after', EXAMPLES);
  withCommonOptions(command).action((shareWord: string, taskWord: string, options: CancelOptions) =>
    run({ read: readCommandLineConfig, create: createCommandLineApp }, options, (session) =>
      cancel(session, shareWord, taskWord, options),
    ),
  );
}

async function cancel(
  session: Session<CommandLineApp>,
  shareWord: string,
  taskWord: string,
  options: CancelOptions,
): Promise<ExitCode> {
  const { app, caller, call, frame } = session;
  const { terminal } = frame;
  requireAnswer(options, frame);
  const { share, ref } = taskOf(session, shareWord, taskWord);
  if (options.yes !== true) {
    const { value: task } = await app.showTask(ref, caller, call);
    terminal.note(taskLines(task, { colors: terminal.noteColors }));
    const isMeant = await ask(task.status === 'DOING' ? 'Stop and delete this task?' : 'Delete this result?', frame);
    if (!isMeant) {
      terminal.note('Nothing was deleted.');
      return EXIT.done;
    }
  }
  const { projectId, shareId, taskId, feature, outcome } = await app.cancelTask(ref, caller, call);
  if (options.json) {
    const answer = { project_id: projectId, share_id: shareId, feature, task_id: taskId, outcome };
    terminal.print(JSON.stringify(answer, undefined, 2));
  } else {
    const what = outcome === 'accepted' ? 'Deleted' : 'Already gone';
    terminal.print(`${terminal.colors.green(what)}: ${taskId} of ${share.label}`);
  }
  return EXIT.done;
}
