import { ServiceError } from '../errors.ts';
import type { AccessKey } from '../signer.ts';
import { isId, type ProjectId, type ShareId, TASK_STATUSES, type TaskStatus } from '../task.ts';
import { parseDurationMs } from './duration.ts';

/** The value of a variable, or nothing when it is not set. */
export type Lookup = (name: string) => string | undefined;

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface PasswordSettings {
  readonly type: 'password';
  readonly domainName: string;
  readonly userName: string;
  readonly password: string;
}

export interface KeySettings extends AccessKey {
  readonly type: 'key';
}

export type CredentialSettings = PasswordSettings | KeySettings | { readonly type: 'agency' };

/** A caller's key, known by its digest only. */
export interface CallerKey {
  readonly name: string;
  readonly sha256: Buffer;
}

export type AllowedShares = '*' | ReadonlySet<ShareId>;

export function isAllowed(shareId: ShareId, allowedShares: AllowedShares): boolean {
  return allowedShares === '*' || allowedShares.has(shareId);
}

/** What the sweep may do. An order can narrow it, and nothing can widen it. */
export interface SweepSettings {
  /** `*`: every share of the project that is allowed. */
  readonly shares: '*' | ReadonlySet<ShareId>;
  readonly statuses: ReadonlySet<TaskStatus>;
  /** Age of a finished task. */
  readonly minAgeMs: number;
  /** Age at which a running task counts as stuck. */
  readonly doingMinAgeMs: number;
  /** Newest results kept of each directory. */
  readonly keepLatest: number;
  /** Of one run. */
  readonly maxDeletes: number;
  /** Requests in flight. */
  readonly concurrency: number;
  readonly ratePerSecond: number;
  readonly dryRun: boolean;
}

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Who may use the chat: ids as the platform gives them, `*` for any. */
export interface AllowEntry {
  readonly tenant: string;
  readonly channel: string;
  readonly user: string;
}

/** The Feishu or Lark app. */
export interface FeishuSettings {
  readonly appId: string;
  readonly appSecret: string;
  readonly encryptKey: string;
  readonly verificationToken: string;
}

/** What the function `chat` needs beside the rest. */
export interface ChatSettings {
  /** None: the Slack routes are not configured. */
  readonly slackSigningSecrets: readonly string[];
  readonly slackAllowed: readonly AllowEntry[];
  /** The app, or the variables that it lacks: then the Feishu route is not configured. */
  readonly feishu: FeishuSettings | { readonly missing: readonly Variable[] };
  readonly feishuAllowed: readonly AllowEntry[];
  /** Root of Feishu's open API, without a trailing slash. */
  readonly feishuUrl: string;
  /** Absent: nothing can be cancelled from a chat. */
  readonly confirmSecret: Buffer | undefined;
  readonly shareAliases: ReadonlyMap<string, ShareId>;
  readonly language: Language;
}

/** What a function needs beyond what all of them need. */
export interface ConfigParts {
  /** `optional`: read when `SWEEP_SHARES` is set. Absent: not looked at, so that their faults stop only the sweep. */
  readonly sweep?: 'required' | 'optional';
  /** `optional`: read, and what is not set is a route or command that is not set up. Absent: not looked at. */
  readonly chat?: 'optional';
  /** Whether the platform can give the function credentials of its own. */
  readonly hasAgency?: boolean;
}

export interface Config {
  readonly region: string;
  /** IAM's v3 root, without a trailing slash. */
  readonly iamUrl: string;
  /** SFS Turbo's root, without a trailing slash. */
  readonly sfsTurboUrl: string;
  readonly project: { readonly id: ProjectId | undefined; readonly name: string };
  readonly credentials: CredentialSettings;
  readonly callerKeys: readonly CallerKey[];
  readonly webhookSecrets: readonly Buffer[];
  readonly allowedShares: AllowedShares;
  readonly requestTimeoutMs: number;
  readonly maxAttempts: number;
  readonly logLevel: LogLevel;
  readonly sweep: SweepSettings | undefined;
  /** Read for the function `chat` only. */
  readonly chat: ChatSettings | undefined;
}

/** Every variable with its default as the README shows it; a test compares the two. */
export const VARIABLES = {
  HW_REGION_NAME: 'required',
  HW_PROJECT_NAME: 'the region',
  HW_PROJECT_ID: '',
  HW_DOMAIN_NAME: '',
  HW_USER_NAME: '',
  HW_USER_PASSWORD: '',
  HW_ACCESS_KEY: '',
  HW_SECRET_KEY: '',
  HW_SECURITY_TOKEN: '',
  HW_AUTH_URL: 'https://iam.{region}.{cloud}/v3',
  HW_CLOUD: 'myhuaweicloud.com',
  SFS_TURBO_ENDPOINT: 'https://sfs-turbo.{region}.{cloud}',
  SECRETS_ID: '',
  CALLER_KEYS: '',
  WEBHOOK_SECRETS: '',
  ALLOWED_SHARES: 'required',
  REQUEST_TIMEOUT_MS: '5000',
  MAX_ATTEMPTS: '3',
  LOG_LEVEL: 'INFO',

  SWEEP_SHARES: 'required',
  SWEEP_STATUSES: 'SUCCESS,FAIL',
  SWEEP_MIN_AGE: '24h',
  SWEEP_DOING_MIN_AGE: '72h',
  SWEEP_KEEP_LATEST: '1',
  SWEEP_MAX_DELETES: '50',
  SWEEP_CONCURRENCY: '4',
  SWEEP_RATE: '10',
  SWEEP_DRY_RUN: 'true',

  SLACK_SIGNING_SECRETS: '',
  SLACK_ALLOWED: '',
  FEISHU_APP_ID: '',
  FEISHU_APP_SECRET: '',
  FEISHU_ENCRYPT_KEY: '',
  FEISHU_VERIFICATION_TOKEN: '',
  FEISHU_BASE_URL: 'https://open.feishu.cn',
  FEISHU_ALLOWED: '',
  CONFIRM_SECRET: '',
  SHARE_ALIASES: '',
  CHAT_LANGUAGE: 'en',
} as const;
export type Variable = keyof typeof VARIABLES;

const HOST_LABELS = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const CALLER_KEY = /^([A-Za-z0-9._-]{1,64}):([0-9a-fA-F]{64})$/;
const WEBHOOK_SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The typed configuration, from the one place where variables are read. A blank variable is a missing one.
 *
 * @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value.
 */
export function readConfig(lookup: Lookup, parts: ConfigParts = {}): Config {
  const read = createReader(lookup);

  const region = read.required('HW_REGION_NAME', toHostLabels) ?? '';
  const cloud = cloudOf(region, read.optional('HW_CLOUD', toHostLabels));
  const allowedShares = read.required('ALLOWED_SHARES', toShares) ?? new Set();
  const config: Config = {
    region,
    iamUrl: withV3(read.optional('HW_AUTH_URL', toServiceUrl) ?? `https://iam.${region}.${cloud}/v3`),
    sfsTurboUrl: read.optional('SFS_TURBO_ENDPOINT', toServiceUrl) ?? `https://sfs-turbo.${region}.${cloud}`,
    project: {
      id: read.optional('HW_PROJECT_ID', toId) as ProjectId | undefined,
      name: read.optional('HW_PROJECT_NAME', toText) ?? region,
    },
    credentials: readCredentials(read, parts.hasAgency ?? false),
    callerKeys: read.optional('CALLER_KEYS', toCallerKeys) ?? [],
    webhookSecrets: read.optional('WEBHOOK_SECRETS', toWebhookSecrets) ?? [],
    allowedShares,
    requestTimeoutMs: read.optional('REQUEST_TIMEOUT_MS', toInteger(100, 60_000)) ?? 5_000,
    maxAttempts: read.optional('MAX_ATTEMPTS', toInteger(1, 10)) ?? 3,
    logLevel: read.optional('LOG_LEVEL', toLogLevel) ?? 'INFO',
    sweep: readSweepSettings(read, allowedShares, parts),
    chat: parts.chat === undefined ? undefined : readChat(read),
  };

  read.throwFaults();
  return config;
}

const HOUR_MS = 3_600_000;
const toAge = toDuration('1m', '3650d');

function readSweepSettings(read: Reader, allowed: AllowedShares, parts: ConfigParts): SweepSettings | undefined {
  if (parts.sweep === undefined) return undefined;
  const shares = read[parts.sweep]('SWEEP_SHARES', toSweepShares(allowed));
  if (shares === undefined && parts.sweep === 'optional') return undefined;
  return {
    shares: shares ?? new Set(),
    statuses: read.optional('SWEEP_STATUSES', toStatuses) ?? new Set(['SUCCESS', 'FAIL']),
    minAgeMs: read.optional('SWEEP_MIN_AGE', toAge) ?? 24 * HOUR_MS,
    doingMinAgeMs: read.optional('SWEEP_DOING_MIN_AGE', toAge) ?? 72 * HOUR_MS,
    keepLatest: read.optional('SWEEP_KEEP_LATEST', toInteger(0, 1_000)) ?? 1,
    // a run keeps so many tasks in memory
    maxDeletes: read.optional('SWEEP_MAX_DELETES', toInteger(0, 10_000)) ?? 50,
    concurrency: read.optional('SWEEP_CONCURRENCY', toInteger(1, 64)) ?? 4,
    // the gateway in front of SFS Turbo throttles above 200 (APIGW.0308); beyond that it is no limit
    ratePerSecond: read.optional('SWEEP_RATE', toInteger(1, 10_000)) ?? 10,
    dryRun: read.optional('SWEEP_DRY_RUN', toBoolean) ?? true,
  };
}

function readChat(read: Reader): ChatSettings {
  return {
    slackSigningSecrets: read.optional('SLACK_SIGNING_SECRETS', toSigningSecrets) ?? [],
    slackAllowed: read.optional('SLACK_ALLOWED', toAllowEntries) ?? [],
    feishu: readFeishu(read),
    feishuAllowed: read.optional('FEISHU_ALLOWED', toAllowEntries) ?? [],
    feishuUrl: read.optional('FEISHU_BASE_URL', toFeishuUrl) ?? FEISHU_URLS[0],
    confirmSecret: read.optional('CONFIRM_SECRET', toConfirmSecret),
    shareAliases: read.optional('SHARE_ALIASES', toShareAliases) ?? new Map(),
    language: read.optional('CHAT_LANGUAGE', toLanguage) ?? 'en',
  };
}

/** All four or none: with the encrypt key missing nothing is signed, and without the secret no answer can be sent. */
function readFeishu(read: Reader): ChatSettings['feishu'] {
  const appId = read.optional('FEISHU_APP_ID', toText);
  const appSecret = read.optional('FEISHU_APP_SECRET', toText);
  const encryptKey = read.optional('FEISHU_ENCRYPT_KEY', toText);
  const verificationToken = read.optional('FEISHU_VERIFICATION_TOKEN', toText);
  if (appId !== undefined && appSecret !== undefined && encryptKey !== undefined && verificationToken !== undefined) {
    return { appId, appSecret, encryptKey, verificationToken };
  }
  const values = {
    FEISHU_APP_ID: appId,
    FEISHU_APP_SECRET: appSecret,
    FEISHU_ENCRYPT_KEY: encryptKey,
    FEISHU_VERIFICATION_TOKEN: verificationToken,
  };
  const names = Object.keys(values) as (keyof typeof values)[];
  return { missing: names.filter((name) => values[name] === undefined) };
}

/** What a parser says of a value that it does not take; it must not repeat the value. */
class Fault extends Error {}

interface Reader {
  readonly optional: <T>(name: Variable, parse: (value: string) => T) => T | undefined;
  readonly required: <T>(name: Variable, parse: (value: string) => T) => T | undefined;
  /** A fault that is not of one variable's value. */
  readonly fault: (text: string) => void;
  readonly throwFaults: () => void;
}

function createReader(lookup: Lookup): Reader {
  const faults: string[] = [];

  function optional<T>(name: Variable, parse: (value: string) => T): T | undefined {
    const value = lookup(name)?.trim();
    if (value === undefined || value === '') return undefined;
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(`${name} ${error.message}`);
      return undefined;
    }
  }

  function required<T>(name: Variable, parse: (value: string) => T): T | undefined {
    const before = faults.length;
    const value = optional(name, parse);
    if (value === undefined && faults.length === before) faults.push(`${name} is missing`);
    return value;
  }

  function throwFaults(): void {
    if (faults.length > 0) {
      throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
        faults,
      });
    }
  }

  return { optional, required, fault: (text: string) => void faults.push(text), throwFaults };
}

/** Exactly one way to be let in; a mixture is a fault, as one of its halves would be ignored in silence. */
function readCredentials(read: Reader, hasAgency: boolean): CredentialSettings {
  const domainName = read.optional('HW_DOMAIN_NAME', toText);
  const userName = read.optional('HW_USER_NAME', toText);
  const password = read.optional('HW_USER_PASSWORD', toText);
  const accessKey = read.optional('HW_ACCESS_KEY', toText);
  const secretKey = read.optional('HW_SECRET_KEY', toText);
  const securityToken = read.optional('HW_SECURITY_TOKEN', toText);
  const byPassword = userName !== undefined || password !== undefined;
  const byKey = accessKey !== undefined || secretKey !== undefined || securityToken !== undefined;

  if (byPassword && byKey) {
    read.fault('HW_USER_NAME and HW_USER_PASSWORD contradict HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN');
  } else if (byKey) {
    if (accessKey === undefined) read.fault('HW_ACCESS_KEY is missing');
    if (secretKey === undefined) read.fault('HW_SECRET_KEY is missing');
  } else if (byPassword || !hasAgency) {
    if (domainName === undefined) read.fault('HW_DOMAIN_NAME is missing');
    if (userName === undefined) read.fault('HW_USER_NAME is missing');
    if (password === undefined) read.fault('HW_USER_PASSWORD is missing');
  }

  if (byKey) return { type: 'key', accessKey: accessKey ?? '', secretKey: secretKey ?? '', securityToken };
  if (!byPassword && hasAgency) return { type: 'agency' };
  return { type: 'password', domainName: domainName ?? '', userName: userName ?? '', password: password ?? '' };
}

/** `eu-*` regions of the public cloud have a domain of their own (the SDK's region list). */
function cloudOf(region: string, cloud = 'myhuaweicloud.com'): string {
  return region.startsWith('eu-') && cloud === 'myhuaweicloud.com' ? 'myhuaweicloud.eu' : cloud;
}

const toText = (value: string): string => value;

function toHostLabels(value: string): string {
  if (!HOST_LABELS.test(value)) throw new Fault('must be lower-case letters, digits, dots and hyphens');
  return value;
}

function toId(value: string): string {
  if (!isId(value)) throw new Fault('must be 1 to 64 letters, digits or hyphens');
  return value;
}

function toServiceUrl(value: string): string {
  const url = toUrl(value);
  if (url === undefined) throw new Fault('must be a URL');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK_HOST.test(url.hostname))) {
    throw new Fault('must be an https: URL (http: is for loopback only)');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Fault('must be a URL without user, query and fragment');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function toUrl(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}

/** The Terraform provider's users also write the bare host. */
function withV3(iamUrl: string): string {
  return new URL(iamUrl).pathname === '/' ? `${iamUrl}/v3` : iamUrl;
}

function toCallerKeys(value: string): readonly CallerKey[] {
  return splitList(value).map((entry) => {
    const [, name, sha256] = CALLER_KEY.exec(entry) ?? [];
    if (name === undefined || sha256 === undefined) {
      throw new Fault('must be name:sha256 pairs, comma-separated, the SHA-256 as 64 hex digits');
    }
    return { name, sha256: Buffer.from(sha256, 'hex') };
  });
}

function toWebhookSecrets(value: string): readonly Buffer[] {
  return value.split(/\s+/).map((entry) => {
    const secret = Buffer.from(WEBHOOK_SECRET.exec(entry)?.[1] ?? '', 'base64');
    // Standard Webhooks 1.0: 24 to 64 bytes
    if (secret.length < 24 || secret.length > 64) {
      throw new Fault('must be secrets of 24 to 64 bytes, each whsec_ and base64, space-separated');
    }
    return secret;
  });
}

function toShares(value: string): AllowedShares {
  if (value === '*') return '*';
  const shares = splitList(value);
  if (shares.length === 0 || !shares.every(isId)) throw new Fault('must be share ids, comma-separated, or *');
  return new Set(shares as unknown as readonly ShareId[]);
}

function toSweepShares(allowed: AllowedShares): (value: string) => SweepSettings['shares'] {
  return (value) => {
    const shares = toShares(value);
    if (shares !== '*' && ![...shares].every((shareId) => isAllowed(shareId, allowed))) {
      throw new Fault('must not name a share that is not in ALLOWED_SHARES');
    }
    return shares;
  };
}

function toStatuses(value: string): ReadonlySet<TaskStatus> {
  const statuses = splitList(value).map((entry) => TASK_STATUSES.find((known) => known === entry.toUpperCase()));
  if (statuses.length === 0 || statuses.includes(undefined)) {
    throw new Fault(`must be of ${TASK_STATUSES.join(', ')}, comma-separated`);
  }
  return new Set(statuses.filter((status) => status !== undefined));
}

function toDuration(least: string, most: string): (value: string) => number {
  const leastMs = parseDurationMs(least) ?? 0;
  const mostMs = parseDurationMs(most) ?? 0;
  return (value) => {
    const durationMs = parseDurationMs(value);
    if (durationMs === undefined) throw new Fault('must be a duration such as 90m, 24h, 7d, PT36H or P7D');
    if (durationMs < leastMs || durationMs > mostMs) throw new Fault(`must be from ${least} to ${most}`);
    return durationMs;
  };
}

function toBoolean(value: string): boolean {
  const word = value.toLowerCase();
  if (word !== 'true' && word !== 'false') throw new Fault('must be true or false');
  return word === 'true';
}

function toInteger(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most)) throw new Fault(`must be a whole number from ${least} to ${most}`);
    return number;
  };
}

function toLogLevel(value: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value.toUpperCase());
  if (level === undefined) throw new Fault(`must be one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

// Slack's have 32 characters; much less is a slip of the hand
const SIGNING_SECRET = /^[\x21-\x7e]{16,128}$/;

function toSigningSecrets(value: string): readonly string[] {
  const secrets = value.split(/\s+/);
  if (!secrets.every((secret) => SIGNING_SECRET.test(secret))) {
    throw new Fault('must be signing secrets of at least 16 characters, space-separated');
  }
  return secrets;
}

const ALLOW_ENTRY = /^(\*|[\w-]{1,64})\/(\*|[\w-]{1,64})\/(\*|[\w-]{1,64})$/;

function toAllowEntries(value: string): readonly AllowEntry[] {
  return splitList(value).map((entry) => {
    const [, tenant, channel, user] = ALLOW_ENTRY.exec(entry) ?? [];
    if (tenant === undefined || channel === undefined || user === undefined) {
      throw new Fault('must be tenant/channel/user by id, comma-separated, * for any of one part');
    }
    return { tenant, channel, user };
  });
}

const FEISHU_URLS = ['https://open.feishu.cn', 'https://open.larksuite.com'] as const;

function toFeishuUrl(value: string): string {
  const url = toServiceUrl(value);
  if (!FEISHU_URLS.some((known) => known === url) && !LOOPBACK_HOST.test(new URL(url).hostname)) {
    throw new Fault(`must be ${FEISHU_URLS.join(' or ')}`);
  }
  return url;
}

const CONFIRM_SECRET_BYTES = 24;

function toConfirmSecret(value: string): Buffer {
  const secret = Buffer.from(value, 'utf8');
  if (secret.length < CONFIRM_SECRET_BYTES) throw new Fault(`must have at least ${CONFIRM_SECRET_BYTES} bytes`);
  return secret;
}

const SHARE_ALIAS = /^([A-Za-z0-9][A-Za-z0-9._-]{0,31})\s*=\s*([A-Za-z0-9-]{1,64})$/;

function toShareAliases(value: string): ReadonlyMap<string, ShareId> {
  const aliases = splitList(value).map((entry) => {
    const [, alias, shareId] = SHARE_ALIAS.exec(entry) ?? [];
    if (alias === undefined || !isId(shareId)) throw new Fault('must be name=share id pairs, comma-separated');
    return [alias.toLowerCase(), shareId as ShareId] as const;
  });
  const byAlias = new Map(aliases);
  if (byAlias.size !== aliases.length) throw new Fault('must not name an alias twice');
  return byAlias;
}

function toLanguage(value: string): Language {
  const language = LANGUAGES.find((known) => known === value.toLowerCase());
  if (language === undefined) throw new Fault(`must be one of ${LANGUAGES.join(', ')}`);
  return language;
}

function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
