import type { Logger } from 'pino';
import pino from 'pino/browser.js';
import type { Runtime } from './runtime.ts';

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** Every field that a line may hold. What is not listed does not compile, so no secret gets in by a spread object. */
interface LogFields {
  readonly caller?: string | undefined;
  readonly route?: string | undefined;
  readonly method?: string | undefined;
  /** By its name in `TARGETS`. */
  readonly target?: string | undefined;
  /** By its name in `ACCOUNTS`. */
  readonly account?: string | undefined;
  readonly project_id?: string | undefined;
  readonly share_id?: string | undefined;
  readonly task_id?: string | undefined;
  readonly feature?: string | undefined;
  readonly status?: number | undefined;
  readonly err_code?: string | undefined;
  readonly outcome?: string | undefined;
  /** What a person in a chat asked for: one of a closed list, never their own words. */
  readonly command?: string | undefined;
  readonly attempts?: number | undefined;
  readonly upstream_status?: number | undefined;
  readonly upstream_request_id?: string | undefined;
  /** The address of a caller, as the platform tells it. */
  readonly source_ip?: string | undefined;
  /** By how many seconds a sender's clock is ahead of ours; below zero where it is behind. */
  readonly clock_off_s?: number | undefined;
  /** How many such events came in this minute. */
  readonly count?: number | undefined;
  readonly service?: 'iam' | 'sfs-turbo' | 'slack' | 'feishu' | 'dingtalk' | 'wecom' | 'teams' | 'json' | undefined;
  /** Number of an entry of `REPORT_TO`, from 1. */
  readonly entry?: number | undefined;
  readonly reason?: string | undefined;
  readonly retry_in_ms?: number | undefined;
  readonly duration_ms?: number | undefined;
  readonly path?: string | undefined;
  /** State of a task, not of an answer. */
  readonly task_status?: string | undefined;
  /** Of a task, or of an event that came late. */
  readonly age_s?: number | undefined;
  readonly verdict?: 'delete' | 'keep' | 'skip' | undefined;
  readonly dry_run?: boolean | undefined;
  readonly shares?: number | undefined;
  readonly listed?: number | undefined;
  readonly due?: number | undefined;
  readonly deleted?: number | undefined;
  readonly already_gone?: number | undefined;
  readonly failed?: number | undefined;
  readonly skipped_invalid?: number | undefined;
  readonly kept_latest?: number | undefined;
  readonly too_young?: number | undefined;
  readonly status_not_swept?: number | undefined;
  readonly protected?: number | undefined;
  readonly finished?: number | undefined;
  readonly unsupported_shares?: number | undefined;
  readonly failed_shares?: number | undefined;
  readonly truncated?: boolean | undefined;
  readonly remaining?: number | undefined;
  readonly longest_due_s?: number | undefined;
  readonly running_max?: number | undefined;
  readonly running_full_shares?: number | undefined;
  readonly targets?: number | undefined;
  readonly failed_targets?: number | undefined;
  readonly fanned_out?: number | undefined;
  /** What was looked at by a check, what was found, and what to do about it. */
  readonly check?: 'credentials' | 'service' | 'shares' | 'tasks' | 'delete' | undefined;
  readonly found?: string | undefined;
  readonly remedy?: string | undefined;
  /** Names of faulty variables and what is wrong with them, never a value. */
  readonly faults?: readonly string[] | undefined;
  /** Name and stack frames of a bug; its message may quote input, so it stays out. */
  readonly bug?: string | undefined;
}

type LogEvent =
  | 'audit'
  | 'http.request'
  | 'http.unauthenticated'
  | 'config.faults'
  | 'config.stale'
  | 'iam.token'
  | 'iam.agency'
  | 'chat.command'
  | 'chat.reply'
  | 'chat.ignored'
  | 'report'
  | 'retry'
  | 'bug'
  | 'check'
  | 'sweep.task'
  | 'sweep.share'
  | 'sweep.target'
  | 'sweep.progress'
  | 'sweep.refused'
  | 'sweep.done';

export interface Log {
  /** Whether `debug` writes anything: what takes work to say need not be worked out for nobody. */
  readonly isDebug: boolean;
  /** For what a run must leave behind: written whatever the configured level is. */
  readonly record: (severity: 'info' | 'warn' | 'error', event: LogEvent, fields?: LogFields) => void;
  readonly debug: (event: LogEvent, fields?: LogFields) => void;
  readonly info: (event: LogEvent, fields?: LogFields) => void;
  readonly warn: (event: LogEvent, fields?: LogFields) => void;
  readonly error: (event: LogEvent, fields?: LogFields) => void;
  /** The same log with this target's name in each of its lines. */
  readonly ofTarget: (target: string | undefined) => Log;
}

/** Makes the logger of one invocation: every line carries its request id. */
export type LogFactory = (requestId: string) => Log;

/** ISO 8601, made once for all lines of a millisecond. */
function createClock(): () => string {
  let atMs = 0;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== atMs) {
      atMs = nowMs;
      text = new Date(nowMs).toISOString();
    }
    return text;
  };
}

export function createLogs(level: LogLevel, write: Runtime['write']): LogFactory {
  const lines = createPino(level, write);
  const records = lines.isLevelEnabled('info') ? lines : createPino('INFO', write);
  const isDebug = lines.isLevelEnabled('debug');

  function toLog(requestId: string, target?: string): Log {
    const ofLog = { request_id: requestId, ...(target !== undefined && { target }) };
    const toLine = (event: LogEvent, fields: LogFields | undefined) => ({ ...ofLog, event, ...fields });
    return {
      isDebug,
      record: (severity, event, fields) => records[severity](toLine(event, fields)),
      debug: (event, fields) => {
        if (isDebug) lines.debug(toLine(event, fields));
      },
      info: (event, fields) => lines.info(toLine(event, fields)),
      warn: (event, fields) => lines.warn(toLine(event, fields)),
      error: (event, fields) => lines.error(toLine(event, fields)),
      ofTarget: (name) => toLog(requestId, name),
    };
  }
  return (requestId) => toLog(requestId);
}

/** pino's build for runtimes without streams: it hands each line over as an object, and brings no worker threads along. */
function createPino(level: LogLevel, write: Runtime['write']): Logger {
  const timestamp = createClock();
  return pino({
    level: level.toLowerCase(),
    timestamp: false,
    browser: {
      write: (line: object) => write(`${JSON.stringify(line)}\n`),
      formatters: { level: (label: string) => ({ level: label.toUpperCase(), timestamp: timestamp() }) },
    },
  });
}

/** Where a bug happened: its kind and stack frames, without the message. */
export function describeBug(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  // the stack repeats the message, and a line of that may look like a frame
  const stack = (error.stack ?? '').replace(error.message, '');
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames.slice(0, 8).map((line) => line.trim())].join(' | ');
}
