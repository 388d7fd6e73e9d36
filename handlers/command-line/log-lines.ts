import { appendFileSync } from 'node:fs';
import { isRecord, parseJson } from '../../lib/core/json.ts';
import { WrongUse } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

interface LogOptions {
  readonly verbose?: boolean;
  readonly logFile?: string;
}

/** Events that a command tells of itself, or that are behind a failure that it tells of. */
const TOLD_BY_COMMANDS: ReadonlySet<unknown> = new Set(['audit', 'iam.token', 'sweep.done']);

/**
 * Where the lines go that the function would log: all of them into a file or with `verbose` to stderr, else what went wrong and
 * each DELETE to stderr. A person is told of the DELETEs by the command itself, and reads what went wrong in plain words.
 *
 * @throws {WrongUse} when the file cannot be written
 */
export function createLogSink({ verbose = false, logFile }: LogOptions, terminal: Terminal): (line: string) => void {
  if (logFile !== undefined) checkFile(logFile);
  return (line) => {
    const fields = parseJson(line);
    const { event, level } = isRecord(fields) ? fields : {};
    const isWrong = level === 'WARN' || level === 'ERROR';
    const isWanted = verbose || (!terminal.isWatched && (isWrong || event === 'audit'));
    const isKept = logFile !== undefined && append(logFile, line) === undefined;
    if (logFile === undefined ? isWanted : !isKept) terminal.note(line.trimEnd());
    else if (terminal.isWatched && isWrong && !TOLD_BY_COMMANDS.has(event)) {
      terminal.note(terminal.noteColors.yellow(`! ${inWords(fields)}`));
    }
  };
}

function checkFile(file: string): void {
  const fault = append(file, '');
  if (fault !== undefined) throw new WrongUse(`${file} cannot be written (${fault}).`);
}

/** @returns why it failed, such as a full disk: then a line must go elsewhere, and whatever was under way goes on */
function append(file: string, text: string): string | undefined {
  try {
    // what was deleted is nobody else's business
    appendFileSync(file, text, { mode: 0o600 });
    return undefined;
  } catch (error) {
    return String(isRecord(error) ? error['code'] : error);
  }
}

function inWords(fields: unknown): string {
  if (!isRecord(fields)) return 'something went wrong';
  const { event, target, share_id: share, task_id: task, reason, outcome, err_code: errCode } = fields;
  const place = share === undefined ? target && `target ${target}` : `share ${target ? `${target}/` : ''}${share}`;
  const subject = [place, task && `task ${task}`].filter(Boolean).join(', ');
  return `${subject || event}: ${reason ?? outcome ?? 'failed'}${errCode === undefined ? '' : ` (${errCode})`}`;
}
