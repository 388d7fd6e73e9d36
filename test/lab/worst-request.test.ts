import { describe, expect, test } from 'vitest';
import { toHttpRequest } from '../../handlers/platform/http-request.ts';
import { parseFeishuEvent } from '../../handlers/requests/feishu-event.ts';
import { parseForm, parseSlackClick } from '../../handlers/requests/slack-request.ts';
import { parseTimerEvent } from '../../handlers/requests/timer-event.ts';
import { verifyWebhook } from '../../handlers/requests/webhook-signature.ts';
import { parseRetryAfterMs } from '../../lib/net/retry.ts';
import { deploy, httpEvent } from '../support/deployment.ts';

// Nothing here takes a noticeable time where the work grows with the length of the input; where it grew with its square, or
// with its depth, these tests would hang or overflow the stack.
const LENGTH = 262_144;
const text = (piece: string): string => piece.repeat(Math.floor(LENGTH / piece.length));

describe('the longest request', () => {
  test.each([
    ['path of slashes', text('/')],
    ['path of segments', text('/a')],
    ['path of a task with a long id', `/v1/p/sfs-turbo/shares/s/fs/dir-usage/tasks/${text('%2F')}`],
  ])('with a %s is refused', async (_, path) => {
    const { invoke } = await deploy();

    const { statusCode } = await invoke(httpEvent('DELETE', path));

    expect([401, 404]).toContain(statusCode);
  });

  test.each([
    ['authorization', `Bearer${text(' ')}`],
    ['authorization', `Bearer ${text('a')}`],
    ['webhook-signature', text('v1, ')],
    ['webhook-id', text('a.')],
    ['webhook-timestamp', text('9')],
    ['content-type', `application/json${text(' ')}x`],
    ['content-type', `application/json${text('\t;')}`],
  ])('with a long header %s is refused', async (name, value) => {
    const { invoke } = await deploy();

    const answers = [
      await invoke(httpEvent('POST', '/v1/tasks/cancel', { [name]: value }, '{}')),
      await invoke(httpEvent('POST', '/v1/webhooks/tasks', { [name]: value }, '{}')),
    ];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401]);
  });

  test('may have any number of headers, and one name in any number of spellings', () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`x-${n}`, 'a']));
    const same = Object.fromEntries(
      Array.from({ length: 4_096 }, (_, n) => [
        [...'authorization'].map((letter, bit) => (n & (1 << bit) ? letter.toUpperCase() : letter)).join(''),
        'Bearer a',
      ]),
    );

    const { headers } = toHttpRequest({ httpMethod: 'GET', path: '/', headers: { ...many, ...same } });

    expect(Object.keys(headers)).toHaveLength(20_001);
  });

  test('may have any number of signatures, of which sixteen are looked at', () => {
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1767225600',
      'webhook-signature': text(`v1,${'A'.repeat(43)}= `),
    };
    const request = { method: 'POST', path: '/', headers, rawBody: Buffer.alloc(65_536) };

    expect(() => verifyWebhook(request, [Buffer.alloc(32)], Date.UTC(2026, 0, 1))).toThrow('not authenticated');
  });
});

describe('the longest message of a chat', () => {
  test('with any number of fields is no form', () => {
    expect(parseForm(Buffer.from(text('a&')))).toBeUndefined();
    expect(parseForm(Buffer.from(Array.from({ length: 30_000 }, (_, n) => `f${n}=`).join('&')))).toBeUndefined();
  });

  test.each([
    ['nested deep', text('[')],
    ['of many actions', JSON.stringify({ type: 'block_actions', user: {}, actions: Array(40_000).fill({}) })],
  ])('with a payload %s is no click', (_, payload) => {
    expect(parseSlackClick(new Map([['payload', payload]]))).toBeUndefined();
  });

  test.each([
    ['mentions', text('@_user_1')],
    ['half mentions', text('@_user_')],
    ['blanks', text(' ')],
    ['commands', text('/du ')],
  ])('of %s is read', (_, words) => {
    const event = {
      schema: '2.0',
      header: {
        event_id: 'e1',
        event_type: 'im.message.receive_v1',
        create_time: String(Date.UTC(2026, 0, 1)),
        tenant_key: 't1',
      },
      event: {
        sender: { sender_type: 'user', sender_id: { open_id: 'ou_1' }, tenant_key: 't1' },
        message: {
          message_id: 'm1',
          chat_id: 'c1',
          chat_type: 'p2p',
          message_type: 'text',
          content: JSON.stringify({ text: words }),
        },
      },
    };

    expect(parseFeishuEvent(event).type).toBe('message');
  });
});

test.each([`{"dry_run":${text('[')}`, text('[{"a":'), `"${text('\\\\')}`])(
  'a schedule with the worst text is refused',
  (order) => {
    expect(() => parseTimerEvent({ trigger_type: 'TIMER', user_event: order })).toThrow('user_event');
  },
);

test.each([text('9'), `Mon, ${text('a ')}`, `Monday ${text('1 -')}`, text(' ')])(
  'the worst Retry-After counts as absent',
  (value) => {
    expect(parseRetryAfterMs(value, 0)).toBeUndefined();
  },
);
