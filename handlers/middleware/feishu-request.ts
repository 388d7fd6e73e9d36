import type { ChatApp } from '../../lib/chat/app.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import type { Apps } from '../platform/apps.ts';
import { openFeishuRequest } from '../requests/feishu-request.ts';
import { session } from './session.ts';

/** Lets in what Feishu or Lark sent; the session has the bot that it was sent to, and the opened body. */
export function feishuRequest(apps: Apps<ChatApp>, limitMs: number) {
  return session(
    apps,
    (request, { feishu: bot }) => {
      if (!('missing' in bot)) return { bot, body: openFeishuRequest(request, bot.settings) };
      const faults = bot.missing.map((name) => `${name} is missing`);
      throw new ServiceError('misconfigured', 'this route is not configured', { faults });
    },
    limitMs,
  );
}
