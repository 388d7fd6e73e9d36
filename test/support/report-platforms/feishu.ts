import { faultOfCard, renderCard } from '../chat-platforms/feishu-cards.ts';
import type { Reply } from '../chat-platforms/loopback.ts';
import { hmac } from './hmac.ts';
import { type Fields, type ReportPlatform, startPlatform, strange } from './platform.ts';

const TOKEN = 'deadbeef0feishu';
const SECRET = 'deadbeef0feishu+secret/=';
const PATH = `/open-apis/bot/v2/hook/${TOKEN}`;
const MAX_BYTES = 20_480;
const HOUR_S = 3_600;

/** A custom bot with a signature. @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export function startFeishuReports(now = Date.now): Promise<ReportPlatform> {
  return startPlatform({
    entryAt: (origin) => `feishu=${origin}${PATH}#${SECRET}`,
    secrets: [TOKEN, SECRET],
    success: refusal(0, 'success'),
    unreadable: refusal(9499, 'Bad Request'),
    judge: ({ path, body: text }, body) => {
      if (path !== PATH) return refusal(19001, 'param invalid: incoming webhook access token invalid');
      const { timestamp, sign, msg_type: type, card } = body;
      if (strange(body, ['timestamp', 'sign', 'msg_type', 'card']) !== undefined) return refusal(9499, 'Bad Request');
      if (!isSigned(timestamp, sign, now()))
        return refusal(19021, 'sign match fail or timestamp is not within one hour');
      if (Buffer.byteLength(text) > MAX_BYTES) return refusal(9499, 'Bad Request');
      if (type !== 'interactive' || faultOfCard(card as Fields) !== undefined) return refusal(11246, 'card invalid');
      return renderCard(card as Fields);
    },
  });
}

function isSigned(timestamp: unknown, sign: unknown, nowMs: number): boolean {
  if (typeof timestamp !== 'string' || !/^\d{10}$/.test(timestamp)) return false;
  if (Math.abs(Number(timestamp) - nowMs / 1_000) > HOUR_S) return false;
  return sign === hmac(`${timestamp}\n${SECRET}`, '');
}

function refusal(code: number, msg: string): Reply {
  return { status: 200, body: JSON.stringify({ code, data: {}, msg }) };
}
