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

const ENTRY_MESSAGE = 'must be tenant/channel/user by id, comma-separated, * for any of one part';
const TARGETS_MESSAGE = `${ENTRY_MESSAGE}; behind @ the names of targets, joined by |`;
const ENTRY = /^((?:\*|[\w-]{1,64})(?:\/(?:\*|[\w-]{1,64})){2})(?:@([a-z0-9-]+(?:\|[a-z0-9-]+)*))?$/;

/** Who may use the chat: ids as the platform gives them, `*` for any; and in which targets, absent: in all. */
export type AllowEntry = ReturnType<typeof toAllowEntry>;

function toAllowEntry(entry: string) {
  const [, person = '', targets] = ENTRY.exec(entry) ?? [];
  const [tenant = '', channel = '', user = ''] = person.split('/');
  return { tenant, channel, user, ...(targets !== undefined && { targets: targets.split('|') }) } as const;
}

/** @param names of the targets; where these are faulty themselves, no target is looked for among them */
function allowEntries(names: readonly string[] | 'faulty') {
  const isKnown = (name: string): boolean => names === 'faulty' || names.includes(name);
  const message = names.length === 0 ? ENTRY_MESSAGE : TARGETS_MESSAGE;
  const entry = v.pipe(
    text,
    v.regex(ENTRY, message),
    v.transform(toAllowEntry),
    v.check(({ targets = [] }) => targets.every(isKnown), message),
  );
  return v.optional(commaList(entry), '');
}

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

function variablesFor(names: readonly string[] | 'faulty') {
  return v.object({
    SLACK_SIGNING_SECRETS: v.optional(spaceList(signingSecret), ''),
    SLACK_ALLOWED: allowEntries(names),
    FEISHU_ALLOWED: allowEntries(names),
    FEISHU_BASE_URL: v.optional(feishuUrl, FEISHU_URL),
    CONFIRM_SECRET: v.optional(confirmSecret),
    SHARE_ALIASES: v.optional(shareAliases, ''),
    CHAT_LANGUAGE: language,
  });
}
type ChatVariables = v.InferOutput<ReturnType<typeof variablesFor>>;

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

/** @param targets those of `TARGETS`; none without it */
export function readChat(
  lookup: Lookup,
  targets: readonly { readonly name: string | undefined }[] | 'faulty' = [],
): Section<{ readonly chat: ChatSettings }> {
  const names = targets === 'faulty' ? targets : targets.flatMap(({ name }) => name ?? []);
  const feishu = readFeishuApp(lookup);
  const toSection = v.transform((values: ChatVariables) => ({ chat: toSettings(values, feishu) }));
  return readSection(v.pipe(variablesFor(names), toSection), lookup);
}

function toSettings(values: ChatVariables, feishu: ReturnType<typeof readFeishuApp>) {
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
