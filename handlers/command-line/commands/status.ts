import type { Command } from 'commander';
import { createCommandLineApp } from '../../../lib/app.ts';
import { readCommandLineConfig } from '../../../lib/config/read-config.ts';
import { EXIT } from '../exit-codes.ts';
import { type CommonOptions, withCommonOptions } from '../options.ts';
import type { Run } from '../run.ts';
import { taskLines } from '../task-lines.ts';
import { taskOf } from '../task-of.ts';

const EXAMPLES = `
Examples:
  npm run du -- status prod 7d0fb4f6c1c34c0cb3d5d3c5a9b0a1b2
  npm run -s du -- status prod 7d0fb4f6c1c34c0cb3d5d3c5a9b0a1b2 --json`;

export function addStatus(program: Command, run: Run): void {
  const command = program
    .command('status')
    .summary('show one task')
    .description('Shows one task. The service answers from a cache of up to five minutes.')
    .argument('<share>', 'its id or alias; target/share where several targets have it')
    .argument('<task>', 'its id')
    .addHelpText('after', EXAMPLES);
  withCommonOptions(command).action((shareWord: string, taskWord: string, options: CommonOptions) =>
    run({ read: readCommandLineConfig, create: createCommandLineApp }, options, async (session) => {
      const { app, caller, call, frame } = session;
      const { ref } = taskOf(session, shareWord, taskWord);
      const { value: task } = await app.showTask(ref, caller, call);
      frame.terminal.print(options.json ? JSON.stringify(task, undefined, 2) : taskLines(task, frame.terminal));
      return EXIT.done;
    }),
  );
}
