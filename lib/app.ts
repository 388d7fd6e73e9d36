import { type Check, createCheck } from './check/check.ts';
import type { PasswordSettings } from './config/credentials.ts';
import type { CommandLineConfig, Config, HttpConfig, TimerConfig } from './config/read-config.ts';
import { ServiceError } from './core/errors.ts';
import { createLogs, type LogFactory } from './core/log.ts';
import { nodeRuntime, type Runtime } from './core/runtime.ts';
import type { Credentials } from './iam/credentials.ts';
import { agencyKeyOf, createKeyCredentials } from './iam/key-credentials.ts';
import { createProjectFinder } from './iam/projects.ts';
import { createTokenSource } from './iam/token.ts';
import { createTokenCredentials } from './iam/token-credentials.ts';
import { createPermittedSend } from './net/permitted-send.ts';
import { createRetrier, type Retrier } from './net/retry.ts';
import { createTransport, type Transport } from './net/transport.ts';
import { createSfsTurbo, type SfsTurbo } from './sfs-turbo/client.ts';
import { createSweep, type Sweep } from './sweep/sweep.ts';
import { createSweepNow, type SweepNow } from './sweep/sweep-now.ts';
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
  readonly cancelTask: CancelTask;
  readonly sfsTurbo: SfsTurbo;
  /** The project of the credentials. */
  readonly findProject: Credentials['projectId'];
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
  readonly sweep: Sweep;
}

/** What a person's own commands do. */
export interface CommandLineApp extends App {
  readonly config: CommandLineConfig;
  readonly listTasks: ListTasks;
  readonly showTask: ShowTask;
  readonly check: Check;
}

interface Outbound {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
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
    listTasks: createListTasks(config.allowedShares, app.sfsTurbo, app.runtime),
    showTask: createShowTask(config.allowedShares, app.sfsTurbo),
    cancelMany: createCancelMany(app),
    sweepNow: createSweepNowIfConfigured(app, config),
    deliveries: previous?.deliveries ?? createDeliveries(app.runtime),
  };
}

function createSweepNowIfConfigured(app: App, { sweep, ...config }: HttpConfig): HttpApp['sweepNow'] {
  if ('faults' in sweep) return sweep;
  return createSweepNow(createSweep({ ...app, config: { ...config, sweep } }), app.runtime);
}

export function createTimerApp(config: TimerConfig, runtime?: Runtime, reread?: Reread): TimerApp {
  const app = createApp(config, runtime, reread);
  return { ...app, config, sweep: createSweep({ ...app, config }) };
}

export function createCommandLineApp(config: CommandLineConfig, runtime?: Runtime): CommandLineApp {
  const app = createApp(config, runtime);
  return {
    ...app,
    config,
    listTasks: createListTasks(config.allowedShares, app.sfsTurbo, app.runtime),
    showTask: createShowTask(config.allowedShares, app.sfsTurbo),
    check: createCheck(app),
  };
}

/** Wires once what every function has. */
export function createApp(config: Config, runtime: Runtime = nodeRuntime, reread: Reread = async () => config): App {
  const transport = createTransport(runtime);
  const retrier = createRetrier(config.maxAttempts, runtime);
  const outbound = { transport, retrier, runtime };
  const credentials = createCredentials(config, outbound, reread);
  const { origin } = new URL(config.sfsTurboUrl);
  const preconnect = (): void => transport.preconnect(origin);
  const sfsTurbo = createSfsTurbo(config.sfsTurboUrl, { credentials, retrier, runtime, preconnect });

  return {
    config,
    runtime,
    logs: createLogs(config.logLevel, runtime.write),
    cancelTask: createCancelTask(config.allowedShares, sfsTurbo.deleteTask, runtime),
    sfsTurbo,
    findProject: credentials.projectId,
    outbound,
    preconnect: () => {
      // a key whose project is known does without IAM
      const needsIam = config.credentials.type === 'password' || config.project.id === undefined;
      if (needsIam && config.credentials.type !== 'agency') transport.preconnect(new URL(config.iamUrl).origin);
      preconnect();
    },
    isInDoubt: credentials.isInDoubt,
    close: transport.close,
  };
}

function createCredentials(config: Config, outbound: Outbound, reread: Reread): Credentials {
  const { credentials: settings, project } = config;
  const { transport, runtime } = outbound;
  const send = createPermittedSend(config.requestTimeoutMs, transport, runtime);
  switch (settings.type) {
    case 'password': {
      const tokens = createTokenSource(config, settings, outbound, async () => passwordOf(await reread()));
      return createTokenCredentials(tokens, project, send, runtime);
    }
    case 'key':
      return createKeyCredentials(() => settings, createProjectFinder(config, outbound), send, runtime);
    case 'agency':
      return createKeyCredentials(agencyKeyOf, createProjectFinder(config, outbound), send, runtime);
    default:
      settings satisfies never;
      throw new TypeError('unknown credentials');
  }
}

/** @throws {ServiceError} `iam_rejected` when there is no password any more; the next call works with what took its place */
function passwordOf({ credentials }: Config): PasswordSettings {
  if (credentials.type === 'password') return credentials;
  throw new ServiceError('iam_rejected', "the function's credentials have just been changed");
}
