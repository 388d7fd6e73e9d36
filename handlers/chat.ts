import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type ChatApp, createChatApp, type FeishuBot } from '../lib/chat/app.ts';
import { answerFeishuEvent } from '../lib/chat/feishu/answers.ts';
import { answerSlackClick, answerSlackCommand, type SlackClick, type SlackCommand } from '../lib/chat/slack/answers.ts';
import { readChatConfig } from '../lib/config/read-config.ts';
import { feishuRequest } from './middleware/feishu-request.ts';
import { createHttpHandler, type HttpHandler } from './middleware/gateway.ts';
import { type HttpEvent, type Route, route } from './middleware/router.ts';
import type { Session } from './middleware/session.ts';
import { slackClick, slackCommand, sslCheck } from './middleware/slack-form.ts';
import { slackSignature } from './middleware/slack-signature.ts';
import type { Answer } from './platform/answer.ts';
import { type Apps, createApps } from './platform/apps.ts';
import { parseFeishuEvent } from './requests/feishu-event.ts';

// both platforms give up after three seconds, the network included
const ANSWER_WITHIN_MS = 2_200;

/** The routes of the function `chat`, each with its one authenticator. */
export function createRoutes(apps: Apps<ChatApp>): readonly Route[] {
  return [
    route(
      'POST',
      '/v1/slack/commands',
      middy<HttpEvent, Answer>()
        .use(slackSignature(apps, ANSWER_WITHIN_MS))
        .use(sslCheck())
        .use(slackCommand())
        .handler(answerCommand),
    ),
    route(
      'POST',
      '/v1/slack/interactions',
      middy<HttpEvent, Answer>()
        .use(slackSignature(apps, ANSWER_WITHIN_MS))
        .use(sslCheck())
        .use(slackClick())
        .handler(answerClick),
    ),
    route(
      'POST',
      '/v1/feishu/events',
      middy<HttpEvent, Answer>().use(feishuRequest(apps, ANSWER_WITHIN_MS)).handler(answerEvent),
    ),
  ];
}

export function createHandler(apps: Apps<ChatApp>): HttpHandler {
  return createHttpHandler(createRoutes(apps), apps);
}

interface InSlack extends Context {
  readonly session: Session<ChatApp>;
}

async function answerCommand(
  _event: HttpEvent,
  { session: { app, call }, command }: InSlack & { readonly command: SlackCommand | undefined },
): Promise<Answer> {
  return { status: 200, body: await answerSlackCommand(command, app, call) };
}

async function answerClick(
  _event: HttpEvent,
  { session: { app, call }, click }: InSlack & { readonly click: SlackClick | undefined },
): Promise<Answer> {
  return { status: 200, body: await answerSlackClick(click, app, call) };
}

interface InFeishu extends Context {
  readonly session: Session<ChatApp> & { readonly bot: FeishuBot; readonly body: unknown };
}

async function answerEvent(_event: HttpEvent, { session: { app, call, bot, body } }: InFeishu): Promise<Answer> {
  const event = parseFeishuEvent(body);
  switch (event.type) {
    case 'challenge':
      return { status: 200, body: { challenge: event.challenge } };
    case 'message':
    case 'click':
      return { status: 200, body: await answerFeishuEvent(event, bot, app, call) };
    case 'ignored':
      call.log.info('chat.ignored', { service: 'feishu', reason: event.reason });
      return { status: 200, body: {} };
    default:
      event satisfies never;
      throw new TypeError('unknown event');
  }
}

export const handler = createHandler(createApps(readChatConfig, createChatApp));
