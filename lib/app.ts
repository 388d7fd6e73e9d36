import { type Cancelled, type CancelTask, createCancelTask } from './cancel.ts';
import type { Config } from './config.ts';
import { agencyKeyOf, type Credentials, createKeyCredentials, createTokenCredentials } from './credentials.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createTokenSource } from './iam.ts';
import { createLogs, type LogFactory } from './log.ts';
import { createProjectFinder } from './projects.ts';
import { createRetrier, type Retrier } from './retry.ts';
import { createSfsTurbo, type SfsTurbo } from './sfs-turbo.ts';
import { createTransport, type Transport } from './transport.ts';
import { realWorld, type World } from './world.ts';

/** The function without its triggers. All state, tokens and connections, belongs to one app. */
export interface App {
  readonly config: Config;
  readonly world: World;
  readonly logs: LogFactory;
  readonly cancelTask: CancelTask;
  readonly deliveries: Deliveries<Cancelled>;
  readonly sfsTurbo: SfsTurbo;
  /** For those who talk to others than Huawei Cloud. */
  readonly outbound: Outbound;
  /** Starts fetching what the first call needs to be let in with, and opens its connection. Failure costs nothing but a new start. */
  readonly prefetch: () => void;
  /** Drops every connection. */
  readonly close: () => Promise<void>;
}

export interface Outbound {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly world: World;
}

const PREFETCH_LIMIT_MS = 10_000;
// an answer to a chat has three seconds, and nothing may go on after it
const CHAT_PREFETCH_LIMIT_MS = 2_000;

/** Wires everything once. */
export function createApp(config: Config, world: World = realWorld): App {
  const logs = createLogs(config.logLevel, world.write);
  const transport = createTransport(world);
  const retrier = createRetrier(config.maxAttempts, world);
  const outbound = { transport, retrier, world };
  const credentials = createCredentials(config, outbound);
  const sfsTurbo = createSfsTurbo(config, { credentials, ...outbound });
  const cancelTask = createCancelTask(config, sfsTurbo, world);

  return {
    config,
    world,
    logs,
    cancelTask,
    deliveries: createDeliveries(world),
    sfsTurbo,
    outbound,
    prefetch: () => {
      const limitMs = config.chat === undefined ? PREFETCH_LIMIT_MS : CHAT_PREFETCH_LIMIT_MS;
      const requestId = `init-${world.now().toString(36)}`;
      const call = { requestId, log: logs(requestId), deadlineAtMs: world.now() + limitMs };
      if (config.credentials.type !== 'agency') credentials.authorize(call).catch(() => {});
      sfsTurbo.openAhead();
    },
    close: transport.close,
  };
}

function createCredentials(config: Config, dependencies: Outbound): Credentials {
  const { credentials: settings } = config;
  switch (settings.type) {
    case 'password':
      return createTokenCredentials(createTokenSource(config, settings, dependencies));
    case 'key':
      return createKeyCredentials(() => settings, createProjectFinder(config, dependencies), dependencies.world);
    case 'agency':
      return createKeyCredentials(agencyKeyOf, createProjectFinder(config, dependencies), dependencies.world);
    default:
      settings satisfies never;
      throw new TypeError('unknown credentials');
  }
}
