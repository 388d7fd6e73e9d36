import { createHmac } from 'node:crypto';
import { encodeRfc3986 } from '../../net/url.ts';
import { toFittingText } from '../fit.ts';
import { type Kind, postJson, refusalByCode } from './kind.ts';

// a body has at most 20,000 bytes; JSON doubles the quotes and backslashes of a text
const MAX_TEXT_BYTES = 8_000;

/**
 * Plain text: DingTalk documents no escape for its Markdown, and a path could hold some.
 *
 * @see https://open.dingtalk.com/document/robots/custom-robot-access
 */
export const dingtalk: Readonly<Kind> = {
  toRequest: ({ message }, { url, secret }, nowMs) => {
    const content = toFittingText(message, MAX_TEXT_BYTES);
    return postJson(`${url}${signature(secret, nowMs)}`, { msgtype: 'text', text: { content } });
  },
  refusalIn: (reply) => refusalByCode(reply, 'errcode'),
};

function signature(secret: string | undefined, nowMs: number): string {
  if (secret === undefined) return '';
  const sign = createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64');
  return `&timestamp=${nowMs}&sign=${encodeRfc3986(sign)}`;
}
