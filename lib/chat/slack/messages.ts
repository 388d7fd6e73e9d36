import type {
  ActionsBlock,
  Button as ButtonElement,
  ContextBlock,
  HeaderBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from '@slack/types';
import { encodeAction } from '../action.ts';
import type { Button, Item, Message } from '../message.ts';
import type { Part, Words } from '../texts/words.ts';

/** The blocks that our messages are made of. */
export type SlackBlock = HeaderBlock | SectionBlock | ActionsBlock | ContextBlock;

/** The body of an answer to Slack, or of a post to a `response_url`. */
export interface SlackMessage {
  /** For that person alone. */
  readonly response_type: 'ephemeral';
  readonly replace_original: boolean;
  /** What is shown where blocks are not. Never anything but our own words. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

// Block Kit's limits (docs.slack.dev/reference/block-kit)
export const SLACK_LIMITS = { blocks: 50, headerChars: 150, textChars: 3_000, buttonChars: 75, valueChars: 2_000 };
// no paragraph of ours has more than four of them that can be as long
const MAX_VALUE_CHARS = 600;

/** @param replaces whether the message takes the place of the one whose button was clicked */
export function toSlackMessage(message: Message, replaces: boolean): SlackMessage {
  const blocks = [toHeader(message.title), ...message.items.map(toBlock)];
  return {
    response_type: 'ephemeral',
    replace_original: replaces,
    text: escaped(message.title),
    blocks: blocks.slice(0, SLACK_LIMITS.blocks),
  };
}

function toHeader(title: string): HeaderBlock {
  return { type: 'header', text: plain(title.slice(0, SLACK_LIMITS.headerChars)) };
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

/** `action_id` only has to be unique within the message: what the button stands for is in its value. */
function toButton({ label, style, action }: Button, place: string): ButtonElement {
  return {
    type: 'button',
    action_id: `du.${action.type}.${place}`,
    text: plain(label.slice(0, SLACK_LIMITS.buttonChars)),
    value: encodeAction(action),
    ...(style === 'danger' && { style }),
  };
}

function plain(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

/** `verbatim` keeps Slack from making links and mentions out of what only looks like them. */
function toMrkdwn(lines: readonly Words[]): MrkdwnElement {
  return { type: 'mrkdwn', text: lines.map((line) => line.map(toText).join('')).join('\n'), verbatim: true };
}

/** A foreign value becomes inline code, in which nothing is formatted; a backtick would end that. */
function toText(part: Part): string {
  if (typeof part === 'string') return escaped(part);
  return part.value === '' ? '' : `\`${escapedWithin(part.value.replaceAll('`', "'"), MAX_VALUE_CHARS)}\``;
}

/** @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Escaped, one character may become five; none is cut in two. */
function escapedWithin(text: string, maxChars: number): string {
  let result = '';
  for (const character of text) {
    const next = result + escaped(character);
    if (next.length >= maxChars) return `${result}…`;
    result = next;
  }
  return result;
}
