import type { App } from '../app.ts';
import type { ChatSettings } from '../config/chat.ts';
import { createSweep } from '../sweep/sweep.ts';
import { createDeliveries, type Deliveries } from '../tasks/deliveries.ts';
import { type Chat, createChat } from './chat.ts';
import { createFeishuClient, type FeishuClient } from './feishu/client.ts';
import { createShareDirectory } from './shares.ts';
import { createSlackClient, type SlackClient } from './slack/client.ts';
import { SLACK_ORIGINS } from './slack/response-url.ts';
import { TEXTS_BY_LANGUAGE } from './texts/languages.ts';
import type { Texts } from './texts/texts.ts';

/** What the function `chat` has beside the app that all functions have. */
export interface ChatApp extends Chat {
  readonly settings: ChatSettings;
  readonly texts: Texts;
  readonly slack: SlackClient;
  /** Absent where Feishu is not configured. */
  readonly feishu: FeishuClient | undefined;
  /** The answers to Feishu's events, by event id. */
  readonly feishuEvents: Deliveries<unknown>;
  readonly nowMs: () => number;
}

export interface ChatOptions {
  /** Slack's own unless a test has a stand-in. */
  readonly slackOrigins?: readonly string[];
}

/** Wires the chat of one app. All of its state belongs to what is returned. */
export function createChatApp(
  app: App,
  settings: ChatSettings,
  { slackOrigins = SLACK_ORIGINS }: ChatOptions = {},
): ChatApp {
  const { config, outbound, sfsTurbo, cancelTask, runtime } = app;
  const { feishu, feishuUrl, feishuAllowed, slackAllowed, confirmSecret, shareAliases, language } = settings;
  const chat = createChat({
    allowedOn: { slack: slackAllowed, feishu: feishuAllowed },
    shares: createShareDirectory(shareAliases, config.allowedShares),
    sfsTurbo,
    cancelTask,
    confirmSecret,
    sweep: config.sweep === undefined ? undefined : createSweep({ ...app, config: { ...config, sweep: config.sweep } }),
    now: runtime.now,
  });
  return {
    ...chat,
    settings,
    texts: TEXTS_BY_LANGUAGE[language],
    slack: createSlackClient({ ...outbound, origins: slackOrigins }),
    feishu: 'missing' in feishu ? undefined : createFeishuClient({ feishuUrl, settings: feishu }, outbound),
    feishuEvents: createDeliveries(runtime),
    nowMs: runtime.now,
  };
}
