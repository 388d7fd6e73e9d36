import { createHash } from 'node:crypto';
import type { Call } from '../../call.ts';
import type { FeishuSettings } from '../../config/chat.ts';
import { isRecord, parseJson } from '../../error-body.ts';
import { ServiceError, type UpstreamAnswer } from '../../errors.ts';
import { noAnswer } from '../../outbound.ts';
import { type Attempt, type FailedAttempt, type Retrier, retryKindOf } from '../../retry.ts';
import { createTokenCache, type Expiring, type FlightDeadline } from '../../token-cache.ts';
import { type Reply, type Transport, TransportFailure } from '../../transport.ts';
import type { World } from '../../world.ts';
import type { FeishuCard } from './messages.ts';

export interface FeishuClient {
  /**
   * Replies to a message with a card. Feishu takes one reply per event within an hour, so a repetition, by another instance
   * too, does no harm. What goes wrong is logged.
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
  readonly world: World;
}

/** The reply API takes a `uuid` of at most 50 characters. */
const UUID_CHARS = 48;
const REMEMBER_REFUSAL_MS = 60_000;
const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };
/** "Invalid access token": it was revoked or is older than it said. */
const DEAD_TOKEN_CODES: ReadonlySet<number> = new Set([99991663, 99991671]);

/** Feishu's open API, as far as a bot that replies needs it. */
export function createFeishuClient(
  { feishuUrl, settings }: { readonly feishuUrl: string; readonly settings: FeishuSettings },
  { transport, retrier, world }: Dependencies,
): FeishuClient {
  const tokens = createTokenCache({ service: 'Feishu', fetch: fetchToken, refusedForMs }, world);

  async function fetchToken(deadline: FlightDeadline): Promise<TenantToken> {
    const url = new URL(`${feishuUrl}/open-apis/auth/v3/tenant_access_token/internal`);
    const body = JSON.stringify({ app_id: settings.appId, app_secret: settings.appSecret });
    return retrier.run(deadline, async (_number, remainingMs) => {
      const sentAtMs = world.now();
      return post(url, JSON_HEADERS, body, remainingMs, (answer) => toToken(answer, sentAtMs));
    });
  }

  /** One request; an answer counts only with status 200 and code 0. */
  async function post<T>(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    limitMs: number,
    read: (answer: Readonly<Record<string, unknown>>) => T | undefined,
  ): Promise<Attempt<T>> {
    if (limitMs <= 0) return { failure: new ServiceError('upstream_timeout', 'Feishu did not answer in time') };
    try {
      const reply = await transport.send({ method: 'POST', url, headers, body }, limitMs);
      const answer = parseJson(reply.body);
      if (reply.status !== 200 || reply.cut !== undefined || !isRecord(answer) || answer['code'] !== 0) {
        return failed(reply, answer);
      }
      const value = read(answer);
      return value === undefined
        ? { failure: new ServiceError('upstream_invalid', 'Feishu left something out') }
        : { value };
    } catch (error) {
      if (error instanceof TransportFailure) return noAnswer('Feishu', error);
      throw error;
    }
  }

  async function replyOnce(url: URL, body: string, call: Call): Promise<'replied' | 'dead token'> {
    const token = await tokens.get(call);
    const headers = { ...JSON_HEADERS, authorization: `Bearer ${token.value}` };
    try {
      await retrier.run(call, (_number, remainingMs) => post(url, headers, body, remainingMs, (answer) => answer));
      return 'replied';
    } catch (error) {
      if (!(error instanceof ServiceError) || !DEAD_TOKEN_CODES.has(Number(error.upstream?.errCode))) throw error;
      tokens.discard(token);
      return 'dead token';
    }
  }

  return {
    prefetch: (call) => {
      tokens.get(call).catch(() => {}); // the reply meets the same failure, and logs it
    },
    async reply(messageId, eventId, card, call) {
      const uuid = createHash('sha256').update(eventId).digest('hex').slice(0, UUID_CHARS);
      const url = new URL(`${feishuUrl}/open-apis/im/v1/messages/${encodeURIComponent(messageId)}/reply`);
      const body = JSON.stringify({ msg_type: 'interactive', content: JSON.stringify(card), uuid });
      try {
        const first = await replyOnce(url, body, call);
        const last = first === 'dead token' ? await replyOnce(url, body, call) : first;
        if (last === 'dead token') throw new ServiceError('upstream_forbidden', 'Feishu refused a fresh token');
        call.log.debug('chat.reply', { service: 'feishu' });
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        const { code, upstream } = error;
        const { status, errCode } = upstream ?? {};
        call.log.warn('chat.reply', { service: 'feishu', reason: code, upstream_status: status, err_code: errCode });
      }
    },
  };
}

/** A wrong secret stays wrong: asking once a minute is enough. */
function refusedForMs({ code }: ServiceError): number | undefined {
  return code === 'upstream_forbidden' ? REMEMBER_REFUSAL_MS : undefined;
}

/** Feishu's failures are `{code, msg}`, mostly with status 400 or even 200; the code alone tells them apart. */
function failed(reply: Reply, answer: unknown): FailedAttempt {
  if (reply.cut === 'reset' || reply.cut === 'timeout')
    return noAnswer('Feishu', new TransportFailure(reply.cut, true));
  const code = isRecord(answer) && typeof answer['code'] === 'number' ? answer['code'] : undefined;
  const upstream: UpstreamAnswer = { status: reply.status, errCode: code === undefined ? undefined : String(code) };
  const retry = retryKindOf(reply.status, undefined);
  if (retry !== undefined) {
    return { failure: new ServiceError('upstream_unavailable', 'Feishu is not available', { upstream }), retry };
  }
  const kind = code === undefined ? 'upstream_invalid' : 'upstream_forbidden';
  return { failure: new ServiceError(kind, 'Feishu refused the request', { upstream }) };
}

function toToken(answer: Readonly<Record<string, unknown>>, sentAtMs: number): TenantToken | undefined {
  const { tenant_access_token: value, expire } = answer;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(value)) return undefined;
  if (typeof expire !== 'number' || !(expire > 0)) return undefined;
  return { value, expiresAtMs: sentAtMs + expire * 1_000 };
}
