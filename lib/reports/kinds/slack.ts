import type { ContextBlock, HeaderBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import { escapeForSlack, toSlackText } from '../../core/slack-text.ts';
import type { Words } from '../../core/words.ts';
import type { ReportMessage } from '../message.ts';
import { type Kind, postJson, wrongStatus } from './kind.ts';

/** The body of a post to an incoming webhook. */
interface SlackReport {
  /** For notifications. Our own words only. */
  readonly text: string;
  readonly blocks: readonly (HeaderBlock | SectionBlock | ContextBlock)[];
}

// a text has at most 3,000 characters; a line of ours has at most four values
const MAX_VALUE_CHARS = 200;
const MAX_TEXT_CHARS = 3_000;

/** The words that Slack documents for webhooks that fail. What else it answers stays out of the log. */
const ERRORS: ReadonlySet<string> = new Set([
  ...[
    'invalid_payload',
    'invalid_blocks',
    'invalid_token',
    'no_text',
    'no_service',
    'no_service_id',
    'no_active_hooks',
  ],
  ...['no_team', 'team_disabled', 'user_not_found', 'channel_not_found', 'channel_is_archived', 'action_prohibited'],
  ...['posting_to_general_channel_denied', 'too_many_attachments', 'rollup_error'],
]);

/** @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slack: Readonly<Kind> = {
  toRequest: ({ message }, { url }) => postJson(url, toSlackReport(message)),
  refusalIn: (reply) => {
    const word = reply.body.trim();
    if (reply.status === 200 && word === 'ok') return undefined;
    const { reason } = reply.status === 200 ? { reason: 'refused it' } : wrongStatus(reply);
    return { reason, ...(ERRORS.has(word) && { errCode: word }) };
  },
};

function toSlackReport({ title, facts, details, source }: ReportMessage): SlackReport {
  return {
    text: escapeForSlack(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
      section(facts, ''),
      ...details.map((line) => section([line], '• ')),
      { type: 'context', elements: [toMrkdwn([source], '')] },
    ],
  };
}

function section(lines: readonly Words[], bullet: string): SectionBlock {
  return { type: 'section', text: toMrkdwn(lines, bullet) };
}

/** `verbatim`: Slack makes no links or mentions of its own from the text. */
function toMrkdwn(lines: readonly Words[], bullet: string): MrkdwnElement {
  const text = lines.map((line) => `${bullet}${toSlackText(line, MAX_VALUE_CHARS)}`).join('\n');
  return { type: 'mrkdwn', text: text.slice(0, MAX_TEXT_CHARS), verbatim: true };
}
