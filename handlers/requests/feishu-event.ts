import * as v from 'valibot';
import type { FeishuClick, FeishuMessage, Happened } from '../../lib/chat/feishu/answers.ts';
import { PLATFORM_ID } from '../../lib/chat/ids.ts';

/** What an opened request of Feishu or Lark says. */
type FeishuEvent =
  | { readonly type: 'challenge'; readonly challenge: string }
  | FeishuMessage
  | FeishuClick
  /** Nothing to do. `reason` names a field or a rule, never a value. */
  | { readonly type: 'ignored'; readonly reason: string };

const URL_CHECK = v.object({ type: v.literal('url_verification') });
const CHALLENGE = v.object({ challenge: v.pipe(v.string(), v.maxLength(256)) });

const EVENT_ID = v.pipe(v.string(), v.regex(/^[\w-]{1,128}$/));

/** Seconds, milliseconds or microseconds: the documentation shows all three. */
const CREATE_TIME = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.transform(String))]),
  v.regex(/^\d{10,16}$/),
  v.transform((digits) => {
    if (digits.length >= 15) return Number(digits) / 1_000;
    return digits.length >= 12 ? Number(digits) : Number(digits) * 1_000;
  }),
);

/** Version 2.0, the only one that this function knows. */
const ENVELOPE = v.object({
  schema: v.literal('2.0'),
  header: v.object({
    event_id: EVENT_ID,
    event_type: v.string(),
    // an event without it could be hours old
    create_time: CREATE_TIME,
    tenant_key: v.nullish(PLATFORM_ID),
  }),
  event: v.unknown(),
});

/** @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/events/receive */
const MESSAGE = v.object({
  sender: v.object({
    // a bot that answered bots could answer itself
    sender_type: v.literal('user'),
    tenant_key: v.nullish(PLATFORM_ID),
    sender_id: v.object({ open_id: PLATFORM_ID }),
  }),
  message: v.object({
    message_id: EVENT_ID,
    chat_id: PLATFORM_ID,
    chat_type: v.optional(v.unknown()),
    message_type: v.literal('text'),
    content: v.pipe(v.string(), v.parseJson(), v.object({ text: v.string() })),
    mentions: v.nullish(v.array(v.unknown())),
  }),
});

/** @see https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-callback-communication */
const CLICK = v.object({
  operator: v.object({ open_id: PLATFORM_ID, tenant_key: v.nullish(PLATFORM_ID) }),
  context: v.object({ open_chat_id: PLATFORM_ID }),
  action: v.fallback(v.object({ value: v.object({ du: v.optional(v.unknown()) }) }), { value: {} }),
});

/** What an opened request says, or that there is nothing to do. */
export function parseFeishuEvent(body: unknown): FeishuEvent {
  // such a request need not be signed, so nothing else in it may count
  if (v.is(URL_CHECK, body)) return parseChallenge(body);
  const envelope = v.safeParse(ENVELOPE, body);
  if (!envelope.success) return unexpected(envelope.issues);

  const { header, event } = envelope.output;
  switch (header.event_type) {
    case 'im.message.receive_v1':
      return parseMessage(header, event);
    case 'card.action.trigger':
      return parseClick(header, event);
    default:
      return { type: 'ignored', reason: 'another event type' };
  }
}

function parseChallenge(body: unknown): FeishuEvent {
  const result = v.safeParse(CHALLENGE, body);
  return result.success ? { type: 'challenge', challenge: result.output.challenge } : unexpected(result.issues);
}

type Header = v.InferOutput<typeof ENVELOPE>['header'];

function parseMessage(header: Header, event: unknown): FeishuEvent {
  const result = v.safeParse(MESSAGE, event);
  if (!result.success) return unexpected(result.issues);
  const { sender, message } = result.output;
  const happened = toHappened(header, sender.tenant_key, message.chat_id, sender.sender_id.open_id);
  if (happened === undefined) return { type: 'ignored', reason: 'no tenant_key' };

  const words = message.content.text.replaceAll(/@_user_\d+|@_all/g, ' ').trim();
  const isCommand = /^\/du(\s|$)/i.test(words);
  const isMentioned = (message.mentions ?? []).length > 0;
  if (message.chat_type !== 'p2p' && !isMentioned && !isCommand) return { type: 'ignored', reason: 'not for the bot' };
  const text = words.replace(/^\/?du(?=\s|$)/i, '');
  return { type: 'message', ...happened, messageId: message.message_id, text };
}

function parseClick(header: Header, event: unknown): FeishuEvent {
  const result = v.safeParse(CLICK, event);
  if (!result.success) return unexpected(result.issues);
  const { operator, context, action } = result.output;
  const happened = toHappened(header, operator.tenant_key, context.open_chat_id, operator.open_id);
  if (happened === undefined) return { type: 'ignored', reason: 'no tenant_key' };
  return { type: 'click', ...happened, value: action.value.du };
}

/** @param ownTenant the person's tenant, where it is not the one that the app is installed in */
function toHappened(
  { event_id: eventId, create_time: createdAtMs, tenant_key: tenantKey }: Header,
  ownTenant: string | null | undefined,
  channel: string,
  user: string,
): Happened | undefined {
  const tenant = ownTenant ?? tenantKey;
  if (typeof tenant !== 'string') return undefined;
  return { eventId, createdAtMs, person: { platform: 'feishu', tenant, channel, user } };
}

function unexpected(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): FeishuEvent {
  return { type: 'ignored', reason: `unexpected ${v.getDotPath(issues[0]) ?? 'body'}` };
}
