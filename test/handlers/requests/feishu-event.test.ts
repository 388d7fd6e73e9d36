import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFeishuEvent } from '../../../handlers/requests/feishu-event.ts';

type Fields = Readonly<Record<string, unknown>>;

const HEADER = {
  event_id: 'f7984f25108f8137722bb63cee927e66',
  token: 't',
  create_time: '1772366400000',
  event_type: 'im.message.receive_v1',
  tenant_key: 'tenant1',
  app_id: 'cli_1',
};

function message(text: string, changes: Fields = {}, sender: Fields = {}, header: Fields = {}) {
  const fields = {
    message_id: 'om_1',
    chat_id: 'oc_1',
    chat_type: 'p2p',
    message_type: 'text',
    content: JSON.stringify({ text }),
    ...changes,
  };
  const from = { sender_id: { open_id: 'ou_1' }, sender_type: 'user', tenant_key: 'tenant1', ...sender };
  return { schema: '2.0', header: { ...HEADER, ...header }, event: { sender: from, message: fields } };
}

function click(value: unknown, operator: Fields = {}, context: Fields = { open_chat_id: 'oc_1' }) {
  return {
    schema: '2.0',
    header: { ...HEADER, event_type: 'card.action.trigger' },
    event: {
      operator: { open_id: 'ou_1', tenant_key: 'tenant1', ...operator },
      action: { value, tag: 'button' },
      context,
    },
  };
}

describe('a message', () => {
  test.each([
    ['/du list prod', ' list prod'],
    ['du list prod', ' list prod'],
    ['/DU', ''],
    ['@_user_1 /du list prod', ' list prod'],
    ['@_user_1  list prod', 'list prod'],
    ['list @_user_12 prod', 'list   prod'],
    ['@_all help', 'help'],
    ['durable', 'durable'],
  ])('%j says %j', (text, said) => {
    expect(parseFeishuEvent(message(text))).toEqual({
      type: 'message',
      eventId: HEADER.event_id,
      createdAtMs: 1_772_366_400_000,
      person: { platform: 'feishu', tenant: 'tenant1', channel: 'oc_1', user: 'ou_1' },
      messageId: 'om_1',
      text: said,
    });
  });

  test.each([
    ['1772366400', 1_772_366_400_000],
    ['1772366400123', 1_772_366_400_123],
    ['1772366400123456', 1_772_366_400_123.456],
    [1_772_366_400_123, 1_772_366_400_123],
  ])('of create_time %j has its time in milliseconds', (time, ms) => {
    expect(parseFeishuEvent(message('help', {}, {}, { create_time: time }))).toMatchObject({ createdAtMs: ms });
  });

  test('in a group counts when it mentions somebody or begins with the command', () => {
    const group = { chat_type: 'group' };

    expect(parseFeishuEvent(message('list prod', { ...group, mentions: [{ key: '@_user_1' }] })).type).toBe('message');
    expect(parseFeishuEvent(message('/du list prod', group)).type).toBe('message');
    expect(parseFeishuEvent(message('list prod', group)).type).toBe('ignored');
  });

  test("has the sender's own tenant, not the app's", () => {
    const event = parseFeishuEvent(message('help', {}, { tenant_key: 'guest' }));

    expect(event).toMatchObject({ person: { tenant: 'guest' } });
  });

  test.each([
    ['a bot', message('help', {}, { sender_type: 'app' })],
    ['nobody', message('help', {}, { sender_type: undefined })],
    ['a person without an id', message('help', {}, { sender_id: null })],
    ['a person with an odd id', message('help', {}, { sender_id: { open_id: 'ou_1/*' } })],
    ['a picture', message('help', { message_type: 'image' })],
    ['content that is no text', message('help', { content: { text: 'help' } })],
    ['content that is no JSON', message('help', { content: 'help' })],
    ['content without a text', message('help', { content: '{}' })],
    ['a message without an id', message('help', { message_id: undefined })],
    ['a message with an odd id', message('help', { message_id: '../om_1' })],
    ['an event without an id', message('help', {}, {}, { event_id: undefined })],
    ['an event without a time', message('help', {}, {}, { create_time: undefined })],
    ['an event with an odd time', message('help', {}, {}, { create_time: 'yesterday' })],
    ['another version', { ...message('help'), schema: '1.0' }],
    ['another event', message('help', {}, {}, { event_type: 'im.chat.updated_v1' })],
    ['no object', 'help'],
  ])('of %s is ignored', (_, body) => {
    expect(parseFeishuEvent(body).type).toBe('ignored');
  });
});

describe('a click', () => {
  test('says what its button carries, and who pressed it where', () => {
    expect(parseFeishuEvent(click({ du: 'keep' }))).toMatchObject({
      type: 'click',
      person: { platform: 'feishu', tenant: 'tenant1', channel: 'oc_1', user: 'ou_1' },
      value: 'keep',
    });
  });

  test.each([{}, 'keep', null, [], 7])('whose value is %j carries nothing of ours', (value) => {
    expect(parseFeishuEvent(click(value))).toMatchObject({ type: 'click', value: undefined });
  });

  test('without a chat or a person is ignored', () => {
    expect(parseFeishuEvent(click({ du: 'keep' }, {}, {})).type).toBe('ignored');
    expect(parseFeishuEvent(click({ du: 'keep' }, { open_id: undefined })).type).toBe('ignored');
  });
});

describe('a challenge', () => {
  test('is told as it is', () => {
    expect(parseFeishuEvent({ type: 'url_verification', challenge: 'abc' })).toEqual({
      type: 'challenge',
      challenge: 'abc',
    });
  });

  test.each(['a'.repeat(257), 7, null, { a: 1 }, undefined])('%j is not echoed', (challenge) => {
    expect(parseFeishuEvent({ type: 'url_verification', challenge }).type).toBe('ignored');
  });
});

test('an event that calls itself a check of the URL is ignored, since a check need not be signed', () => {
  const disguised = { ...click({ du: 'keep' }), type: 'url_verification', challenge: 7 };

  expect(parseFeishuEvent(disguised).type).toBe('ignored');
});

test.each([
  [message('help', { message_type: 'image' }), 'unexpected message.message_type'],
  [message('help', { content: 'help' }), 'unexpected message.content'],
  [message('help', {}, {}, { create_time: undefined }), 'unexpected header.create_time'],
  ['help', 'unexpected body'],
])('the reason to ignore %j is "%s": the name of a field, never its value', (body, reason) => {
  expect(parseFeishuEvent(body)).toEqual({ type: 'ignored', reason });
});

test('anything at all becomes an event of ours, or is ignored', () => {
  fc.assert(
    fc.property(fc.object({ depthSize: 'medium' }), fc.object(), (event, header) => {
      const body = { schema: '2.0', header: { ...HEADER, ...header }, event };

      expect(['message', 'click', 'ignored']).toContain(parseFeishuEvent(body).type);
    }),
  );
});
