import { describe, expect, test } from 'vitest';
import { decryptFeishu } from '../../../handlers/requests/feishu-decrypt.ts';
import { openFeishuRequest } from '../../../handlers/requests/feishu-request.ts';
import { encryptFeishu, feishuEvent, signFeishu } from '../../support/chat-platforms/feishu.ts';
import { FEISHU_DECRYPT_VECTORS, FEISHU_SIGNATURE_VECTOR } from '../../support/chat-vectors.ts';

const APP = {
  appId: 'cli_1',
  appSecret: 'secret',
  encryptKey: 'test key',
  verificationToken: 'iRdCP2WwXNBXRM3mGLqhrgch3cn0gbT6',
};
const NOW_MS = 1_700_000_000_000;
const UNAUTHENTICATED = expect.objectContaining({ code: 'unauthenticated' });
const URL_CHECK = { challenge: '5634b122', token: APP.verificationToken, type: 'url_verification' };

function open(body: unknown, headers: Readonly<Record<string, string>> = {}, app = APP) {
  const rawBody = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return openFeishuRequest({ headers, rawBody }, app);
}

describe('the check of the request URL', () => {
  test.each([
    ['clear', URL_CHECK],
    ['encrypted', { encrypt: encryptFeishu(JSON.stringify(URL_CHECK), APP.encryptKey) }],
  ])('is let in %s by its token alone', (_, body) => {
    expect(open(body)).toEqual(URL_CHECK);
  });

  test("of the SDK's test is let in under its own key", () => {
    const [, vector] = FEISHU_DECRYPT_VECTORS;

    expect(open({ encrypt: vector.encrypt }, {}, { ...APP, encryptKey: vector.key })).toMatchObject({
      challenge: '5634b122-c042-4634-bc7f-b07a3c3e77ad',
    });
  });

  test.each([
    ['another token', { ...URL_CHECK, token: 'another' }],
    ['no token', { challenge: 'c', type: 'url_verification' }],
    ['a token that is no text', { ...URL_CHECK, token: [APP.verificationToken] }],
    ['another type', { ...URL_CHECK, type: 'event_callback' }],
    ['another key', { encrypt: encryptFeishu(JSON.stringify(URL_CHECK), 'another key') }],
    ['an array', [URL_CHECK]],
    ['no JSON', '{"challenge":'],
    ['an empty body', ''],
  ])('is refused with %s', (_, body) => {
    expect(() => open(body)).toThrow(UNAUTHENTICATED);
  });

  test('is refused with a signature that is wrong', () => {
    const { headers } = signFeishu(URL_CHECK, { ...APP, encryptKey: 'another key' }, NOW_MS);

    expect(() => open(URL_CHECK, headers)).toThrow(UNAUTHENTICATED);
  });
});

describe('an event', () => {
  const delivery = { app: APP, nowMs: NOW_MS };
  const genuine = feishuEvent('im.message.receive_v1', 't1', { n: 1 }, delivery);

  test.each([false, true])('is opened when it is genuine (clear: %s)', (clear) => {
    const { body, headers } = feishuEvent('im.message.receive_v1', 't1', { n: 1 }, { ...delivery, clear });

    expect(open(body, headers)).toMatchObject({ schema: '2.0', event: { n: 1 }, header: { tenant_key: 't1' } });
  });

  test('is signed as the formula says', () => {
    const { timestamp, nonce, signature, body } = FEISHU_SIGNATURE_VECTOR;
    const headers = {
      'x-lark-request-timestamp': timestamp,
      'x-lark-request-nonce': nonce,
      'x-lark-signature': signature,
    };

    // genuine, but its content is the example "hello world", which is no event
    expect(() => open(body, headers)).toThrow(UNAUTHENTICATED);
    expect(decryptFeishu(JSON.parse(body).encrypt, APP.encryptKey)).toBe('hello world');
  });

  test.each([
    ['no signature', ({ 'x-lark-signature': _, ...others }: Record<string, string>) => others],
    ['an empty signature', (headers: Record<string, string>) => ({ ...headers, 'x-lark-signature': '' })],
    [
      'a signature in capitals',
      (headers: Record<string, string>) => ({
        ...headers,
        'x-lark-signature': headers['x-lark-signature']?.toUpperCase() ?? '',
      }),
    ],
    [
      'a signature cut short',
      (headers: Record<string, string>) => ({
        ...headers,
        'x-lark-signature': headers['x-lark-signature']?.slice(0, -2) ?? '',
      }),
    ],
    ['another timestamp', (headers: Record<string, string>) => ({ ...headers, 'x-lark-request-timestamp': '1' })],
    ['no timestamp', ({ 'x-lark-request-timestamp': _, ...others }: Record<string, string>) => others],
    ['a timestamp that is no number', (h: Record<string, string>) => ({ ...h, 'x-lark-request-timestamp': '1e9' })],
    ['another nonce', (headers: Record<string, string>) => ({ ...headers, 'x-lark-request-nonce': 'x' })],
    ['no nonce', ({ 'x-lark-request-nonce': _, ...others }: Record<string, string>) => others],
  ])('is refused with %s', (_, change) => {
    expect(() => open(genuine.body, change({ ...genuine.headers }))).toThrow(UNAUTHENTICATED);
  });

  test('is refused when its body was written anew', () => {
    const rewritten = JSON.stringify(JSON.parse(genuine.body), null, 1);

    expect(() => open(rewritten, genuine.headers)).toThrow(UNAUTHENTICATED);
  });

  test.each([
    ['another token', { ...APP, verificationToken: 'another' }],
    ['another app', { ...APP, appId: 'cli_2' }],
  ])('is refused for %s, though it is signed', (_, app) => {
    const event = feishuEvent('im.message.receive_v1', 't1', {}, { app, nowMs: NOW_MS });

    expect(() => open(event.body, event.headers)).toThrow(UNAUTHENTICATED);
  });

  test.each([
    ['version 1', { uuid: 'u', token: APP.verificationToken, type: 'event_callback', event: {} }],
    ['no header', { schema: '2.0', event: {} }],
    ['a header that is no object', { schema: '2.0', header: 'h', event: {} }],
    ['encrypted content that is no text', { encrypt: 7 }],
    ['encrypted content that does not open', { encrypt: 'AAAA' }],
  ])('is refused with %s, though it is signed', (_, content) => {
    const { body, headers } = signFeishu(content, APP, NOW_MS);

    expect(() => open(body, headers)).toThrow(UNAUTHENTICATED);
  });
});
