import { type Check, createCheck } from './check/check.ts';
import type {
  CommandLineConfig,
  CommandLineSweepConfig,
  Config,
  HttpConfig,
  TimerConfig,
} from './config/read-config.ts';
import type { Targets } from './config/targets.ts';
import { createLogs, type LogFactory } from './core/log.ts';
import { nodeRuntime, type Runtime } from './core/runtime.ts';
import { createRetrier } from './net/retry.ts';
import { createTransport } from './net/transport.ts';
import { createReportedSweep, type ReportedSweep } from './reports/reported-sweep.ts';
import type { SfsTurbo } from './sfs-turbo/client.ts';
import { createSweepNow, type SweepNow } from './sweep/sweep-now.ts';
import { createSweepOfAll } from './sweep/targets/sweep-of-all.ts';
import type { SweptTarget } from './sweep/targets/swept-target.ts';
import { byTarget } from './targets/by-target.ts';
import type { Outbound } from './targets/outbound.ts';
import type { Target } from './targets/target.ts';
import { createTargets } from './targets/targets.ts';
import { type Cancelled, type CancelTask, createCancelTask } from './tasks/cancel.ts';
import { type CancelMany, createCancelMany } from './tasks/cancel-many.ts';
import { createDeliveries, type Deliveries } from './tasks/deliveries.ts';
import { createListTasks, type ListTasks } from './tasks/list.ts';
import { createShowTask, type ShowTask } from './tasks/show.ts';

/** What every function has. All state, tokens and connections, belongs to one app. */
export interface App {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly logs: LogFactory;
  readonly targets: Targets<Target>;
  /** Of the first target, for functions that have one. */
  readonly cancelTask: CancelTask;
  readonly sfsTurbo: SfsTurbo;
  /** The project of the credentials. */
  readonly findProject: Target['projectId'];
  /** For those who talk to others than Huawei Cloud. */
  readonly outbound: Outbound;
  /**
   * Opens the connections that the first call will need, and sends nothing: a login is for authenticated callers and the
   * timer to cause, or strangers could lock the account.
   */
  readonly preconnect: () => void;
  /** Whether the credentials were refused and have not been accepted since: then it is time to read them anew. */
  readonly isInDoubt: () => boolean;
  /** Drops every connection. */
  readonly close: () => Promise<void>;
}

/** The function `http` without its trigger. */
export interface HttpApp extends App {
  readonly config: HttpConfig;
  readonly listTasks: ListTasks;
  readonly showTask: ShowTask;
  readonly cancelMany: CancelMany;
  /** Or the faulty variables that keep it from being there. */
  readonly sweepNow: SweepNow | { readonly faults: readonly string[] };
  readonly deliveries: Deliveries<Cancelled>;
}

/** The function `timer` without its trigger. */
export interface TimerApp extends App {
  readonly config: TimerConfig;
  readonly sweep: ReportedSweep;
  readonly check: Check;
}

/** What a person's own commands do. */
export interface CommandLineApp extends App {
  readonly config: CommandLineConfig;
  readonly listTasks: ListTasks;
  readonly showTask: ShowTask;
  readonly cancelMany: CancelMany;
  readonly check: Check;
}

/** A sweep that a person waits for. */
export interface CommandLineSweepApp extends App {
  readonly config: CommandLineSweepConfig;
  readonly sweepNow: SweepNow;
}

/** Reads the configuration anew, for credentials that were changed while the instance ran. */
export type Reread = () => Promise<Config>;

/** @param previous the app whose place it takes in this instance: what that one carried out is not carried out again */
export function createHttpApp(
  config: HttpConfig,
  runtime?: Runtime,
  reread?: Reread,
  previous?: Pick<HttpApp, 'deliveries'>,
): HttpApp {
  const app = createApp(config, runtime, reread);
  return {
    ...app,
    config,
    ...createTaskUseCases(app),
    sweepNow: createSweepNowIfConfigured(app, config),
    deliveries: previous?.deliveries ?? createDeliveries(app.runtime),
  };
}

/** Of tasks of the target that each query names. */
function createTaskUseCases({ targets, runtime }: App) {
  return {
    cancelTask: byTarget(targets, ({ cancelTask }) => cancelTask, refusedCancel(runtime)),
    listTasks: byTarget(targets, ({ settings, sfsTurbo }) =>
      createListTasks(settings.allowedShares, sfsTurbo, runtime),
    ),
    showTask: byTarget(targets, ({ settings, sfsTurbo }) => createShowTask(settings.allowedShares, sfsTurbo)),
    cancelMany: byTarget(targets, (target) => createCancelMany({ ...target, config: target.settings, runtime })),
  } as const;
}

/** A cancel that no target carries out leaves its audit line too. */
export function refusedCancel(runtime: Runtime): (error: unknown) => CancelTask {
  return (error) => createCancelTask('*', () => Promise.reject(error), runtime);
}

/** One target whose sweep is faulty keeps the route from all of them: a run that leaves some out would look like a whole one. */
function createSweepNowIfConfigured(app: AppOf<HttpConfig>, config: HttpConfig): HttpApp['sweepNow'] {
  const { runtime } = app;
  const { run } = config;
  const targets: readonly HttpTarget[] = app.targets;
  const faults = [...targets.map(({ settings }) => settings.sweep), run].flatMap((read) =>
    'faults' in read ? read.faults : [],
  );
  const [first, ...others] = targets.filter(hasSweep);
  if (first === undefined || 'faults' in run || faults.length > 0) return { faults: [...new Set(faults)] };
  const sweep = createSweepOfAll({ targets: [first, ...others], runtime, ...run });
  return createSweepNow(createReportedSweep(sweep, config, app.outbound), runtime);
}

type HttpTarget = AppOf<HttpConfig>['targets'][number];

function hasSweep(target: HttpTarget): target is HttpTarget & SweptTarget {
  return !('faults' in target.settings.sweep);
}

export function createTimerApp(config: TimerConfig, runtime?: Runtime, reread?: Reread): TimerApp {
  const app = createApp(config, runtime, reread);
  const sweep = createReportedSweep(createSweepOfAll({ ...app, ...config.run }), config, app.outbound);
  return { ...app, config, sweep, check: createCheck(app) };
}

/** Without reports: whoever runs it reads the result. */
export function createCommandLineSweepApp(config: CommandLineSweepConfig, runtime?: Runtime): CommandLineSweepApp {
  const app = createApp(config, runtime);
  return {
    ...app,
    config,
    sweepNow: createSweepNow(createSweepOfAll({ ...app, ...config.run }), app.runtime),
  };
}

export function createCommandLineApp(config: CommandLineConfig, runtime?: Runtime): CommandLineApp {
  const app = createApp(config, runtime);
  return {
    ...app,
    config,
    ...createTaskUseCases(app),
    check: createCheck(app),
  };
}

/** An app whose targets have what a function's configuration says of each. */
export type AppOf<C extends Config> = App & { readonly targets: Targets<Target<C['targets'][number]>> };

/** Wires once what every function has. */
export function createApp<C extends Config>(
  config: C,
  runtime: Runtime = nodeRuntime,
  reread: Reread = async () => config,
): AppOf<C> {
  const transport = createTransport(runtime);
  const retrier = createRetrier(config.maxAttempts, runtime);
  const outbound = { transport, retrier, runtime };
  const targets = createTargets(config, outbound, reread);
  const [{ cancelTask, sfsTurbo, projectId }] = targets;

  return {
    config,
    runtime,
    logs: createLogs(config.logLevel, runtime.write),
    targets,
    cancelTask,
    sfsTurbo,
    findProject: projectId,
    outbound,
    preconnect: () => {
      for (const target of targets) target.preconnect();
    },
    isInDoubt: () => targets.some((target) => target.isInDoubt()),
    close: transport.close,
  };
}
