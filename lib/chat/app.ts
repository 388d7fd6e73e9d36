import type { App } from '../app.ts';
import type { ChatSettings } from '../config/chat.ts';
import { createDeliveries, type Deliveries } from '../deliveries.ts';
import { ServiceError } from '../errors.ts';
import { createSweep } from '../sweep.ts';
import { type Chat, createChat } from './chat.ts';
import { createFeishuClient, type FeishuClient } from './feishu/client.ts';
import { createSlackClient, SLACK_ORIGINS, type SlackClient } from './slack/client.ts';
import { TEXTS_BY_LANGUAGE } from './texts/languages.ts';
import type { Texts } from './texts/texts.ts';

/** What people in a chat are served with, on top of an app: the other functions do without, and without its size. */
export interface ChatApp extends Chat {
  readonly settings: ChatSettings;
  readonly texts: Texts;
  readonly slack: SlackClient;
  /** Absent where Feishu is not configured. */
  readonly feishu: FeishuClient | undefined;
  /** What events of Feishu were answered with. */
  readonly feishuEvents: Deliveries<unknown>;
  readonly nowMs: () => number;
}

/** What no configuration can change. */
export interface ChatOptions {
  /** Slack's own, unless a test has a stand-in. */
  readonly slackOrigins?: readonly string[];
}

/**
 * Wires the chat. Its state belongs to this one.
 *
 * @throws {ServiceError} `misconfigured` when the app was made without the chat's part of the configuration
 */
export function createChatApp(app: App, { slackOrigins = SLACK_ORIGINS }: ChatOptions = {}): ChatApp {
  const { config, outbound, sfsTurbo, cancelTask, world } = app;
  const { chat: settings, allowedShares } = config;
  if (settings === undefined) throw new ServiceError('misconfigured', 'the chat is not configured');
  const { feishu, feishuUrl, language } = settings;
  const chat = createChat({
    settings,
    allowedShares,
    sfsTurbo,
    cancelTask,
    sweep: config.sweep === undefined ? undefined : createSweep(app),
    world,
  });
  return {
    ...chat,
    settings,
    texts: TEXTS_BY_LANGUAGE[language],
    slack: createSlackClient({ ...outbound, origins: slackOrigins }),
    feishu: 'missing' in feishu ? undefined : createFeishuClient({ feishuUrl, settings: feishu }, outbound),
    feishuEvents: createDeliveries(world),
    nowMs: world.now,
  };
}
