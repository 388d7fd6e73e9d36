import * as v from 'valibot';
import { isLoopback, text } from './forms.ts';

/** Where a report can go. */
const REPORT_KINDS = ['slack', 'feishu', 'dingtalk', 'wecom', 'teams', 'json'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** One entry of `REPORT_TO`. Whoever knows the URL can post there: it must not get into a log. */
export interface ReportTarget {
  readonly kind: ReportKind;
  readonly url: string;
  /** Absent: what is sent is not signed. */
  readonly secret: string | undefined;
}

interface SecretForm {
  readonly form: string;
  readonly isOne: (secret: string) => boolean;
}

interface Place {
  /** For messages. */
  readonly form: string;
  readonly host: RegExp;
  readonly path: RegExp;
  /** A parameter of the query that must be there. */
  readonly parameter?: string;
  /** Absent where the platform signs nothing. */
  readonly secret?: SecretForm;
}

const TEXT_SECRET: Readonly<SecretForm> = {
  form: '8 to 128 characters',
  isOne: (secret: string) => /^[\x21-\x7e]{8,128}$/.test(secret),
};
const WEBHOOK_SECRET: Readonly<SecretForm> = { form: 'whsec_ and base64 of 24 to 64 bytes', isOne: isWebhookSecret };
const ANY = /./;

/** Hosts are the platforms' own, so that no typing error sends a report to somebody else. */
const PLACE_BY_KIND: Readonly<Record<ReportKind, Place>> = {
  slack: {
    form: 'https://hooks.slack.com/services/…',
    host: /^hooks\.slack\.com$/,
    path: /^\/services(\/\w+){3}$/,
  },
  feishu: {
    form: 'https://open.feishu.cn/open-apis/bot/v2/hook/… or the same at open.larksuite.com',
    host: /^open\.(feishu\.cn|larksuite\.com)$/,
    path: /^\/open-apis\/bot\/v2\/hook\/[\w-]+$/,
    secret: TEXT_SECRET,
  },
  dingtalk: {
    form: 'https://oapi.dingtalk.com/robot/send?access_token=…',
    host: /^oapi\.dingtalk\.com$/,
    path: /^\/robot\/send$/,
    parameter: 'access_token',
    secret: TEXT_SECRET,
  },
  wecom: {
    form: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…',
    host: /^qyapi\.weixin\.qq\.com$/,
    path: /^\/cgi-bin\/webhook\/send$/,
    parameter: 'key',
  },
  teams: {
    form: 'https://….environment.api.powerplatform.com/powerautomate/…&sig=…, the URL of a workflow',
    host: /^[a-z0-9.-]+\.environment\.api\.powerplatform\.com$/,
    path: /^\/powerautomate\/.*\/workflows\/[\w-]+\/triggers\//,
    parameter: 'sig',
  },
  json: { form: 'an https: URL', host: ANY, path: ANY, secret: WEBHOOK_SECRET },
};

const MAX_TARGETS = 10;

/** The entries of `REPORT_TO`. A fault names an entry by its number, never by its value. */
export const reportTargets = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }): readonly ReportTarget[] => {
    const entries = dataset.value.split(/\s+/).filter((entry) => entry !== '');
    const parsed = entries.map(toTarget);
    const faults = parsed.flatMap((result, index) =>
      typeof result === 'string' ? [`entry ${index + 1} ${result}`] : [],
    );
    if (entries.length > MAX_TARGETS) faults.push(`must have at most ${MAX_TARGETS} entries`);
    for (const message of faults) addIssue({ message });
    return faults.length > 0 ? NEVER : parsed.filter((result) => typeof result !== 'string');
  }),
);

/** The target, or what is wrong with it. */
function toTarget(entry: string): ReportTarget | string {
  const [, word, address = '', secret] = /^([a-z]+)=([^#]*)(?:#(.*))?$/.exec(entry) ?? [];
  const kind = REPORT_KINDS.find((known) => known === word);
  if (kind === undefined) return `must be kind=https://…, kind one of ${REPORT_KINDS.join(', ')}`;
  const place = PLACE_BY_KIND[kind];
  if (!URL.canParse(address) || !isIn(place, new URL(address))) return `(${kind}) must be ${place.form}`;
  if (secret !== undefined && place.secret === undefined) return `(${kind}) must not have a # with a secret`;
  if (secret !== undefined && place.secret?.isOne(secret) !== true) {
    return `(${kind}) must have a secret of ${place.secret?.form} behind its #`;
  }
  return { kind, url: new URL(address).href, secret };
}

/** Plain `http:` and any host are for stand-ins on loopback. */
function isIn({ host, path, parameter }: Place, url: URL): boolean {
  const isOurs = url.protocol === 'http:' && isLoopback(url);
  const isTheirs = url.protocol === 'https:' && host.test(url.host);
  const hasParameter = parameter === undefined || Boolean(url.searchParams.get(parameter));
  return (isOurs || isTheirs) && `${url.username}${url.password}` === '' && path.test(url.pathname) && hasParameter;
}

function isWebhookSecret(secret: string): boolean {
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64').length;
  return /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(secret) && bytes >= 24 && bytes <= 64;
}
