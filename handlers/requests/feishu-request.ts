import { createHash, timingSafeEqual } from 'node:crypto';
import type { FeishuSettings } from '../../lib/config/chat.ts';
import { isRecord, parseJson } from '../../lib/core/json.ts';
import type { HttpRequest } from '../platform/http-request.ts';
import { decryptFeishu } from './feishu-decrypt.ts';
import { unauthenticated } from './unauthenticated.ts';

const MAX_BODY_BYTES = 262_144;
const SIGNATURE = /^[0-9a-f]{64}$/;
const TIMESTAMP = /^\d{1,20}$/;
const NONCE = /^[\x21-\x7e]{1,256}$/;

/**
 * Decrypts a request of Feishu or Lark and checks that it is genuine: the signature over the raw body, then the
 * verification token, then the app id. Feishu does not sign its check of the request URL (`url_verification`), so that one
 * needs only the token. The age of an event is not checked here: its signed `create_time` tells it.
 *
 * @throws {ServiceError} `unauthenticated`
 * @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/event-subscription-guide/callback-subscription/receive-and-handle-callbacks
 */
export function openFeishuRequest(
  { headers, rawBody }: Pick<HttpRequest, 'headers' | 'rawBody'>,
  feishu: FeishuSettings,
): Readonly<Record<string, unknown>> {
  const signature = headers['x-lark-signature'];
  if (rawBody.length > MAX_BODY_BYTES) throw unauthenticated('unreadable_body');
  if (signature !== undefined && !isSigned(signature, { headers, rawBody }, feishu)) {
    throw unauthenticated('wrong_signature');
  }

  const body = open(rawBody, feishu.encryptKey);
  if (body === undefined) throw unauthenticated('unreadable_body');
  const isUrlCheck = body['type'] === 'url_verification';
  if (signature === undefined && !isUrlCheck) throw unauthenticated('no_signature');

  const header = isRecord(body['header']) ? body['header'] : {};
  const token = isUrlCheck ? body['token'] : header['token'];
  if (!isSame(token, feishu.verificationToken)) throw unauthenticated('wrong_token');
  if (!isUrlCheck && !isSame(header['app_id'], feishu.appId)) throw unauthenticated('wrong_app');
  return body;
}

/** Feishu's signature is no HMAC: it is the SHA-256 of timestamp, nonce, key and body. */
function isSigned(
  signature: string,
  { headers, rawBody }: Pick<HttpRequest, 'headers' | 'rawBody'>,
  { encryptKey }: FeishuSettings,
): boolean {
  const timestamp = headers['x-lark-request-timestamp'] ?? '';
  const nonce = headers['x-lark-request-nonce'] ?? '';
  if (!SIGNATURE.test(signature) || !TIMESTAMP.test(timestamp) || !NONCE.test(nonce)) return false;
  const expected = createHash('sha256').update(`${timestamp}${nonce}${encryptKey}`).update(rawBody).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

function open(rawBody: Buffer, encryptKey: string): Readonly<Record<string, unknown>> | undefined {
  const body = parseJson(rawBody.toString('utf8'));
  if (!isRecord(body) || body['encrypt'] === undefined) return isRecord(body) ? body : undefined;
  const clear = typeof body['encrypt'] === 'string' ? decryptFeishu(body['encrypt'], encryptKey) : undefined;
  const opened = clear === undefined ? undefined : parseJson(clear);
  return isRecord(opened) ? opened : undefined;
}

/** Compares digests, so that the time taken shows neither the length nor the beginning of the expected text. */
function isSame(given: unknown, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(expected));
}
