import type { Reply } from '../chat-platforms/loopback.ts';
import { type ReportPlatform, startPlatform, strange } from './platform.ts';

const KEY = 'deadbeef0wecom';
const MAX_BYTES = 2_048;
const MESSAGES_PER_MINUTE = 20;

/** A group robot. @see https://developer.work.weixin.qq.com/document/path/91770 */
export function startWecomReports(): Promise<ReportPlatform> {
  let messages = 0;
  return startPlatform({
    entryAt: (origin) => `wecom=${origin}/cgi-bin/webhook/send?key=${KEY}`,
    secrets: [KEY],
    success: answer(0, 'ok'),
    unreadable: answer(47001, 'data format error'),
    judge: ({ path }, body) => {
      if (path !== `/cgi-bin/webhook/send?key=${KEY}`) return answer(93000, 'invalid webhook url');
      messages += 1;
      if (messages > MESSAGES_PER_MINUTE) return answer(45009, 'api freq out of limit');
      const { msgtype, text: message } = body;
      const { content } = (message ?? {}) as { content?: unknown };
      if (strange(body, ['msgtype', 'text']) ?? strange(message ?? {}, ['content']))
        return answer(40058, 'invalid parameter');
      if (msgtype !== 'text' || typeof content !== 'string' || content === '')
        return answer(40008, 'invalid message type');
      return Buffer.byteLength(content) > MAX_BYTES ? answer(40058, 'text.content exceed max length 2048') : content;
    },
  });
}

function answer(errcode: number, errmsg: string): Reply {
  return { status: 200, body: JSON.stringify({ errcode, errmsg }) };
}
