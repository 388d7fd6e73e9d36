import type { Reply } from '../chat-platforms/loopback.ts';
import { hmac } from './hmac.ts';
import { type ReportPlatform, startPlatform, strange } from './platform.ts';

const TOKEN = 'deadbeef0dingtalk';
const SECRET = 'SECdeadbeef0dingtalk+/=';
const MAX_BYTES = 20_000;
const MESSAGES_PER_MINUTE = 20;
const HOUR_MS = 3_600_000;

/** A custom robot with a signature. @see https://open.dingtalk.com/document/robots/custom-robot-access */
export function startDingtalkReports(now = Date.now): Promise<ReportPlatform> {
  let messages = 0;
  return startPlatform({
    entryAt: (origin) => `dingtalk=${origin}/robot/send?access_token=${TOKEN}#${SECRET}`,
    secrets: [TOKEN, SECRET],
    success: answer(0, 'ok'),
    unreadable: answer(43004, '无效的HTTP HEADER Content-Type'),
    judge: ({ path, body: text }, body) => {
      const { pathname, searchParams } = new URL(path, 'http://dingtalk');
      if (pathname !== '/robot/send' || searchParams.get('access_token') !== TOKEN)
        return answer(300001, 'token is not exist');
      if (!isSigned(searchParams, now())) return answer(310000, 'sign not match');
      messages += 1;
      if (messages > MESSAGES_PER_MINUTE) return answer(130101, 'send too fast, exceed 20 times per minute');
      const { msgtype, text: message } = body;
      const { content } = (message ?? {}) as { content?: unknown };
      if (strange(body, ['msgtype', 'text', 'at']) ?? strange(message ?? {}, ['content']))
        return answer(40035, '不合法的参数');
      if (msgtype !== 'text' || typeof content !== 'string' || content === '') return answer(40035, '缺少参数 json');
      return Buffer.byteLength(text) > MAX_BYTES ? answer(460101, 'message too long, exceed 20000 bytes') : content;
    },
  });
}

function isSigned(query: URLSearchParams, nowMs: number): boolean {
  const timestamp = query.get('timestamp') ?? '';
  if (!/^\d{13}$/.test(timestamp) || Math.abs(Number(timestamp) - nowMs) > HOUR_MS) return false;
  return query.get('sign') === hmac(SECRET, `${timestamp}\n${SECRET}`);
}

function answer(errcode: number, errmsg: string): Reply {
  return { status: 200, body: JSON.stringify({ errcode, errmsg }) };
}
