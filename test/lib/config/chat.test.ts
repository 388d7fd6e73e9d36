import { describe, expect, test } from 'vitest';
import { readChat } from '../../../lib/config/chat.ts';
import { faultsIn, lookupIn, settingsIn, type Variables } from '../../support/variables.ts';

const FEISHU = {
  FEISHU_APP_ID: 'cli_1',
  FEISHU_APP_SECRET: 'secret',
  FEISHU_ENCRYPT_KEY: 'key',
  FEISHU_VERIFICATION_TOKEN: 'token',
};
const read = (variables: Variables) => settingsIn(readChat(lookupIn(variables))).chat;
const faultsWith = (variables: Variables) => faultsIn(readChat(lookupIn(variables)));

test('without any of its variables the chat is closed', () => {
  expect(read({})).toEqual({
    slackSigningSecrets: [],
    slackAllowed: [],
    feishu: { missing: Object.keys(FEISHU) },
    feishuAllowed: [],
    feishuUrl: 'https://open.feishu.cn',
    confirmSecret: undefined,
    shareAliases: new Map(),
    language: 'en',
  });
});

test('with all of them it is open', () => {
  const chat = read({
    ...FEISHU,
    SLACK_SIGNING_SECRETS: '8f742231b10e8888abcd99yyyzzz85a5  1234567890abcdef',
    SLACK_ALLOWED: 'T1/C1/U1, T1/*/U2',
    FEISHU_ALLOWED: '*/oc_1/ou_1',
    FEISHU_BASE_URL: 'https://open.larksuite.com/',
    CONFIRM_SECRET: 'x'.repeat(24),
    SHARE_ALIASES: 'Prod=77ba6f4b-6365-4895-8dbc-d9e21b79d34a, dev = abc',
    CHAT_LANGUAGE: 'ZH',
  });

  expect(chat).toMatchObject({
    slackSigningSecrets: ['8f742231b10e8888abcd99yyyzzz85a5', '1234567890abcdef'],
    slackAllowed: [
      { tenant: 'T1', channel: 'C1', user: 'U1' },
      { tenant: 'T1', channel: '*', user: 'U2' },
    ],
    feishu: { appId: 'cli_1', appSecret: 'secret', encryptKey: 'key', verificationToken: 'token' },
    feishuAllowed: [{ tenant: '*', channel: 'oc_1', user: 'ou_1' }],
    feishuUrl: 'https://open.larksuite.com',
    language: 'zh',
  });
  expect(chat.confirmSecret?.length).toBe(24);
  expect([...chat.shareAliases]).toEqual([
    ['prod', '77ba6f4b-6365-4895-8dbc-d9e21b79d34a'],
    ['dev', 'abc'],
  ]);
});

test.each(Object.keys(FEISHU))('Feishu is closed without %s', (name) => {
  expect(read({ ...FEISHU, [name]: ' ' }).feishu).toEqual({ missing: [name] });
});

describe('a fault is named, and its value is not', () => {
  test.each([
    ['SLACK_SIGNING_SECRETS', 'too-short'],
    ['SLACK_SIGNING_SECRETS', '8f742231b10e8888abcd99yyyzzz85a5 short'],
    ['SLACK_SIGNING_SECRETS', 'x'.repeat(129)],
    ['SLACK_ALLOWED', 'T1/C1'],
    ['SLACK_ALLOWED', 'T1/C1/U1/X1'],
    ['SLACK_ALLOWED', 'T1/C*/U1'],
    ['SLACK_ALLOWED', 'T1//U1'],
    ['SLACK_ALLOWED', '*'],
    ['SLACK_ALLOWED', 'T1/C1/U1@prod'],
    ['FEISHU_ALLOWED', 'tenant chat user'],
    ['FEISHU_BASE_URL', 'https://open.feishu.cn.evil.test'],
    ['FEISHU_BASE_URL', 'https://open.feishu.cn/path'],
    ['FEISHU_BASE_URL', 'http://open.feishu.cn'],
    ['FEISHU_BASE_URL', 'https://user@open.feishu.cn'],
    ['CONFIRM_SECRET', 'x'.repeat(23)],
    ['SHARE_ALIASES', 'prod'],
    ['SHARE_ALIASES', 'prod=../x'],
    ['SHARE_ALIASES', 'prod=abc/x'],
    ['SHARE_ALIASES', 'pr od=abc'],
    ['SHARE_ALIASES', 'prod=abc,PROD=def'],
    ['CHAT_LANGUAGE', 'fr'],
  ])('%s=%j', (name, value) => {
    const faults = faultsWith({ [name]: value });

    expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name} must `))]);
    expect(faults.join()).not.toContain(value === '*' ? '"*"' : value);
  });
});

test.each([
  ['FEISHU_BASE_URL', 'must be https://open.feishu.cn or https://open.larksuite.com'],
  ['CHAT_LANGUAGE', 'must be one of en, zh'],
])('a wrong %s is told what there is to choose from', (name, says) => {
  expect(faultsWith({ [name]: 'https://example.com' })).toEqual([`${name} ${says}`]);
});

describe('targets of an entry', () => {
  const readWith = (allowed: string) =>
    readChat(lookupIn({ SLACK_ALLOWED: allowed }), [{ name: 'prod' }, { name: 'east-2' }]);

  test('are read where there are targets', () => {
    expect(settingsIn(readWith('T1/C1/*@prod|east-2,T1/*/U1')).chat.slackAllowed).toEqual([
      { tenant: 'T1', channel: 'C1', user: '*', targets: ['prod', 'east-2'] },
      { tenant: 'T1', channel: '*', user: 'U1' },
    ]);
  });

  test.each([
    'T1/C1/U1@west',
    'T1/C1/U1@prod|west',
    'T1/C1/U1@',
    'T1/C1/U1@prod|',
    'T1/C1/U1@prod@east-2',
    'T1/C1/U1@*',
  ])('are a fault in %s', (allowed) => {
    expect(faultsIn(readWith(allowed))).toEqual([expect.stringContaining('behind @ the names of targets')]);
  });

  test('are not looked for where the targets are faulty themselves', () => {
    const section = readChat(lookupIn({ SLACK_ALLOWED: 'T1/C1/U1@prod' }), 'faulty');

    expect('settings' in section).toBe(true);
  });
});

test('Feishu on loopback is for tests', () => {
  expect(read({ FEISHU_BASE_URL: 'http://127.0.0.1:4010' }).feishuUrl).toBe('http://127.0.0.1:4010');
});
