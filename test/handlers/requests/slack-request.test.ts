import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isSslCheck,
  parseForm,
  parseSlackClick,
  parseSlackCommand,
  readForm,
} from '../../../handlers/requests/slack-request.ts';

const BUTTON = { type: 'button', action_id: 'du.keep.1', value: 'keep' };
const PAYLOAD = {
  type: 'block_actions',
  team: { id: 'T1' },
  user: { id: 'U1', team_id: 'T1' },
  channel: { id: 'C1' },
  actions: [BUTTON],
  response_url: 'https://hooks.slack.com/actions/T1/1/abc',
};

const formOf = (fields: Readonly<Record<string, string>>) => new Map(Object.entries(fields));
const clickOf = (payload: unknown) => parseSlackClick(formOf({ payload: JSON.stringify(payload) }));

describe('a form', () => {
  test.each([
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-Urlencoded; charset=utf-8',
    'application/x-www-form-urlencoded ;charset=UTF-8',
  ])('is read when it comes as %s', (type) => {
    const request = {
      method: 'POST',
      path: '/',
      headers: { 'content-type': type },
      rawBody: Buffer.from('a=%E5%8F%96'),
    };

    expect(readForm(request)).toEqual(formOf({ a: '取' }));
  });

  test.each(['application/json', 'text/plain', '', 'application/x-www-form-urlencodedx'])('is none as %j', (type) => {
    const request = { method: 'POST', path: '/', headers: { 'content-type': type }, rawBody: Buffer.from('a=1') };

    expect(readForm(request)).toBeUndefined();
  });

  test('is none when a field comes twice, or there are too many, or too much', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const large = { method: 'POST', path: '/', headers, rawBody: Buffer.alloc(262_145, 'a') };

    expect(parseForm(Buffer.from('text=list&text=cancel'))).toBeUndefined();
    expect(parseForm(Buffer.from(Array.from({ length: 65 }, (_, n) => `f${n}=1`).join('&')))).toBeUndefined();
    expect(readForm(large)).toBeUndefined();
  });

  test('keeps names that objects have already', () => {
    expect(parseForm(Buffer.from('__proto__=1&constructor=2'))?.get('__proto__')).toBe('1');
  });

  test('is a certificate check only with ssl_check=1', () => {
    expect(isSslCheck(formOf({ ssl_check: '1' }))).toBe(true);
    expect(isSslCheck(formOf({ ssl_check: '0' }))).toBe(false);
    expect(isSslCheck(formOf({}))).toBe(false);
  });
});

describe('a command', () => {
  const fields = { command: '/du', team_id: 'T1', channel_id: 'C1', user_id: 'U1', text: 'list prod', unknown: 'x' };

  test('is who typed what and where; what else there is does not matter', () => {
    expect(parseSlackCommand(formOf(fields))).toEqual({
      person: { platform: 'slack', tenant: 'T1', channel: 'C1', user: 'U1' },
      text: 'list prod',
    });
  });

  test('may have no text', () => {
    const { text: _, ...others } = fields;

    expect(parseSlackCommand(formOf(others))?.text).toBe('');
  });

  test.each(['command', 'team_id', 'channel_id', 'user_id'])('is none without %s', (name) => {
    const { [name]: _, ...others } = fields as Record<string, string>;

    expect(parseSlackCommand(formOf(others))).toBeUndefined();
  });

  test.each(['*', 'U1/x', '', 'U 1', 'U1\n', 'a'.repeat(65)])('is none from the user %j', (user) => {
    expect(parseSlackCommand(formOf({ ...fields, user_id: user }))).toBeUndefined();
  });
});

describe('a click', () => {
  test('is who pressed what, and where to answer', () => {
    expect(clickOf(PAYLOAD)).toEqual({
      person: { platform: 'slack', tenant: 'T1', channel: 'C1', user: 'U1' },
      value: 'keep',
      responseUrl: PAYLOAD.response_url,
    });
  });

  test("belongs to the person's own workspace", () => {
    expect(clickOf({ ...PAYLOAD, user: { id: 'U1', team_id: 'T2' } })?.person.tenant).toBe('T2');
    expect(clickOf({ ...PAYLOAD, user: { id: 'U1' } })?.person.tenant).toBe('T1');
  });

  test.each([
    ['another interaction', { ...PAYLOAD, type: 'view_submission' }],
    ['no person', { ...PAYLOAD, user: null }],
    ['no workspace', { ...PAYLOAD, team: null, user: { id: 'U1' } }],
    ['no channel', { ...PAYLOAD, channel: undefined }],
    ['no action', { ...PAYLOAD, actions: [] }],
    ['two actions', { ...PAYLOAD, actions: [BUTTON, BUTTON] }],
    ['an action that is no button', { ...PAYLOAD, actions: [{ ...BUTTON, type: 'static_select' }] }],
    ['actions that are no list', { ...PAYLOAD, actions: { 0: BUTTON } }],
    ['an array', [PAYLOAD]],
  ])('is none with %s', (_, payload) => {
    expect(clickOf(payload)).toBeUndefined();
  });

  test('is none without a payload, or with one that is no JSON', () => {
    expect(parseSlackClick(formOf({}))).toBeUndefined();
    expect(parseSlackClick(formOf({ payload: '{"type":' }))).toBeUndefined();
  });

  test('of any shape is read, or is none', () => {
    fc.assert(
      fc.property(fc.object(), (fields) => {
        const click = clickOf({ ...PAYLOAD, ...fields });

        expect(click === undefined || click.person.platform === 'slack').toBe(true);
      }),
    );
  });
});
