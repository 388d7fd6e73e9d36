import { randomUUID } from 'node:crypto';
import { type Cancelled, type CancelTask, createCancelTask } from './cancel.ts';
import { type Chat, createChat } from './chat/chat.ts';
import { createFeishuClient, type FeishuClient } from './chat/feishu-client.ts';
import { TEXTS_BY_LANGUAGE } from './chat/languages.ts';
import { createSlackClient, SLACK_ORIGINS, type SlackClient } from './chat/slack-client.ts';
import type { Texts } from './chat/texts.ts';
import type { ChatSettings, Config } from './config.ts';
import { agencyKeyOf, type Credentials, createKeyCredentials, createTokenCredentials } from './credentials.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createTokenSource } from './iam.ts';
import { createLogs, type LogFactory } from './log.ts';
import { createProjectFinder } from './projects.ts';
import { createRetrier, type Retrier } from './retry.ts';
import { createSfsTurbo } from './sfs-turbo.ts';
import { createSweep, type Sweep } from './sweep.ts';
import { createTransport, type Transport } from './transport.ts';
import { realWorld, type World } from './world.ts';

/** The function without its triggers. All state, tokens and connections, belongs to one app. */
export interface App {
  readonly config: Config;
  readonly world: World;
  readonly logs: LogFactory;
  readonly cancelTask: CancelTask;
  readonly sweep: Sweep;
  readonly deliveries: Deliveries<Cancelled>;
  /** For the function that has it configured. */
  readonly chat: ChatApp | undefined;
  /** Starts fetching what the first call needs to be let in with. Its failure costs nothing but a new fetch. */
  readonly prefetch: () => void;
  /** Drops every connection. */
  readonly close: () => Promise<void>;
}

/** What people in a chat are served with. */
export interface ChatApp extends Chat {
  readonly settings: ChatSettings;
  readonly texts: Texts;
  readonly slack: SlackClient;
  /** Absent where Feishu is not configured. */
  readonly feishu: FeishuClient | undefined;
  /** What events of Feishu were answered with. */
  readonly feishuEvents: Deliveries<unknown>;
}

/** What no configuration can change. */
export interface AppOptions {
  /** Slack's own, unless a test has a stand-in. */
  readonly slackOrigins?: readonly string[];
}

interface Outbound {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly world: World;
}

const PREFETCH_LIMIT_MS = 10_000;
// an answer to a chat has three seconds, and nothing may go on after it
const CHAT_PREFETCH_LIMIT_MS = 2_000;

/** Wires everything once. */
export function createApp(config: Config, world: World = realWorld, options: AppOptions = {}): App {
  const logs = createLogs(config.logLevel, world.write);
  const transport = createTransport(world);
  const retrier = createRetrier(config.maxAttempts, world);
  const credentials = createCredentials(config, { transport, retrier, world });
  const sfsTurbo = createSfsTurbo(config, { credentials, transport, retrier, world });

  const cancelTask = createCancelTask(config, sfsTurbo, world);

  const sweep = createSweep(config, { sfsTurbo, cancelTask, world });

  function wireChat(settings: ChatSettings): ChatApp {
    const { feishu, feishuUrl, language } = settings;
    return {
      ...createChat({
        settings,
        allowedShares: config.allowedShares,
        sfsTurbo,
        cancelTask,
        sweep: config.sweep === undefined ? undefined : sweep,
        world,
      }),
      settings,
      texts: TEXTS_BY_LANGUAGE[language],
      slack: createSlackClient({ transport, world, origins: options.slackOrigins ?? SLACK_ORIGINS }),
      feishu:
        'missing' in feishu
          ? undefined
          : createFeishuClient({ feishuUrl, settings: feishu }, { transport, retrier, world }),
      feishuEvents: createDeliveries(world),
    };
  }

  return {
    config,
    world,
    logs,
    cancelTask,
    sweep,
    chat: config.chat === undefined ? undefined : wireChat(config.chat),
    deliveries: createDeliveries(world),
    prefetch: () => {
      const limitMs = config.chat === undefined ? PREFETCH_LIMIT_MS : CHAT_PREFETCH_LIMIT_MS;
      const requestId = `init-${randomUUID()}`;
      const call = { requestId, log: logs(requestId), deadlineAtMs: world.now() + limitMs };
      if (config.credentials.type !== 'agency') credentials.authorize(call).catch(() => {});
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
