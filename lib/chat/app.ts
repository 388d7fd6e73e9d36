import { type App, type AppOf, createApp, type Reread, refusedCancel } from '../app.ts';
import type { FeishuSettings } from '../config/chat.ts';
import type { ChatConfig } from '../config/read-config.ts';
import type { Runtime } from '../core/runtime.ts';
import { createSweep } from '../sweep/sweep.ts';
import { createTargetsSweep } from '../sweep/targets/sweep-targets.ts';
import type { SweptTarget } from '../sweep/targets/swept-target.ts';
import { byTarget } from '../targets/by-target.ts';
import { createShareDirectory } from '../targets/share-directory.ts';
import type { Target } from '../targets/target.ts';
import { type CancelMany, createCancelMany } from '../tasks/cancel-many.ts';
import { createDeliveries, type Deliveries } from '../tasks/deliveries.ts';
import { createListWhole } from '../tasks/list-whole.ts';
import { createLookUpTask } from '../tasks/show.ts';
import { type Chat, createChat } from './chat.ts';
import type { ChatContext } from './commands/context.ts';
import { createFeishuClient, type FeishuClient } from './feishu/client.ts';
import { createSlackClient, type SlackClient } from './slack/client.ts';
import { SLACK_ORIGINS } from './slack/response-url.ts';
import { TEXTS_BY_LANGUAGE } from './texts/languages.ts';
import type { Texts } from './texts/texts.ts';

// A person waits for two seconds, in which ten tasks are listed, shown and deleted. The gateway throttles above 200 a second.
const DRAIN_MS = 400;
const MANY_LIMITS = { concurrency: 4, ratePerSecond: 40 } as const;

/** The function `chat` without its trigger. */
export interface ChatApp extends App, Chat {
  readonly config: ChatConfig;
  readonly texts: Texts;
  readonly slack: SlackClient;
  /** The bot, or the names of its variables that are not set. */
  readonly feishu: FeishuBot | { readonly missing: readonly string[] };
  /** The answers to Feishu's events, by event id. */
  readonly feishuEvents: Deliveries<unknown>;
  /** What confirmed sweeps came to, by their confirmations. */
  readonly sweeps: ChatContext['sweeps'];
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
  previous?: Pick<ChatApp, 'feishuEvents' | 'sweeps'>,
  slackOrigins: readonly string[] = SLACK_ORIGINS,
): ChatApp {
  const app = createApp(config, runtime, reread);
  const { targets } = app;
  const { feishuAllowed, slackAllowed, confirmSecret, shareAliases, language } = config.chat;
  const sweeps: ChatContext['sweeps'] = previous?.sweeps ?? createDeliveries(app.runtime);
  const chat = createChat({
    allowedOn: { slack: slackAllowed, feishu: feishuAllowed },
    shares: createShareDirectory(config.targets, shareAliases),
    listWhole: byTarget(targets, ({ settings, sfsTurbo }) => createListWhole(settings.allowedShares, sfsTurbo)),
    lookUpTask: byTarget(targets, ({ settings, sfsTurbo }) => createLookUpTask(settings.allowedShares, sfsTurbo)),
    cancelTask: byTarget(targets, ({ cancelTask }) => cancelTask, refusedCancel(app.runtime)),
    cancelMany: byTarget(targets, (target) => createCancelManyIn(target, app.runtime)),
    confirmSecret,
    sweep: createSweepIfSet(app, config),
    sweeps,
    now: app.runtime.now,
  });
  return {
    ...app,
    ...chat,
    config,
    texts: TEXTS_BY_LANGUAGE[language],
    slack: createSlackClient({ ...app.outbound, origins: slackOrigins }),
    feishu: createFeishuBot(app, config),
    sweeps,
    feishuEvents: previous?.feishuEvents ?? createDeliveries(app.runtime),
  };
}

function createCancelManyIn(target: Target, runtime: Runtime): CancelMany {
  return createCancelMany({ ...target, config: target.settings, runtime, drainMs: DRAIN_MS }, MANY_LIMITS);
}

function createSweepIfSet(app: AppOf<ChatConfig>, config: ChatConfig): ChatContext['sweep'] {
  const { runtime } = app;
  const [first, ...others] = app.targets.filter(hasSweep);
  if (first === undefined) return undefined;
  const targets = [first, ...others] as const;
  const settings = targets.map((target) => target.settings);
  const maxDeletes = config.run?.maxDeletes;
  const run =
    maxDeletes === undefined
      ? createSweep({ ...app, drainMs: DRAIN_MS, config: { ...config, sweep: first.settings.sweep } })
      : createTargetsSweep({ targets, runtime, maxDeletes, drainMs: DRAIN_MS });
  return { run, targets: settings };
}

type ChatTarget = AppOf<ChatConfig>['targets'][number];

function hasSweep(target: ChatTarget): target is ChatTarget & SweptTarget {
  return target.settings.sweep !== undefined;
}

function createFeishuBot({ outbound }: App, { chat }: ChatConfig): ChatApp['feishu'] {
  const { feishu: settings, feishuUrl } = chat;
  if ('missing' in settings) return settings;
  return { settings, client: createFeishuClient({ feishuUrl, settings }, outbound) };
}
