import { isPlatformId, type Person } from '../../lib/chat/person.ts';
import type { SlackClick, SlackCommand } from '../../lib/chat/slack/answers.ts';
import { isRecord, parseJson } from '../../lib/error-body.ts';
import type { HttpRequest } from './platform.ts';

export type Form = ReadonlyMap<string, string>;

const MAX_BODY_BYTES = 262_144; // an interaction carries the message that its button is in
const MAX_FIELDS = 64;
const FORM_MEDIA_TYPE = /^application\/x-www-form-urlencoded[ \t]*(;.*)?$/i;

/** The form that Slack sent; nothing when it is none. */
export function readForm({ headers, rawBody }: HttpRequest): Form | undefined {
  const isForm = FORM_MEDIA_TYPE.test(headers['content-type'] ?? '');
  return isForm && rawBody.length <= MAX_BODY_BYTES ? parseForm(rawBody) : undefined;
}

/** Fields that come once each; a form that has one twice is read by no rule at all. */
export function parseForm(rawBody: Buffer): Form | undefined {
  const fields = [...new URLSearchParams(rawBody.toString('utf8'))];
  const form = new Map(fields);
  return form.size === fields.length && form.size <= MAX_FIELDS ? form : undefined;
}

/** Now and then Slack looks at the certificate of the route: this wants no answer but a status. */
export function isSslCheck(form: Form): boolean {
  return form.get('ssl_check') === '1';
}

/** @see https://docs.slack.dev/interactivity/implementing-slash-commands */
export function parseSlackCommand(form: Form): SlackCommand | undefined {
  const person = toPerson(form.get('team_id'), form.get('channel_id'), form.get('user_id'));
  return person === undefined || !form.has('command') ? undefined : { person, text: form.get('text') ?? '' };
}

/** @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export function parseSlackClick(form: Form): SlackClick | undefined {
  const payload = parseJson(form.get('payload') ?? '');
  if (!isRecord(payload) || payload['type'] !== 'block_actions') return undefined;
  const { team, user, channel, actions, response_url: responseUrl } = payload;
  const [action, ...others] = Array.isArray(actions) ? (actions as unknown[]) : [];
  if (!isRecord(user) || !isRecord(action) || action['type'] !== 'button' || others.length > 0) return undefined;
  // in a channel that organisations share, the person's own workspace is what counts
  const teamId = user['team_id'] ?? (isRecord(team) ? team['id'] : undefined);
  const person = toPerson(teamId, isRecord(channel) ? channel['id'] : undefined, user['id']);
  return person === undefined ? undefined : { person, value: action['value'], responseUrl };
}

function toPerson(tenant: unknown, channel: unknown, user: unknown): Person | undefined {
  if (!isPlatformId(tenant) || !isPlatformId(channel) || !isPlatformId(user)) return undefined;
  return { platform: 'slack', tenant, channel, user };
}
