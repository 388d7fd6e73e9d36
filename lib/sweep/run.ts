import type { TimerConfig } from '../config/read-config.ts';
import type { SweepSettings } from '../config/sweep.ts';
import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import type { Log } from '../core/log.ts';
import { type Deleting, type DeletingApp, type Pace, startPace } from '../tasks/deleting/deleting.ts';
import type { RateLimiter } from '../tasks/deleting/rate-limiter.ts';
import { countEnding, logEnding } from './ending.ts';
import { logShareFailure } from './failures.ts';
import type { SweepObserver } from './observer.ts';
import { judgeTask, judgeTasks } from './policy.ts';
import { createProgress, type Progress } from './progress.ts';
import { policiesOf } from './rules.ts';
import type { RunCap } from './targets/run-cap.ts';
import { createReportTask, type ReportTask } from './task-report.ts';

/** The parts of an app that a sweep needs. */
export interface SweepApp extends DeletingApp {
  readonly config: Pick<TimerConfig, 'allowedShares' | 'maxAttempts' | 'requestTimeoutMs' | 'sweep'>;
}

/** What the phases of one run share. */
export interface Run extends SweepApp, Pace {
  /** Those of the configuration, narrowed by the overrides. */
  readonly settings: SweepSettings;
  readonly log: Log;
  readonly progress: Progress;
  readonly reportTask: ReportTask;
  readonly observer: SweepObserver;
  /** Beside that of the settings; absent where the run is of one target alone. */
  readonly cap: RunCap | undefined;
}

/** What a run over several targets has in common. */
interface Shared {
  readonly rateLimiter: RateLimiter;
  readonly cap: RunCap;
}

/** @param shared absent where the run is of one target alone */
export function startRun(
  settings: SweepSettings,
  app: SweepApp,
  call: Call,
  observer: SweepObserver,
  shared?: Shared,
): Run {
  const { log } = call;
  return {
    ...app,
    ...startPace(settings, settings.dryRun, call, app, shared?.rateLimiter),
    cap: shared?.cap,
    settings,
    log,
    progress: createProgress(settings.dryRun, log, app.runtime.now),
    reportTask: createReportTask(settings.dryRun, log, observer.onTask),
    observer,
  };
}

/** What the deleting phase of a run is given. */
export function toDeleting(run: Run, caller: Caller): Deleting {
  const { settings, runtime, log, progress, deletingCall, observer } = run;
  return {
    ...run,
    caller,
    shares: settings.shares,
    maxDeletes: settings.maxDeletes,
    dryRun: settings.dryRun,
    judge: {
      one: (task, shareId, nowMs) => judgeTask(task, policiesOf(shareId, settings), nowMs),
      all: (tasks, shareId, nowMs) => judgeTasks(tasks, policiesOf(shareId, settings), nowMs),
    },
    onEnding: (candidate, ending) => {
      logEnding(candidate, ending, log, runtime.now());
      progress.add(countEnding(ending));
      progress.log();
      observer.onEnding?.(candidate, ending);
    },
    onListFailure: (error, shareId) => progress.add(logShareFailure(error, shareId, deletingCall, observer)),
    onPage: progress.log,
  };
}
