import { remedyFor } from '../../lib/check/remedies.ts';
import type { Config } from '../../lib/config/read-config.ts';
import { toServiceError } from '../../lib/core/errors.ts';
import { describeBug } from '../../lib/core/log.ts';
import { EXIT, type ExitCode, Interrupted, WrongUse } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

interface FailureOptions {
  readonly json?: boolean | undefined;
  /** Absent where there is no configuration yet. */
  readonly config?: Pick<Config, 'credentials'> | undefined;
}

/** Says what went wrong and what to do. @returns what the process ends with */
export function tellFailure(error: unknown, terminal: Terminal, { json = false, config }: FailureOptions): ExitCode {
  if (error instanceof Interrupted) return EXIT.interrupted;
  const { red } = terminal.noteColors;
  if (error instanceof WrongUse) {
    terminal.note(red(error.message));
    return EXIT.wrongUse;
  }
  const failure = toServiceError(error);
  if (config === undefined && failure.code === 'misconfigured') {
    terminal.note(`${red('Variables are missing or wrong:')}\n${lines(failure.faults ?? [])}\n${WHERE_TO_SET}`);
    return EXIT.wrongUse;
  }
  const reasons = [failure.why, ...(failure.faults ?? [])].join('; ');
  terminal.note(red(`Failed: ${reasons} (${failure.errCode})`));
  if (failure.code === 'internal') terminal.note(`This is a fault of the program: ${describeBug(failure.cause)}`);
  const remedy = config && remedyFor(failure, config.credentials);
  if (remedy !== undefined) terminal.note(`What to do: ${remedy}`);
  if (json) terminal.print(JSON.stringify({ errCode: failure.errCode, errMsg: failure.message }));
  return EXIT.failed;
}

const WHERE_TO_SET = `
Set them in the shell, or as NAME=value lines in the file .env of this folder, or in one named by --env-file.
Credentials are HW_ACCESS_KEY and HW_SECRET_KEY, or HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD.
ALLOWED_SHARES has the ids of the shares that may be touched, comma-separated; * stands for every share of the project.`;

function lines(entries: readonly string[]): string {
  return entries.map((entry) => `  ${entry}`).join('\n');
}
