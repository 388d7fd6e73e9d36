import { createTimerApp, type TimerApp } from '../../lib/app.ts';
import { readTimerConfig, type TimerConfig } from '../../lib/config/read-config.ts';
import type { SweepSettings } from '../../lib/config/sweep.ts';
import type { Call } from '../../lib/core/call.ts';
import type { Caller } from '../../lib/core/caller.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { parseOverrides } from '../../lib/sweep/overrides.ts';
import type { SweepSummary } from '../../lib/sweep/summary.ts';
import { SCHEDULE, type Sweep } from '../../lib/sweep/sweep.ts';
import type { CloudOptions } from '../cloud/cloud.ts';
import { formatTaskTime } from '../cloud/shares.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface SweepingOptions {
  readonly cloud?: CloudOptions;
  readonly variables?: Readonly<Record<string, string>>;
  /** Replace what the variables say; the limits of the variables do not hold for them. */
  readonly settings?: Partial<SweepSettings>;
  readonly runtime?: Partial<Runtime>;
}

export interface Instance {
  readonly app: TimerApp;
  readonly lines: readonly string[];
  readonly logged: (event: string) => readonly Record<string, unknown>[];
  readonly sweep: (
    overrides?: unknown,
    limits?: { remainingMs?: number },
    observer?: Parameters<Sweep>[3],
    caller?: Caller,
  ) => Promise<SweepSummary>;
}

/** One instance of the function, without a cloud of its own. */
export function createInstance(environment: Readonly<Record<string, string>>, options: SweepingOptions): Instance {
  const lines: string[] = [];
  const runtime: Runtime = { ...nodeRuntime, write: (line) => lines.push(line), ...options.runtime };
  const variables: Readonly<Record<string, string>> = {
    ...environment,
    ALLOWED_SHARES: '*',
    SWEEP_SHARES: '*',
    SWEEP_DRY_RUN: 'false',
    ...options.variables,
  };
  const config = readTimerConfig((name) => variables[name]);
  const [target] = config.targets;
  const sweep = { ...target.sweep, ratePerSecond: 100_000, ...options.settings };
  // the type of the list is one of two readings of the same variables, which a new list cannot have
  const targets = [{ ...target, sweep }] as unknown as TimerConfig['targets'];
  const app = createTimerApp({ ...config, targets }, runtime);
  let runs = 0;
  return {
    app,
    lines,
    logged: (event) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
    sweep: async (overrides = {}, { remainingMs = 60_000 } = {}, observer = {}, caller = SCHEDULE) => {
      runs += 1;
      const requestId = `sweep-${runs}`;
      const call: Call = { requestId, deadlineAtMs: runtime.now() + remainingMs, log: app.logs(requestId) };
      return app.sweep(parseOverrides(overrides), caller, call, observer);
    },
  };
}

/** A task of the cloud that ended so long ago, after a run of one minute. */
export function ended(ageMs: number, nowMs = Date.now()) {
  return {
    status: 'SUCCESS',
    beginTime: formatTaskTime(nowMs - ageMs - 60_000),
    endTime: formatTaskTime(nowMs - ageMs),
  };
}
