import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createHandler } from '../../handlers/chat.ts';
import type { GatewayResponse } from '../../handlers/platform/answer.ts';
import { type ChatApp, createChatApp } from '../../lib/chat/app.ts';
import { readChatConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { type Cloud, type CloudOptions, startCloud } from '../cloud/cloud.ts';
import { expectDocumented } from '../openapi.ts';
import { type Delivery, type Feishu, feishuClick, feishuMessage, startFeishu } from './chat-platforms/feishu.ts';
import { feishuButtons } from './chat-platforms/feishu-cards.ts';
import { type SignedRequest, type Slack, slackClick, slackCommand, startSlack } from './chat-platforms/slack.ts';
import { slackButtons } from './chat-platforms/slack-blocks.ts';
import { lambdaContext } from './contexts.ts';
import { httpEvent } from './deployment.ts';
import { onlyApp } from './only-app.ts';

export const NOON_MS = Date.parse('2026-03-01T12:00:00Z');
export const SHARE = '77ba6f4b-6365-4895-8dbc-d9e21b79d34a';
export const ADA = { team: 'T0001', channel: 'C0001', user: 'U0001' };
export const LIN = { tenant: '736588c9260f175d', chat: 'oc_a0553eda9014c201', user: 'ou_7d8a6e6df7621556' };

export interface ChatDeploymentOptions {
  readonly cloud?: CloudOptions;
  readonly variables?: Readonly<Record<string, string>>;
  readonly runtime?: Partial<Runtime>;
  /** Makes more of the cloud, which has the share by then. @returns variables, before those above */
  readonly prepare?: (cloud: Cloud) => Promise<Readonly<Record<string, string>>>;
  /** The clock of the machine in place of one that stands at noon. */
  readonly realTime?: boolean;
}

/** The function `chat`, deployed against an embedded cloud, Slack and Feishu. */
export interface ChatDeployment {
  readonly cloud: Cloud;
  readonly slack: Slack;
  readonly feishu: Feishu;
  readonly app: ChatApp;
  readonly variables: Readonly<Record<string, string>>;
  readonly signingSecret: string;
  readonly nowMs: () => number;
  /** Lets so much time pass by the clock of function and cloud. */
  readonly advance: (ms: number) => void;
  readonly lines: readonly string[];
  readonly logged: (event: string) => readonly Record<string, unknown>[];
  readonly invoke: (path: string, request: SignedRequest, context?: unknown) => Promise<GatewayResponse>;
  /** Types `/du …` in Slack, and returns the message that comes back. */
  readonly type: (text: string, person?: typeof ADA) => Promise<Message>;
  /** Clicks in Slack; returns what was posted to the `response_url`. */
  readonly click: (value: string, person?: typeof ADA) => Promise<Message>;
  /** Clicks the button of that label. */
  readonly press: (message: Message, label: string, person?: typeof ADA) => Promise<Message>;
  /** Writes to the bot in Feishu, and returns the card that it replies with. */
  readonly write: (text: string, person?: typeof LIN, delivery?: Partial<Delivery>) => Promise<Message>;
  /** Presses a button of a card in Feishu, and returns the answer. */
  readonly tap: (card: Message, label: string, person?: typeof LIN) => Promise<CardAnswer>;
}

export type Message = Readonly<Record<string, unknown>>;

export interface CardAnswer {
  readonly toast: { readonly type: string; readonly content: string };
  readonly card?: { readonly type: 'raw'; readonly data: Message };
}

export const PATHS = {
  commands: '/v1/slack/commands',
  interactions: '/v1/slack/interactions',
  feishu: '/v1/feishu/events',
};

/** Deploys for the running test, and takes everything down when it ends. */
export async function deployChat(options: ChatDeploymentOptions = {}): Promise<ChatDeployment> {
  let passedMs = 0;
  const nowMs = options.realTime === true ? Date.now : () => NOON_MS + passedMs;
  const cloud = await startCloud({ now: nowMs, ...options.cloud });
  const slack = await startSlack();
  const feishu = await startFeishu();
  onTestFinished(async () => void (await Promise.all([cloud.close(), slack.close(), feishu.close()])));
  cloud.addShare({ id: SHARE, name: 'prod' });

  const signingSecret = randomBytes(16).toString('hex');
  const variables: Readonly<Record<string, string>> = {
    ...cloud.environment(),
    ALLOWED_SHARES: SHARE,
    LOG_LEVEL: 'DEBUG',
    SLACK_SIGNING_SECRETS: signingSecret,
    SLACK_ALLOWED: 'T0001/C0001/*',
    FEISHU_APP_ID: feishu.app.appId,
    FEISHU_APP_SECRET: feishu.app.appSecret,
    FEISHU_ENCRYPT_KEY: feishu.app.encryptKey,
    FEISHU_VERIFICATION_TOKEN: feishu.app.verificationToken,
    FEISHU_BASE_URL: feishu.origin,
    FEISHU_ALLOWED: `${LIN.tenant}/${LIN.chat}/*`,
    CONFIRM_SECRET: randomBytes(24).toString('base64'),
    SHARE_ALIASES: `prod=${SHARE}`,
    ...(await options.prepare?.(cloud)),
    ...options.variables,
  };

  const lines: string[] = [];
  const runtime: Runtime = { ...nodeRuntime, now: nowMs, ...options.runtime, write: (line) => lines.push(line) };
  const config = readChatConfig((name) => variables[name]);
  const app = createChatApp(config, runtime, undefined, undefined, [slack.origin]);
  onTestFinished(() => app.close());
  const handler = createHandler(onlyApp(app));

  const invoke: ChatDeployment['invoke'] = async (path, { headers, body }, context = lambdaContext()) => {
    const event = httpEvent('POST', path, headers, Buffer.from(body));
    const answer = await handler(event, context);
    expectDocumented(event, answer);
    return answer;
  };

  const type: ChatDeployment['type'] = async (text, person = ADA) => {
    const request = slackCommand(text, person, { secret: signingSecret, nowMs: nowMs() });
    return JSON.parse((await invoke(PATHS.commands, request)).body);
  };

  const click: ChatDeployment['click'] = async (value, person = ADA) => {
    const responseUrl = slack.responseUrl();
    const request = slackClick(value, person, { secret: signingSecret, nowMs: nowMs(), responseUrl });
    await invoke(PATHS.interactions, request);
    const post = slack.posts.find((each) => each.responseUrl === responseUrl);
    if (post === undefined) throw new Error('nothing was posted to the response_url');
    return post.message;
  };

  const write: ChatDeployment['write'] = async (text, person = LIN, delivery = {}) => {
    const messageId = feishu.newMessageId();
    await invoke(
      PATHS.feishu,
      feishuMessage(text, person, messageId, { app: feishu.app, nowMs: nowMs(), ...delivery }),
    );
    const reply = feishu.replies.find((each) => each.messageId === messageId);
    if (reply === undefined) throw new Error('the bot did not reply');
    return reply.card;
  };

  return {
    cloud,
    slack,
    feishu,
    app,
    variables,
    signingSecret,
    nowMs,
    advance(ms) {
      passedMs += ms;
    },
    lines,
    logged: (event) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
    invoke,
    type,
    click,
    press: (message, label, person) => click(String(find(slackButtons(message), label)), person),
    write,
    async tap(card, label, person = LIN) {
      const value = find(feishuButtons(card), label);
      const request = feishuClick(value, person, { app: feishu.app, nowMs: nowMs() });
      return JSON.parse((await invoke(PATHS.feishu, request)).body);
    },
  };
}

function find<T extends { readonly label: string; readonly value: unknown }>(
  buttons: readonly T[],
  label: string,
): T['value'] {
  const button = buttons.find((each) => each.label === label);
  if (button === undefined) throw new Error(`there is no button ${label}`);
  return button.value;
}
