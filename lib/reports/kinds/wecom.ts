import { toFittingText } from '../fit.ts';
import { type Kind, postJson, refusalByCode } from './kind.ts';

const MAX_TEXT_BYTES = 2_048;

/**
 * Plain text: WeCom documents no escape for its Markdown, where `<@…>` calls somebody.
 *
 * @see https://developer.work.weixin.qq.com/document/path/91770
 */
export const wecom: Readonly<Kind> = {
  toRequest: ({ message }, { url }) =>
    postJson(url, { msgtype: 'text', text: { content: toFittingText(message, MAX_TEXT_BYTES) } }),
  refusalIn: (reply) => refusalByCode(reply, 'errcode'),
};
