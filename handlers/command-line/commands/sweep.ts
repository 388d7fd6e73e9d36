import type { Command } from 'commander';
import { type CommandLineSweepApp, createCommandLineSweepApp } from '../../../lib/app.ts';
import { readCommandLineSweepConfig } from '../../../lib/config/read-config.ts';
import { isFailed } from '../../../lib/sweep/summary.ts';
import type { SweptNow } from '../../../lib/sweep/sweep-now.ts';
import { toSweepAnswer } from '../../platform/many-answer.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type CommonOptions, targetNames, wholeNumber, withCommonOptions } from '../options.ts';
import { ask, requireAnswer } from '../question.ts';
import type { Run } from '../run.ts';
import type { Session } from '../session.ts';
import { type SweepChoice, scopeOf } from '../sweep-scope.ts';
import { sweepOnce } from '../sweeping.ts';
import { sweptText, toDelete } from '../swept.ts';
import { counted } from '../texts.ts';

interface SweepOptions extends CommonOptions, SweepChoice {
  readonly maxDeletes?: number;
  readonly yes?: boolean;
}

const EXAMPLES = `
The policy is in the variables that begin with SWEEP_, as for the timer.
SWEEP_SHARES is required. A sweep is dry unless SWEEP_DRY_RUN is false.

Examples:
  npm run du -- sweep --dry-run              what would go?
  SWEEP_DRY_RUN=false npm run du -- sweep    shows what is due, and asks
  SWEEP_DRY_RUN=false npm run du -- sweep --share prod --max-deletes 10 --yes`;

export function addSweep(program: Command, run: Run): void {
  const command = program
    .command('sweep')
    .summary('delete stale tasks by the policy of the timer')
    .description('Deletes stale tasks by the policy of the timer. Asks first.')
    .option('--target <list>', 'only these of TARGETS, joined by commas', targetNames)
    .option('--share <share...>', 'only these of SWEEP_SHARES, by id or alias')
    .option('--max-deletes <number>', 'at most so many, never more than SWEEP_MAX_DELETES', wholeNumber(0, 10_000))
    .option('--dry-run', 'delete nothing, whatever SWEEP_DRY_RUN says')
    .option('--yes', 'do not ask')
    .addHelpText('after', EXAMPLES);
  withCommonOptions(command).action((options: SweepOptions) =>
    run({ read: readCommandLineSweepConfig, create: createCommandLineSweepApp }, options, (session) =>
      sweep(session, options),
    ),
  );
}

async function sweep(session: Session<CommandLineSweepApp>, options: SweepOptions): Promise<ExitCode> {
  const { frame } = session;
  const { overrides: scope, isDry, dryTargets } = scopeOf(session, options);
  const overrides = { ...scope, maxDeletes: options.maxDeletes };
  if (!isDry) requireAnswer(options, frame);
  if (dryTargets.length > 0) frame.terminal.note(`Left out, because their sweep is dry: ${dryTargets.join(', ')}.`);

  if (!isDry && options.yes !== true) {
    const preview = await sweepOnce(session, { ...overrides, dryRun: true });
    if (toDelete(preview).length === 0) return show(preview, session, options);
    if (!(await askAbout(preview, session))) return EXIT.done;
    // what becomes due meanwhile was not asked about
    return show(
      await sweepOnce(session, { ...scope, maxDeletes: toDelete(preview).length, dryRun: false }),
      session,
      options,
    );
  }
  const code = show(await sweepOnce(session, { ...overrides, dryRun: isDry }), session, options);
  if (isDry && options.dryRun !== true) {
    frame.terminal.note(
      'SWEEP_DRY_RUN is true, as it is unless set. With SWEEP_DRY_RUN=false a sweep asks, and deletes.',
    );
  }
  return code;
}

async function askAbout(preview: SweptNow, session: Session<CommandLineSweepApp>): Promise<boolean> {
  const { frame } = session;
  const { note, noteColors: colors } = frame.terminal;
  note(sweptText(preview, { ...frame.terminal, colors }, session.labelOf));
  const isMeant = await ask(`Delete ${counted(toDelete(preview).length, 'task')}?`, frame);
  if (!isMeant) note('Nothing was deleted.');
  return isMeant;
}

function show(swept: SweptNow, session: Session<CommandLineSweepApp>, { json }: CommonOptions): ExitCode {
  const { terminal } = session.frame;
  terminal.print(
    json ? JSON.stringify(toSweepAnswer(swept).body, undefined, 2) : sweptText(swept, terminal, session.labelOf),
  );
  return isFailed(swept.summary) ? EXIT.failed : EXIT.done;
}
