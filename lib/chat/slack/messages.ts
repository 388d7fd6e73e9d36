import type {
  ActionsBlock,
  Button as ButtonElement,
  ContextBlock,
  HeaderBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from '@slack/types';
import { escapeForSlack, toSlackText } from '../../core/slack-text.ts';
import type { Words } from '../../core/words.ts';
import { encodeAction } from '../action.ts';
import type { Button, Item, Message } from '../messages/message.ts';

/** The blocks that our messages are made of. */
type SlackBlock = HeaderBlock | SectionBlock | ActionsBlock | ContextBlock;

/** The body of an answer to Slack, or of a post to a `response_url`. */
export interface SlackMessage {
  /** Only the person who asked sees it. */
  readonly response_type: 'ephemeral';
  readonly replace_original: boolean;
  /** For notifications and screen readers. Our own words only, never a value from elsewhere. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

// Block Kit's limits (docs.slack.dev/reference/block-kit)
const MAX_BLOCKS = 50;
const MAX_HEADER_CHARS = 150;
const MAX_BUTTON_CHARS = 75;
// a text has at most 3,000 characters, and no paragraph of ours holds more than four long values
const MAX_VALUE_CHARS = 600;

/** @param replaces whether the message replaces the one whose button was clicked */
export function toSlackMessage(message: Message, replaces: boolean): SlackMessage {
  const blocks = [toHeader(message.title), ...message.items.map(toBlock)];
  return {
    response_type: 'ephemeral',
    replace_original: replaces,
    text: escapeForSlack(message.title),
    blocks: blocks.slice(0, MAX_BLOCKS),
  };
}

function toHeader(title: string): HeaderBlock {
  return { type: 'header', text: plain(title.slice(0, MAX_HEADER_CHARS)) };
}

function toBlock(item: Item, index: number): SlackBlock {
  switch (item.type) {
    case 'text':
      return {
        type: 'section',
        text: toMrkdwn(item.lines),
        ...(item.button !== undefined && { accessory: toButton(item.button, `${index}`) }),
      };
    case 'note':
      return { type: 'context', elements: [toMrkdwn(item.lines)] };
    case 'buttons':
      return {
        type: 'actions',
        elements: item.buttons.map((button, place) => toButton(button, `${index}.${place}`)),
      };
    default:
      item satisfies never;
      throw new TypeError('unknown item');
  }
}

/** The action is in `value`; `action_id` only has to be unique within the message. */
function toButton({ label, style, action }: Button, place: string): ButtonElement {
  return {
    type: 'button',
    action_id: `du.${action.type}.${place}`,
    text: plain(label.slice(0, MAX_BUTTON_CHARS)),
    value: encodeAction(action),
    ...(style === 'danger' && { style }),
  };
}

function plain(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

/** `verbatim`: Slack makes no links or mentions of its own from the text. */
function toMrkdwn(lines: readonly Words[]): MrkdwnElement {
  return { type: 'mrkdwn', text: lines.map((line) => toSlackText(line, MAX_VALUE_CHARS)).join('\n'), verbatim: true };
}
