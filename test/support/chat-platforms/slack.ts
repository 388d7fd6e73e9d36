import { createHmac, randomBytes } from 'node:crypto';
import { type Loopback, type Received, type Reply, startLoopback } from './loopback.ts';
import { faultOfSlackMessage } from './slack-blocks.ts';

/** A request as Slack would send it to this function. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SlackPerson {
  readonly team: string;
  readonly channel: string;
  readonly user: string;
}

export interface Slack extends Loopback {
  /** A fresh address that takes five posts. */
  responseUrl(kind?: 'commands' | 'actions'): string;
  /** An address that sends on to a good one. */
  redirectingUrl(): string;
  /** The messages that were accepted, in order. */
  readonly posts: readonly PostedMessage[];
}

export interface PostedMessage {
  readonly responseUrl: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const MAX_POSTS_PER_URL = 5;
const MESSAGE_KEYS = new Set(['response_type', 'replace_original', 'delete_original', 'text', 'blocks']);

/**
 * A stand-in of the addresses that Slack gives for later messages. What its documentation does not allow, it refuses.
 *
 * @see https://docs.slack.dev/interactivity/handling-user-interaction
 */
export async function startSlack(): Promise<Slack> {
  const uses = new Map<string, number>();
  const redirects = new Map<string, string>();
  const posts: PostedMessage[] = [];

  function answer({ method, path, headers, body }: Received): Reply {
    const target = redirects.get(path);
    if (target !== undefined) return { status: 302, body: '', headers: { location: target } };
    const used = uses.get(path);
    if (used === undefined) return { status: 404, body: 'no_service' };
    if (method !== 'POST') return { status: 400, body: 'invalid_method' };
    if (!/^application\/json(;|$)/.test(headers['content-type'] ?? '')) return { status: 400, body: 'invalid_payload' };
    if (used >= MAX_POSTS_PER_URL) return { status: 404, body: 'used_url' };
    uses.set(path, used + 1);
    const message = parse(body);
    const unknown = Object.keys(message ?? {}).find((key) => !MESSAGE_KEYS.has(key));
    if (message === undefined || unknown !== undefined) return { status: 400, body: 'invalid_payload' };
    if (faultOfSlackMessage(message) !== undefined) return { status: 400, body: 'invalid_blocks' };
    posts.push({ responseUrl: `${loopback.origin}${path}`, message });
    return { status: 200, body: 'ok' };
  }

  const loopback = await startLoopback(answer);
  const newPath = (kind: string): string =>
    `/${kind}/T0001/${randomBytes(6).readUIntBE(0, 6)}/${randomBytes(12).toString('hex')}`;

  function responseUrl(kind: 'commands' | 'actions' = 'actions'): string {
    const path = newPath(kind);
    uses.set(path, 0);
    return `${loopback.origin}${path}`;
  }

  return {
    ...loopback,
    posts,
    responseUrl,
    redirectingUrl() {
      const path = newPath('actions');
      redirects.set(path, responseUrl());
      return `${loopback.origin}${path}`;
    },
  };
}

/** Signs a form as Slack does. */
export function signSlack(body: string | Buffer, secret: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${mac}`,
  };
}

/** `/du …`, typed by a person. */
export function slackCommand(
  text: string,
  { team, channel, user }: SlackPerson,
  {
    secret,
    nowMs,
    responseUrl = '',
  }: { readonly secret: string; readonly nowMs: number; readonly responseUrl?: string },
): SignedRequest {
  const form = new URLSearchParams({
    token: 'deprecated-verification-token',
    team_id: team,
    team_domain: 'example',
    channel_id: channel,
    channel_name: 'storage',
    user_id: user,
    user_name: 'ada',
    command: '/du',
    text,
    api_app_id: 'A0001',
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: '13345224609.738474920.8088930838d88f008e0',
  });
  const body = form.toString();
  return { headers: signSlack(body, secret, nowMs), body };
}

/** A click on a button that carries `value`. */
export function slackClick(
  value: string,
  { team, channel, user }: SlackPerson,
  { secret, nowMs, responseUrl }: { readonly secret: string; readonly nowMs: number; readonly responseUrl: string },
): SignedRequest {
  const payload = {
    type: 'block_actions',
    user: { id: user, username: 'ada', name: 'ada', team_id: team },
    api_app_id: 'A0001',
    token: 'deprecated-verification-token',
    container: { type: 'message', message_ts: '1700000000.000100', channel_id: channel, is_ephemeral: true },
    trigger_id: '13345224609.738474920.8088930838d88f008e0',
    team: { id: team, domain: 'example' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel, name: 'storage' },
    state: { values: {} },
    response_url: responseUrl,
    actions: [
      {
        action_id: 'du',
        block_id: 'b1',
        text: { type: 'plain_text', text: 'Button', emoji: false },
        value,
        type: 'button',
        action_ts: '1700000000.000200',
      },
    ],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return { headers: signSlack(body, secret, nowMs), body };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
