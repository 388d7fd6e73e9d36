import type { PasswordSettings } from './config/credentials.ts';
import type { Config } from './config/read-config.ts';
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
import { type Cancelled, type CancelTask, createCancelTask } from './tasks/cancel.ts';
import { createDeliveries, type Deliveries } from './tasks/deliveries.ts';

/** The function without its triggers. All state, tokens and connections, belongs to one app. */
export interface App {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly logs: LogFactory;
  readonly cancelTask: CancelTask;
  readonly deliveries: Deliveries<Cancelled>;
  readonly sfsTurbo: SfsTurbo;
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

export interface Outbound {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

/**
 * Wires everything once.
 *
 * @param reread reads the configuration anew, for credentials that were changed while the instance ran
 */
export function createApp(
  config: Config,
  runtime: Runtime = nodeRuntime,
  reread: () => Promise<Config> = async () => config,
): App {
  const logs = createLogs(config.logLevel, runtime.write);
  const transport = createTransport(runtime);
  const retrier = createRetrier(config.maxAttempts, runtime);
  const outbound = { transport, retrier, runtime };
  const credentials = createCredentials(config, outbound, reread);
  const preconnect = (): void => transport.preconnect(new URL(config.sfsTurboUrl).origin);
  const sfsTurbo = createSfsTurbo(config.sfsTurboUrl, { credentials, retrier, runtime, preconnect });
  const cancelTask = createCancelTask(config.allowedShares, sfsTurbo.deleteTask, runtime);

  return {
    config,
    runtime,
    logs,
    cancelTask,
    deliveries: createDeliveries(runtime),
    sfsTurbo,
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

function createCredentials(config: Config, outbound: Outbound, reread: () => Promise<Config>): Credentials {
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
