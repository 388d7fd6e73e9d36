import * as v from 'valibot';
import { commaList, isLoopback, serviceUrl, spaceList, text } from './forms.ts';
import { language } from './language.ts';
import { shareAliases } from './share-aliases.ts';
import { isSet, type Lookup, readSection, type Section } from './variable.ts';

// Slack's secrets have 32 characters; a much shorter one is a typing error
const signingSecret = v.pipe(
  text,
  v.regex(/^[\x21-\x7e]{16,128}$/, 'must be signing secrets of 16 to 128 characters, space-separated'),
);

const allowEntry = v.pipe(
  text,
  v.regex(
    /^(\*|[\w-]{1,64})(\/(\*|[\w-]{1,64})){2}$/,
    'must be tenant/channel/user by id, comma-separated, * for any of one part',
  ),
  v.transform((entry) => {
    const [tenant = '', channel = '', user = ''] = entry.split('/');
    return { tenant, channel, user } as const;
  }),
);
/** Who may use the chat: ids as the platform gives them, `*` for any. */
export type AllowEntry = v.InferOutput<typeof allowEntry>;

const FEISHU_URL = 'https://open.feishu.cn';
const LARK_URL = 'https://open.larksuite.com';
const feishuUrl = v.pipe(
  serviceUrl,
  v.check(
    (url) => url === FEISHU_URL || url === LARK_URL || isLoopback(new URL(url)),
    `must be ${FEISHU_URL} or ${LARK_URL}`,
  ),
);

const CONFIRM_SECRET_BYTES = 24;
const confirmSecret = v.pipe(
  text,
  v.transform((value) => Buffer.from(value)),
  v.minLength(CONFIRM_SECRET_BYTES, `must have at least ${CONFIRM_SECRET_BYTES} bytes`),
);

const variables = v.object({
  SLACK_SIGNING_SECRETS: v.optional(spaceList(signingSecret), ''),
  SLACK_ALLOWED: v.optional(commaList(allowEntry), ''),
  FEISHU_ALLOWED: v.optional(commaList(allowEntry), ''),
  FEISHU_BASE_URL: v.optional(feishuUrl, FEISHU_URL),
  CONFIRM_SECRET: v.optional(confirmSecret),
  SHARE_ALIASES: v.optional(shareAliases, ''),
  CHAT_LANGUAGE: language,
});

const feishuApp = v.pipe(
  v.object({ FEISHU_APP_ID: text, FEISHU_APP_SECRET: text, FEISHU_ENCRYPT_KEY: text, FEISHU_VERIFICATION_TOKEN: text }),
  v.transform((values) => {
    return {
      appId: values.FEISHU_APP_ID,
      appSecret: values.FEISHU_APP_SECRET,
      encryptKey: values.FEISHU_ENCRYPT_KEY,
      verificationToken: values.FEISHU_VERIFICATION_TOKEN,
    } as const;
  }),
);
/** The Feishu or Lark app. */
export type FeishuSettings = v.InferOutput<typeof feishuApp>;

/** What the function `chat` needs beside the rest. */
type ChatSettings = ReturnType<typeof toSettings>;

export function readChat(lookup: Lookup): Section<{ readonly chat: ChatSettings }> {
  const feishu = readFeishuApp(lookup);
  const toSection = v.transform((values: v.InferOutput<typeof variables>) => ({ chat: toSettings(values, feishu) }));
  return readSection(v.pipe(variables, toSection), lookup);
}

function toSettings(values: v.InferOutput<typeof variables>, feishu: ReturnType<typeof readFeishuApp>) {
  return {
    /** Empty: the Slack routes are not configured. */
    slackSigningSecrets: values.SLACK_SIGNING_SECRETS,
    slackAllowed: values.SLACK_ALLOWED,
    /** The app, or the names of its variables that are not set: then the Feishu route is not configured. */
    feishu,
    feishuAllowed: values.FEISHU_ALLOWED,
    /** Root of Feishu's open API, without a trailing slash. */
    feishuUrl: values.FEISHU_BASE_URL,
    /** Absent: nothing can be cancelled from a chat. */
    confirmSecret: values.CONFIRM_SECRET,
    /** By alias in lower case. */
    shareAliases: values.SHARE_ALIASES,
    language: values.CHAT_LANGUAGE,
  } as const;
}

/** All four variables or none: without the encrypt key nothing is signed, and without the secret no reply can be sent. */
function readFeishuApp(lookup: Lookup): FeishuSettings | { readonly missing: readonly string[] } {
  const app = readSection(feishuApp, lookup);
  if ('settings' in app) return app.settings;
  return { missing: Object.keys(feishuApp.entries).filter((name) => !isSet(name, lookup)) };
}
