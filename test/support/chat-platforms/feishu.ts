import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { faultOfCard } from './feishu-cards.ts';
import { type Loopback, type Received, type Reply, startLoopback } from './loopback.ts';
import type { SignedRequest } from './slack.ts';

export interface FeishuApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly encryptKey: string;
  readonly verificationToken: string;
}

export interface FeishuPerson {
  readonly tenant: string;
  readonly chat: string;
  readonly user: string;
}

export interface Feishu extends Loopback {
  readonly app: FeishuApp;
  /** A message that can be replied to. */
  newMessageId(): string;
  /** The cards that were taken as replies, in order. */
  readonly replies: readonly PostedReply[];
  /** How many tokens were handed out. */
  tokenCount(): number;
  /** Every token is dead. */
  revokeTokens(): void;
  /** From now on the app's secret is another one. */
  refuseSecret(): void;
  /** The next so many replies meet this answer. */
  failReplies(count: number, reply: Reply): void;
}

export interface PostedReply {
  readonly messageId: string;
  readonly card: Readonly<Record<string, unknown>>;
}

export interface FeishuOptions {
  /** two hours */
  readonly tokenLifetimeS?: number;
  /** Told of each card that is taken as a reply. */
  readonly onReply?: (reply: PostedReply) => void;
}

const TOKEN_PATH = '/open-apis/auth/v3/tenant_access_token/internal';
const REPLY_PATH = /^\/open-apis\/im\/v1\/messages\/([\w-]+)\/reply$/;
const JSON_MEDIA_TYPE = /^application\/json; ?charset=utf-8$/i;
const REPLY_KEYS = new Set(['content', 'msg_type', 'reply_in_thread', 'uuid']);

/**
 * A stand-in of Feishu's open API: the tenant token and replies. What its documentation does not allow, it refuses.
 *
 * @see https://open.feishu.cn/document/ukTMukTMukTM/ukDNz4SO0MjL5QzM/auth-v3/auth/tenant_access_token_internal
 * @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/reply
 */
export async function startFeishu(options: FeishuOptions = {}): Promise<Feishu> {
  const app = {
    appId: 'cli_a1b2c3d4e5f6',
    appSecret: randomBytes(16).toString('hex'),
    encryptKey: randomBytes(16).toString('hex'),
    verificationToken: randomBytes(16).toString('hex'),
  };
  const messageIds = new Set<string>();
  const tokens = new Set<string>();
  const uuids = new Set<string>();
  const replies: PostedReply[] = [];
  let secret = app.appSecret;
  let tokenCount = 0;
  let failures: Reply[] = [];

  function issueToken(body: Readonly<Record<string, unknown>>): Reply {
    if (body['app_id'] !== app.appId) return refusal(10003, 'invalid app_id');
    if (body['app_secret'] !== secret) return refusal(10014, 'app secret invalid');
    const token = `t-${randomBytes(20).toString('hex')}`;
    tokens.add(token);
    tokenCount += 1;
    return success({ tenant_access_token: token, expire: options.tokenLifetimeS ?? 7_200 });
  }

  function takeReply(messageId: string, request: Received, body: Readonly<Record<string, unknown>>): Reply {
    const [failure] = failures;
    failures = failures.slice(1);
    if (failure !== undefined) return failure;
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return refusal(99991661, 'Missing access token for authorization.');
    if (!tokens.has(token)) return refusal(99991663, 'Invalid access token for authorization.');
    if (!messageIds.has(messageId)) return refusal(230011, 'The message was withdrawn.');
    const { content, msg_type: type, uuid } = body;
    if (Object.keys(body).some((key) => !REPLY_KEYS.has(key))) return refusal(99992402, 'field validation failed');
    if (typeof uuid === 'string' && uuid.length > 50) return refusal(99992402, 'field validation failed');
    if (type !== 'interactive' || typeof content !== 'string') return refusal(230001, 'invalid request parameter');
    const card = parse(content);
    if (card === undefined || faultOfCard(card) !== undefined) return refusal(230099, 'Failed to create card content');
    // one reply per uuid within an hour
    if (typeof uuid === 'string' && uuids.has(uuid)) return success({ data: { message_id: messageId } });
    if (typeof uuid === 'string') uuids.add(uuid);
    replies.push({ messageId, card });
    options.onReply?.({ messageId, card });
    return success({ data: { message_id: `om_${randomBytes(16).toString('hex')}` } });
  }

  function answer(request: Received): Reply {
    const body = parse(request.body);
    const messageId = REPLY_PATH.exec(request.path)?.[1];
    if (request.method !== 'POST' || (request.path !== TOKEN_PATH && messageId === undefined)) {
      return { status: 404, body: '404 page not found' };
    }
    if (body === undefined || !JSON_MEDIA_TYPE.test(request.headers['content-type'] ?? '')) {
      return refusal(9499, 'Bad Request');
    }
    return messageId === undefined ? issueToken(body) : takeReply(messageId, request, body);
  }

  const loopback = await startLoopback(answer);
  return {
    ...loopback,
    app,
    replies,
    newMessageId() {
      const messageId = `om_${randomBytes(16).toString('hex')}`;
      messageIds.add(messageId);
      return messageId;
    },
    tokenCount: () => tokenCount,
    revokeTokens: () => tokens.clear(),
    refuseSecret() {
      secret = 'another';
      tokens.clear();
    },
    failReplies(count, reply) {
      failures = Array.from({ length: count }, () => reply);
    },
  };
}

function success(fields: Readonly<Record<string, unknown>>): Reply {
  return { status: 200, body: JSON.stringify({ code: 0, msg: 'success', ...fields }) };
}

function refusal(code: number, msg: string): Reply {
  return { status: 400, body: JSON.stringify({ code, msg }) };
}

export interface Delivery {
  readonly app: FeishuApp;
  readonly nowMs: number;
  /** when it happened; now unless told */
  readonly createdAtMs?: number;
  readonly eventId?: string;
  /** clear text, as an app without an encrypt key gets it */
  readonly clear?: boolean;
}

/** A message to the bot. In a group it mentions the bot, as it has to. */
export function feishuMessage(
  text: string,
  { tenant, chat, user }: FeishuPerson,
  messageId: string,
  delivery: Delivery,
): SignedRequest {
  const event = {
    sender: {
      sender_id: { open_id: user, union_id: 'on_1', user_id: 'u1' },
      sender_type: 'user',
      tenant_key: tenant,
    },
    message: {
      message_id: messageId,
      create_time: String(delivery.createdAtMs ?? delivery.nowMs),
      chat_id: chat,
      chat_type: 'group',
      message_type: 'text',
      content: JSON.stringify({ text: `@_user_1 ${text}` }),
      mentions: [{ key: '@_user_1', id: { open_id: 'ou_bot' }, name: 'DU bot', tenant_key: tenant }],
    },
  };
  return feishuEvent('im.message.receive_v1', tenant, event, delivery);
}

/** A click on a button of a card. */
export function feishuClick(value: unknown, { tenant, chat, user }: FeishuPerson, delivery: Delivery): SignedRequest {
  const event = {
    operator: { tenant_key: tenant, user_id: 'u1', open_id: user, union_id: 'on_1' },
    token: 'c-295ee57216a5dc9de90fefd0aadb4b1d7d5f1e2a',
    action: { value, tag: 'button' },
    host: 'im_message',
    context: { open_message_id: 'om_1', open_chat_id: chat },
  };
  return feishuEvent('card.action.trigger', tenant, event, delivery);
}

export function feishuEvent(type: string, tenant: string, event: unknown, delivery: Delivery): SignedRequest {
  const { app, nowMs, createdAtMs = nowMs, eventId = randomBytes(16).toString('hex'), clear = false } = delivery;
  const body = {
    schema: '2.0',
    header: {
      event_id: eventId,
      token: app.verificationToken,
      create_time: String(createdAtMs),
      event_type: type,
      tenant_key: tenant,
      app_id: app.appId,
    },
    event,
  };
  return signFeishu(clear ? body : { encrypt: encryptFeishu(JSON.stringify(body), app.encryptKey) }, app, nowMs);
}

/** Signs a body as Feishu does. */
export function signFeishu(body: unknown, { encryptKey }: FeishuApp, nowMs: number): SignedRequest {
  const text = JSON.stringify(body);
  const timestamp = String(Math.floor(nowMs / 1_000));
  const nonce = randomBytes(8).toString('hex');
  const signature = createHash('sha256').update(`${timestamp}${nonce}${encryptKey}${text}`).digest('hex');
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-lark-request-timestamp': timestamp,
      'x-lark-request-nonce': nonce,
      'x-lark-signature': signature,
    },
    body: text,
  };
}

/** AES-256-CBC under the SHA-256 of the key, a random IV in front. */
export function encryptFeishu(text: string, encryptKey: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(encryptKey).digest(), iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
