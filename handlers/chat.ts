import type { App } from '../lib/app.ts';
import type { Call } from '../lib/call.ts';
import { type ChatApp, type ChatOptions, createChatApp } from '../lib/chat/app.ts';
import { toFeishuCard, toFeishuCardAnswer } from '../lib/chat/feishu/messages.ts';
import { toMessage } from '../lib/chat/message.ts';
import { toSlackMessage } from '../lib/chat/slack/messages.ts';
import type { View } from '../lib/chat/view.ts';
import { realWorld } from '../lib/world.ts';
import type { Answer } from './middleware/answers.ts';
import { type Apps, createApps } from './middleware/apps.ts';
import { type FeishuEvent, parseFeishuEvent } from './middleware/feishu-event.ts';
import { openFeishuRequest } from './middleware/feishu-request.ts';
import {
  authenticated,
  createHttpHandler,
  type HttpEvent,
  type HttpHandler,
  type Route,
  sessionOf,
} from './middleware/http-chain.ts';
import { isSslCheck, parseSlackClick, parseSlackCommand, readForm } from './middleware/slack-request.ts';
import { verifySlack } from './middleware/slack-signature.ts';

// Both platforms give up after three seconds, network included. What is not known by then is asked for again.
const ANSWER_WITHIN_MS = 2_200;
// of these, for an answer that has to be posted by a request of its own
const POST_WITHIN_MS = 600;
// Feishu delivers again for up to seven hours: a command of that age is not what anybody means any more
const MAX_EVENT_AGE_MS = 300_000;

type ChatOf = (app: App) => ChatApp;

const NOTHING: Answer = { status: 200, body: {} };
const UNREADABLE: View = { type: 'unreadable' };

/** The function `chat`: each route with its one authenticator. */
export function createHandler(apps: Apps, options: ChatOptions = {}): HttpHandler {
  const chats = new WeakMap<App, ChatApp>();
  const chatOf: ChatOf = (app) => {
    const chat = chats.get(app) ?? createChatApp(app, options);
    chats.set(app, chat);
    return chat;
  };
  const on =
    (serve: (event: HttpEvent, chat: ChatApp, call: Call) => Promise<Answer>): Route['handler'] =>
    (event) => {
      const { app, call } = sessionOf(event);
      return serve(event, chatOf(app), call);
    };
  const bySlack = authenticated(
    apps,
    (event, app) => {
      verifySlack(event, chatOf(app).settings.slackSigningSecrets, app.world.now());
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
      { method: 'POST', path: '/v1/slack/commands', steps: [bySlack], handler: on(answerSlackCommand) },
      { method: 'POST', path: '/v1/slack/interactions', steps: [bySlack], handler: on(answerSlackClick) },
      { method: 'POST', path: '/v1/feishu/events', steps: [byFeishu], handler: on(answerFeishuEvent) },
    ],
    apps,
  );
}

async function answerSlackCommand(event: HttpEvent, chat: ChatApp, call: Call): Promise<Answer> {
  const form = readForm(event);
  if (form !== undefined && isSslCheck(form)) return NOTHING;
  const request = form && parseSlackCommand(form);
  const view = request === undefined ? UNREADABLE : await chat.command(request.person, request.text, call);
  return { status: 200, body: toSlackMessage(toMessage(view, chat.texts), false) };
}

/** Slack shows nothing of what a click is answered with, so the message is posted too. */
async function answerSlackClick(event: HttpEvent, chat: ChatApp, call: Call): Promise<Answer> {
  const form = readForm(event);
  if (form !== undefined && isSslCheck(form)) return NOTHING;
  const request = form && parseSlackClick(form);
  const view = request === undefined ? UNREADABLE : await chat.click(request.person, request.value, beforePost(call));
  const message = toSlackMessage(toMessage(view, chat.texts), replacesOnSlack(view));
  if (request !== undefined) await chat.slack.respond(request.responseUrl, message, call);
  return { status: 200, body: message };
}

async function answerFeishuEvent(event: HttpEvent, chat: ChatApp, call: Call): Promise<Answer> {
  const received = parseFeishuEvent(event.body);
  switch (received.type) {
    case 'challenge':
      return { status: 200, body: { challenge: received.challenge } };
    case 'message':
    case 'click':
      // at least once, says Feishu
      return {
        status: 200,
        body: await chat.feishuEvents.once(received.eventId, async () => {
          const isLate = Math.abs(chat.nowMs() - received.createdAtMs) > MAX_EVENT_AGE_MS;
          if (isLate) call.log.warn('chat.ignored', { service: 'feishu', reason: 'late' });
          return received.type === 'message'
            ? answerFeishuMessage(received, isLate, chat, call)
            : answerFeishuClick(received, isLate, chat, call);
        }),
      };
    case 'ignored':
      call.log.info('chat.ignored', { service: 'feishu', reason: received.reason });
      return NOTHING;
    default:
      received satisfies never;
      throw new TypeError('unknown event');
  }
}

type FeishuMessage = Extract<FeishuEvent, { readonly type: 'message' }>;
type FeishuClick = Extract<FeishuEvent, { readonly type: 'click' }>;

async function answerFeishuMessage(
  message: FeishuMessage,
  isLate: boolean,
  chat: ChatApp,
  call: Call,
): Promise<unknown> {
  if (isLate) return {};
  chat.feishu?.prefetch(call);
  const view = await chat.command(message.person, message.text, beforePost(call));
  const card = toFeishuCard(toMessage(view, chat.texts));
  await chat.feishu?.reply(message.messageId, message.eventId, card, call);
  return {};
}

async function answerFeishuClick(click: FeishuClick, isLate: boolean, chat: ChatApp, call: Call): Promise<unknown> {
  const view: View = isLate ? { type: 'late' } : await chat.click(click.person, click.value, call);
  return toFeishuCardAnswer(toMessage(view, chat.texts), replacesOnFeishu(view));
}

function beforePost(call: Call): Call {
  return { ...call, deadlineAtMs: call.deadlineAtMs - POST_WITHIN_MS };
}

/** A question comes beside the list that it was asked from; and who was not meant changes nothing. */
function replacesOnSlack({ type }: View): boolean {
  return type !== 'question' && type !== 'refused' && type !== 'foreign' && type !== 'unreadable';
}

/** On Feishu a click can only change its card, which everybody in the chat sees. */
function replacesOnFeishu({ type }: View): boolean {
  return type !== 'refused' && type !== 'foreign' && type !== 'unreadable' && type !== 'late';
}

export const handler = createHandler(createApps(realWorld, { chat: 'optional', sweep: 'optional' }));
