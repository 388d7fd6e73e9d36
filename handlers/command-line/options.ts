import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDurationMs } from '../../lib/config/duration.ts';
import { TASK_STATUSES, type TaskStatus } from '../../lib/core/task.ts';

/** What every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly envFile?: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly verbose?: boolean;
  readonly logFile?: string;
}

const DEFAULT_TIMEOUT = '15m';

export function withCommonOptions(command: Command): Command {
  return command
    .optionsGroup('For every command:')
    .option('--json', 'print JSON for programs; everything else goes to stderr')
    .option('--env-file <path>', 'take the variables from this file alone, not from the shell')
    .addOption(
      new Option('--timeout <duration>', 'stop cleanly after this time')
        .argParser(duration)
        .default(parseDurationMs(DEFAULT_TIMEOUT), DEFAULT_TIMEOUT),
    )
    .option('--verbose', 'write every log line to stderr')
    .option('--log-file <path>', 'append all log lines to this file, an audit line for each DELETE among them')
    .helpOption('--help', 'show this');
}

/** In milliseconds. */
export function duration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration such as 90m, 24h or 7d.');
  return ms;
}

export function statuses(text: string): ReadonlySet<TaskStatus> {
  const words = text.split(',').map((word) => word.trim().toUpperCase());
  const known = TASK_STATUSES.filter((status) => words.includes(status));
  if (known.length === 0 || words.some((word) => !known.some((status) => status === word))) {
    throw new InvalidArgumentError(`It must be one or more of ${TASK_STATUSES.join(', ')}, joined by commas.`);
  }
  return new Set(known);
}

export function targetNames(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

export function pathPrefix(text: string): string {
  if (!text.startsWith('/')) throw new InvalidArgumentError('It must begin with /.');
  return text;
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
