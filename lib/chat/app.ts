import { type App, createApp, type Reread } from '../app.ts';
import type { FeishuSettings } from '../config/chat.ts';
import type { ChatConfig } from '../config/read-config.ts';
import type { Runtime } from '../core/runtime.ts';
import { createSweep, type Sweep } from '../sweep/sweep.ts';
import { type CancelMany, createCancelMany } from '../tasks/cancel-many.ts';
import { createDeliveries, type Deliveries } from '../tasks/deliveries.ts';
import { type Chat, createChat } from './chat.ts';
import { createFeishuClient, type FeishuClient } from './feishu/client.ts';
import { createShareDirectory } from './shares.ts';
import { createSlackClient, type SlackClient } from './slack/client.ts';
import { SLACK_ORIGINS } from './slack/response-url.ts';
import { TEXTS_BY_LANGUAGE } from './texts/languages.ts';
import type { Texts } from './texts/texts.ts';

/** The function `chat` without its trigger. */
export interface ChatApp extends App, Chat {
  readonly cancelMany: CancelMany;
  readonly config: ChatConfig;
  readonly texts: Texts;
  readonly slack: SlackClient;
  /** The bot, or the names of its variables that are not set. */
  readonly feishu: FeishuBot | { readonly missing: readonly string[] };
  /** The answers to Feishu's events, by event id. */
  readonly feishuEvents: Deliveries<unknown>;
}

/** The Feishu or Lark app that is our bot. */
export interface FeishuBot {
  readonly settings: FeishuSettings;
  readonly client: FeishuClient;
}

/**
 * @param previous the app whose place it takes in this instance: what that one carried out is not carried out again
 * @param slackOrigins Slack's own unless a test has a stand-in
 */
export function createChatApp(
  config: ChatConfig,
  runtime?: Runtime,
  reread?: Reread,
  previous?: Pick<ChatApp, 'feishuEvents'>,
  slackOrigins: readonly string[] = SLACK_ORIGINS,
): ChatApp {
  const app = createApp(config, runtime, reread);
  const { feishuAllowed, slackAllowed, confirmSecret, shareAliases, language } = config.chat;
  const chat = createChat({
    allowedOn: { slack: slackAllowed, feishu: feishuAllowed },
    shares: createShareDirectory(shareAliases, config.allowedShares),
    sfsTurbo: app.sfsTurbo,
    cancelTask: app.cancelTask,
    confirmSecret,
    sweep: createSweepIfSet(app, config),
    now: app.runtime.now,
  });
  return {
    ...app,
    ...chat,
    cancelMany: createCancelMany(app),
    config,
    texts: TEXTS_BY_LANGUAGE[language],
    slack: createSlackClient({ ...app.outbound, origins: slackOrigins }),
    feishu: createFeishuBot(app, config),
    feishuEvents: previous?.feishuEvents ?? createDeliveries(app.runtime),
  };
}

function createSweepIfSet(app: App, { sweep, ...config }: ChatConfig): Sweep | undefined {
  return sweep === undefined ? undefined : createSweep({ ...app, config: { ...config, sweep } });
}

function createFeishuBot({ outbound }: App, { chat }: ChatConfig): ChatApp['feishu'] {
  const { feishu: settings, feishuUrl } = chat;
  if ('missing' in settings) return settings;
  return { settings, client: createFeishuClient({ feishuUrl, settings }, outbound) };
}
