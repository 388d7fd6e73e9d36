import * as v from 'valibot';
import { PLATFORM_ID } from '../../lib/chat/ids.ts';
import type { SlackClick, SlackCommand } from '../../lib/chat/slack/answers.ts';
import { parseJson } from '../../lib/core/json.ts';
import type { HttpRequest } from '../platform/http-request.ts';

type Form = ReadonlyMap<string, string>;

const MAX_BODY_BYTES = 262_144; // a click repeats the whole message that the button is in
const MAX_FIELDS = 64;
const FORM_MEDIA_TYPE = /^application\/x-www-form-urlencoded[ \t]*(;.*)?$/i;

/** The form that Slack sent. Nothing when the body is not a form. */
export function readForm({ headers, rawBody }: Pick<HttpRequest, 'headers' | 'rawBody'>): Form | undefined {
  const isForm = FORM_MEDIA_TYPE.test(headers['content-type'] ?? '');
  return isForm && rawBody.length <= MAX_BODY_BYTES ? parseForm(rawBody) : undefined;
}

/** Refuses a form that has a field twice: which of the two counts would be a guess. */
export function parseForm(rawBody: Buffer): Form | undefined {
  const fields = [...new URLSearchParams(rawBody.toString('utf8'))];
  const form = new Map(fields);
  return form.size === fields.length && form.size <= MAX_FIELDS ? form : undefined;
}

/** Slack checks the certificate of the route now and then, and needs only the status of the answer. */
export function isSslCheck(form: Form): boolean {
  return form.get('ssl_check') === '1';
}

const COMMAND = v.object({
  command: v.string(),
  text: v.optional(v.string(), ''),
  team_id: PLATFORM_ID,
  channel_id: PLATFORM_ID,
  user_id: PLATFORM_ID,
});

/** @see https://docs.slack.dev/interactivity/implementing-slash-commands */
export function parseSlackCommand(form: Form): SlackCommand | undefined {
  const { success, output } = v.safeParse(COMMAND, Object.fromEntries(form));
  if (!success) return undefined;
  const { text, team_id: tenant, channel_id: channel, user_id: user } = output;
  return { person: { platform: 'slack', tenant, channel, user }, text };
}

const CLICK = v.object({
  type: v.literal('block_actions'),
  team: v.nullish(v.object({ id: PLATFORM_ID })),
  user: v.object({ id: PLATFORM_ID, team_id: v.nullish(PLATFORM_ID) }),
  channel: v.object({ id: PLATFORM_ID }),
  actions: v.strictTuple([v.object({ type: v.literal('button'), value: v.optional(v.unknown()) })]),
  response_url: v.optional(v.unknown()),
});

/** @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export function parseSlackClick(form: Form): SlackClick | undefined {
  const { success, output } = v.safeParse(CLICK, parseJson(form.get('payload') ?? ''));
  if (!success) return undefined;
  const { team, user, channel, actions, response_url: responseUrl } = output;
  // in a channel that two organisations share, the person's own workspace counts
  const tenant = user.team_id ?? team?.id;
  if (tenant === undefined) return undefined;
  const person = { platform: 'slack', tenant, channel: channel.id, user: user.id } as const;
  return { person, value: actions[0].value, responseUrl };
}
