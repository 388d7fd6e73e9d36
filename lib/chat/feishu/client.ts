import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { FeishuSettings } from '../../config/chat.ts';
import type { Call } from '../../core/call.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Runtime } from '../../core/runtime.ts';
import { createTokenCache, type Expiring, type TokenCache } from '../../iam/token-cache.ts';
import type { Retrier, RetryDeadline } from '../../net/retry.ts';
import type { Transport } from '../../net/transport.ts';
import { createFeishuApi, type FeishuApi } from './api.ts';
import type { FeishuCard } from './messages.ts';

export interface FeishuClient {
  /**
   * Replies to a message with a card. Feishu takes one reply per event within an hour, so a second instance that handles
   * the same event does no harm. A failure is logged, not thrown.
   *
   * @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/reply
   */
  readonly reply: (messageId: string, eventId: string, card: FeishuCard, call: Call) => Promise<void>;
  /** Starts fetching the token that the reply will need. */
  readonly prefetch: (call: Call) => void;
}

interface TenantToken extends Expiring {
  readonly value: string;
}

interface Dependencies {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

// the reply API takes a `uuid` of at most 50 characters
const UUID_CHARS = 48;
const REMEMBER_REFUSAL_MS = 60_000;
/** "Invalid access token": it was revoked, or has expired early. */
const INVALID_TOKEN_CODES: ReadonlySet<string | undefined> = new Set(['99991663', '99991671']);

const TOKEN_ANSWER = v.object({
  tenant_access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,8192}$/)),
  expire: v.pipe(v.number(), v.gtValue(0)), // seconds
});
const REPLY_ANSWER = v.object({});

/** Feishu's open API, as far as a bot that replies needs it. */
export function createFeishuClient(
  { feishuUrl, settings }: { readonly feishuUrl: string; readonly settings: FeishuSettings },
  { transport, retrier, runtime }: Dependencies,
): FeishuClient {
  const api = createFeishuApi(feishuUrl, transport, retrier);
  const tokens = createTokenCache(
    {
      service: 'Feishu',
      host: new URL(feishuUrl).host,
      fetch: (deadline) => fetchToken(api, settings, deadline, runtime),
      refusedForMs,
    },
    runtime,
  );
  return {
    prefetch: (call) => {
      tokens.get(call).catch(() => {}); // the reply meets the same failure, and logs it
    },
    async reply(messageId, eventId, card, call) {
      const path = `im/v1/messages/${encodeURIComponent(messageId)}/reply`;
      const uuid = createHash('sha256').update(eventId).digest('hex').slice(0, UUID_CHARS);
      const body = { msg_type: 'interactive', content: JSON.stringify(card), uuid };
      try {
        await postWithToken(api, tokens, path, body, call);
        call.log.debug('chat.reply', { service: 'feishu' });
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        const { code: outcome, why: reason, upstream } = error;
        const answered = { upstream_status: upstream?.status, err_code: upstream?.errCode };
        call.log.warn('chat.reply', { service: 'feishu', outcome, reason, ...answered });
      }
    },
  };
}

async function fetchToken(
  api: FeishuApi,
  { appId, appSecret }: FeishuSettings,
  deadline: RetryDeadline,
  runtime: Runtime,
): Promise<TenantToken> {
  // counted from before the request, so that the token is never believed to live longer than it does
  const askedAtMs = runtime.now();
  const path = 'auth/v3/tenant_access_token/internal';
  const body = { app_id: appId, app_secret: appSecret };
  const { tenant_access_token: value, expire } = await api.post({ path, body, answer: TOKEN_ANSWER }, deadline);
  return { value, expiresAtMs: askedAtMs + expire * 1_000 };
}

/** With the cached token; and once more with a new one when Feishu says that it is invalid. */
async function postWithToken(
  api: FeishuApi,
  tokens: TokenCache<TenantToken>,
  path: string,
  body: unknown,
  call: Call,
): Promise<void> {
  const token = await tokens.get(call);
  try {
    await api.post({ path, body, token: token.value, answer: REPLY_ANSWER }, call);
  } catch (error) {
    if (!(error instanceof ServiceError) || !INVALID_TOKEN_CODES.has(error.upstream?.errCode)) throw error;
    tokens.discard(token);
    const renewed = await tokens.get(call);
    await api.post({ path, body, token: renewed.value, answer: REPLY_ANSWER }, call);
  }
}

/** A wrong secret stays wrong, so it is tried once a minute at most. */
function refusedForMs({ code }: ServiceError): number | undefined {
  return code === 'upstream_forbidden' ? REMEMBER_REFUSAL_MS : undefined;
}
