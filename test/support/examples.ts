import { createHash } from 'node:crypto';

/** The ids of the API page's own example; the events in `test/events` use them. */
export const EXAMPLE_SHARE = '77ba6f4b-6365-4895-8dda-bc7142af4dde';
export const EXAMPLE_TASK = '11abef677ac40f46644d1d5cfc2424a4';

/** Lets the caller of the example events in. */
export const exampleVariables = {
  ALLOWED_SHARES: EXAMPLE_SHARE,
  CALLER_KEYS: `example:${createHash('sha256').update('example-caller-key').digest('hex')}`,
};

/** The chat events are signed with these, at this time. */
export const EXAMPLE_CHAT_AT_MS = Date.parse('2026-03-01T12:00:00Z');
export const EXAMPLE_SLACK_PERSON = { team: 'T0001', channel: 'C0001', user: 'U0001' };
export const EXAMPLE_FEISHU_PERSON = {
  tenant: '736588c9260f175d',
  chat: 'oc_a0553eda9014c201e6969b478895c230',
  user: 'ou_7d8a6e6df7621556ce0d21922b676706',
};
export const EXAMPLE_FEISHU_MESSAGE = 'om_5ce6d572455d361153b7cb51da133945';
export const EXAMPLE_FEISHU_APP = {
  appId: 'cli_a1b2c3d4e5f6',
  appSecret: 'example-app-secret',
  encryptKey: 'example-encrypt-key',
  verificationToken: 'example-verification-token',
};
export const exampleChatVariables = {
  ALLOWED_SHARES: EXAMPLE_SHARE,
  SHARE_ALIASES: `prod=${EXAMPLE_SHARE}`,
  SLACK_SIGNING_SECRETS: 'example-signing-secret',
  SLACK_ALLOWED: 'T0001/C0001/U0001',
  FEISHU_APP_ID: EXAMPLE_FEISHU_APP.appId,
  FEISHU_APP_SECRET: EXAMPLE_FEISHU_APP.appSecret,
  FEISHU_ENCRYPT_KEY: EXAMPLE_FEISHU_APP.encryptKey,
  FEISHU_VERIFICATION_TOKEN: EXAMPLE_FEISHU_APP.verificationToken,
  FEISHU_ALLOWED: Object.values(EXAMPLE_FEISHU_PERSON).join('/'),
  CONFIRM_SECRET: 'example-confirm-secret-24',
};
