import type { FeishuClick, FeishuMessage } from '../../lib/chat/feishu/answers.ts';
import { isPlatformId, type Person } from '../../lib/chat/person.ts';
import { isRecord, parseJson } from '../../lib/error-body.ts';

/** Something that happened in Feishu or Lark and is for us. */
export type FeishuEvent =
  | { readonly type: 'challenge'; readonly challenge: string }
  | FeishuMessage
  | FeishuClick
  /** Nothing to do with it, and nobody to tell. */
  | { readonly type: 'ignored'; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

const MAX_CHALLENGE_CHARS = 256;
const EVENT_ID = /^[\w-]{1,128}$/;

/** What an opened request says. Events of version 2.0 only. */
export function parseFeishuEvent(body: unknown): FeishuEvent {
  if (!isRecord(body)) return ignored('no object');
  if (body['type'] === 'url_verification') return parseChallenge(body['challenge']);
  const header = fieldsOf(body['header']);
  const event = fieldsOf(body['event']);
  const { event_id: eventId, tenant_key: tenantKey } = header;
  const createdAtMs = parseTimeMs(header['create_time']);
  if (body['schema'] !== '2.0' || typeof eventId !== 'string' || !EVENT_ID.test(eventId))
    return ignored('no 2.0 event');
  // without a time it cannot be told from one that comes hours late
  if (createdAtMs === undefined) return ignored('no create_time');

  const common = { eventId, createdAtMs };
  switch (header['event_type']) {
    case 'im.message.receive_v1':
      return parseMessage(event, tenantKey, common);
    case 'card.action.trigger':
      return parseClick(event, tenantKey, common);
    default:
      return ignored('another event type');
  }
}

interface Common {
  readonly eventId: string;
  readonly createdAtMs: number;
}

/** @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/events/receive */
function parseMessage(event: Fields, tenantKey: unknown, common: Common): FeishuEvent {
  const sender = fieldsOf(event['sender']);
  const message = fieldsOf(event['message']);
  const { message_id: messageId, chat_id: chatId, chat_type: chatType, message_type: messageType } = message;
  // bots do not talk to bots
  if (sender['sender_type'] !== 'user') return ignored('not from a person');
  if (messageType !== 'text' || typeof message['content'] !== 'string') return ignored('no text');
  const person = toPerson(sender['tenant_key'] ?? tenantKey, chatId, fieldsOf(sender['sender_id'])['open_id']);
  if (person === undefined || typeof messageId !== 'string' || !EVENT_ID.test(messageId)) return ignored('no ids');

  const { text } = fieldsOf(parseJson(message['content']));
  if (typeof text !== 'string') return ignored('no text');
  const words = text.replaceAll(/@_user_\d+|@_all/g, ' ').trim();
  const isCommand = /^\/du(\s|$)/i.test(words);
  const isMentioned = Array.isArray(message['mentions']) && message['mentions'].length > 0;
  if (chatType !== 'p2p' && !isMentioned && !isCommand) return ignored('not for the bot');
  return { type: 'message', ...common, person, messageId, text: words.replace(/^\/?du(?=\s|$)/i, '') };
}

/** @see https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-callback-communication */
function parseClick(event: Fields, tenantKey: unknown, common: Common): FeishuEvent {
  const operator = fieldsOf(event['operator']);
  const chatId = fieldsOf(event['context'])['open_chat_id'];
  const person = toPerson(operator['tenant_key'] ?? tenantKey, chatId, operator['open_id']);
  if (person === undefined) return ignored('no ids');
  return { type: 'click', ...common, person, value: fieldsOf(fieldsOf(event['action'])['value'])['du'] };
}

function parseChallenge(challenge: unknown): FeishuEvent {
  const isFit = typeof challenge === 'string' && challenge.length <= MAX_CHALLENGE_CHARS;
  return isFit ? { type: 'challenge', challenge } : ignored('no challenge');
}

/** Seconds, milliseconds or microseconds: the documentation shows more than one of them. */
function parseTimeMs(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{10,16}$/.test(text)) return undefined;
  if (text.length >= 15) return Number(text) / 1_000;
  return text.length >= 12 ? Number(text) : Number(text) * 1_000;
}

function toPerson(tenant: unknown, channel: unknown, user: unknown): Person | undefined {
  if (!isPlatformId(tenant) || !isPlatformId(channel) || !isPlatformId(user)) return undefined;
  return { platform: 'feishu', tenant, channel, user };
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function ignored(reason: string): FeishuEvent {
  return { type: 'ignored', reason };
}
