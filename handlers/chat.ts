import type { App } from '../lib/app.ts';
import { type ChatApp, type ChatOptions, createChatApp } from '../lib/chat/app.ts';
import { answerFeishuEvent } from '../lib/chat/feishu/answers.ts';
import { answerSlackClick, answerSlackCommand } from '../lib/chat/slack/answers.ts';
import type { Call } from '../lib/core/call.ts';
import { ServiceError } from '../lib/core/errors.ts';
import { nodeRuntime } from '../lib/core/runtime.ts';
import {
  authenticated,
  createHttpHandler,
  type HttpEvent,
  type HttpHandler,
  type Route,
  sessionOf,
} from './middleware/http-chain.ts';
import type { Answer } from './platform/answer.ts';
import { type Apps, createApps } from './platform/apps.ts';
import { parseFeishuEvent } from './requests/feishu-event.ts';
import { openFeishuRequest } from './requests/feishu-request.ts';
import { isSslCheck, parseSlackClick, parseSlackCommand, readForm } from './requests/slack-request.ts';
import { verifySlack } from './requests/slack-signature.ts';

// both platforms give up after three seconds, the network included
const ANSWER_WITHIN_MS = 2_200;

const NOTHING: Readonly<Answer> = { status: 200, body: {} };

/** The function `chat`: each route with its one authenticator. */
export function createHandler(apps: Apps, options: ChatOptions = {}): HttpHandler {
  const chats = new WeakMap<App, ChatApp>();
  const chatOf = (app: App): ChatApp => {
    const chat = chats.get(app) ?? createChatApp(app, settingsOf(app), options);
    chats.set(app, chat);
    return chat;
  };
  const served =
    (serve: (event: HttpEvent, chat: ChatApp, call: Call) => Promise<Answer>): Route['handler'] =>
    (event) => {
      const { app, call } = sessionOf(event);
      return serve(event, chatOf(app), call);
    };
  const bySlack = authenticated(
    apps,
    (event, app) => {
      verifySlack(event, chatOf(app).settings.slackSigningSecrets, app.runtime.now());
      return { caller: 'slack' };
    },
    ANSWER_WITHIN_MS,
  );
  const byFeishu = authenticated(
    apps,
    (event, app) => {
      event.body = openFeishuRequest(event, chatOf(app).settings.feishu);
      return { caller: 'feishu' };
    },
    ANSWER_WITHIN_MS,
  );

  return createHttpHandler(
    [
      { method: 'POST', path: '/v1/slack/commands', steps: [bySlack], handler: served(slackCommand) },
      { method: 'POST', path: '/v1/slack/interactions', steps: [bySlack], handler: served(slackClick) },
      { method: 'POST', path: '/v1/feishu/events', steps: [byFeishu], handler: served(feishuEvent) },
    ],
    apps,
  );
}

function settingsOf({ config }: App): NonNullable<App['config']['chat']> {
  if (config.chat === undefined) throw new ServiceError('misconfigured', 'the chat is not configured');
  return config.chat;
}

async function slackCommand(event: HttpEvent, chat: ChatApp, call: Call): Promise<Answer> {
  const form = readForm(event);
  if (form !== undefined && isSslCheck(form)) return NOTHING;
  return { status: 200, body: await answerSlackCommand(form && parseSlackCommand(form), chat, call) };
}

async function slackClick(event: HttpEvent, chat: ChatApp, call: Call): Promise<Answer> {
  const form = readForm(event);
  if (form !== undefined && isSslCheck(form)) return NOTHING;
  return { status: 200, body: await answerSlackClick(form && parseSlackClick(form), chat, call) };
}

async function feishuEvent({ body }: HttpEvent, chat: ChatApp, call: Call): Promise<Answer> {
  const event = parseFeishuEvent(body);
  switch (event.type) {
    case 'challenge':
      return { status: 200, body: { challenge: event.challenge } };
    case 'message':
    case 'click':
      return { status: 200, body: await answerFeishuEvent(event, chat, call) };
    case 'ignored':
      call.log.info('chat.ignored', { service: 'feishu', reason: event.reason });
      return NOTHING;
    default:
      event satisfies never;
      throw new TypeError('unknown event');
  }
}

export const handler = createHandler(createApps(nodeRuntime, { chat: 'optional', sweep: 'optional' }));
