import { setTimeout as sleep } from 'node:timers/promises';
import type { Local } from './local.ts';
import { bold, green, red, table } from './print.ts';

/** What came of one run of the timer. */
export interface Swept {
  readonly failed: boolean;
  /** The summary in one line. */
  readonly summary: string;
  /** A row for each task: what the sweep judged, and why. */
  readonly judged: string;
}

/** Runs the function `timer` as the schedule does. */
export async function runTimer({ invoke, logLines }: Local, event: object): Promise<Swept> {
  const before = logLines.length;
  const { failed, payload } = await invoke('timer', event);
  // the log comes through a pipe of its own, a moment behind the answer
  const isLogged = () => logLines.slice(before).some((line) => line.includes('"sweep.done"'));
  if (!failed) await until(isLogged);
  return { failed, summary: summaryOf(failed, payload), judged: judgedIn(logLines.slice(before)) };
}

function summaryOf(failed: boolean, payload: unknown): string {
  const {
    event: _event,
    duration_ms: _durationMs,
    trace: _trace,
    ...counts
  } = (payload ?? {}) as Record<string, unknown>;
  const shown = Object.entries(counts).filter(([, value]) => value !== 0 && value !== false);
  return `${failed ? red('failed') : green('done')}  ${shown.map(([name, value]) => `${name}=${bold(String(value))}`).join(', ')}`;
}

function judgedIn(logLines: readonly string[]): string {
  const lines = logLines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'sweep.task');
  const rows = lines.map(({ task_id, path, task_status, age_s, verdict, reason }) => {
    const age = age_s === undefined ? '?' : `${Math.floor(age_s / 3_600)} h`;
    return [String(task_id).slice(0, 8), path, task_status, age, verdict, reason];
  });
  return table(['task', 'path', 'status', 'age', 'verdict', 'why'], rows);
}

export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !holds(); tries += 1) await sleep(20);
}
