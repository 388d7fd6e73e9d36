import { toPlainText, type Words } from '../../core/words.ts';
import { encodeAction } from '../action.ts';
import type { Button, Item, Message, Tone } from '../messages/message.ts';

// Our own types for the few components in use: card JSON 2.0 refuses a card that has an unknown property.

interface PlainText {
  readonly tag: 'plain_text';
  readonly content: string;
  readonly text_size?: 'notation';
  readonly text_color?: 'grey';
}

interface Div {
  readonly tag: 'div';
  readonly text: PlainText;
}

interface FeishuButton {
  readonly tag: 'button';
  readonly type: 'default' | 'danger';
  readonly text: PlainText;
  readonly behaviors: readonly [{ readonly type: 'callback'; readonly value: { readonly du: string } }];
}

interface Column {
  readonly tag: 'column';
  readonly width: 'weighted' | 'auto';
  readonly weight?: number;
  readonly vertical_align: 'top' | 'center';
  readonly elements: readonly (Div | FeishuButton)[];
}

interface ColumnSet {
  readonly tag: 'column_set';
  readonly columns: readonly Column[];
}

interface Rule {
  readonly tag: 'hr';
}

type FeishuElement = Div | ColumnSet | Rule;

/**
 * A card in the JSON 2.0 structure.
 *
 * @see https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-structure
 */
export interface FeishuCard {
  readonly schema: '2.0';
  /** Everybody in the chat sees the same card: version 2.0 has no other kind. */
  readonly config: { readonly update_multi: true };
  readonly header: { readonly title: PlainText; readonly template: Template };
  readonly body: { readonly elements: readonly FeishuElement[] };
}

type Template = 'blue' | 'green' | 'orange' | 'red';

/** The answer to a click on a card. */
export interface FeishuCardAnswer {
  readonly toast: { readonly type: Tone; readonly content: string };
  /** Replaces the card. Absent: the card stays as it is. */
  readonly card?: { readonly type: 'raw'; readonly data: FeishuCard };
}

const TEMPLATE_BY_TONE: Readonly<Record<Tone, Template>> = {
  info: 'blue',
  success: 'green',
  warning: 'orange',
  error: 'red',
};

export function toFeishuCard({ tone, title, items }: Message): FeishuCard {
  return {
    schema: '2.0',
    config: { update_multi: true },
    header: { title: plain(title), template: TEMPLATE_BY_TONE[tone] },
    body: { elements: items.flatMap(toElements) },
  };
}

/** @param replaces whether the message replaces the card that was clicked */
export function toFeishuCardAnswer(message: Message, replaces: boolean): FeishuCardAnswer {
  return {
    toast: { type: message.tone, content: message.title },
    ...(replaces && { card: { type: 'raw', data: toFeishuCard(message) } }),
  };
}

function toElements(item: Item): readonly FeishuElement[] {
  switch (item.type) {
    case 'text': {
      const div: Div = { tag: 'div', text: plain(toLines(item.lines)) };
      return [item.button === undefined ? div : besideButton(div, item.button)];
    }
    case 'note':
      return [
        { tag: 'hr' },
        { tag: 'div', text: { ...plain(toLines(item.lines)), text_size: 'notation', text_color: 'grey' } },
      ];
    case 'buttons':
      return [{ tag: 'column_set', columns: item.buttons.map(toButtonColumn) }];
    default:
      item satisfies never;
      throw new TypeError('unknown item');
  }
}

function besideButton(div: Div, button: Button): ColumnSet {
  const column: Column = { tag: 'column', width: 'weighted', weight: 1, vertical_align: 'top', elements: [div] };
  return { tag: 'column_set', columns: [column, toButtonColumn(button)] };
}

function toButtonColumn({ label, style, action }: Button): Column {
  const button: FeishuButton = {
    tag: 'button',
    type: style === 'danger' ? 'danger' : 'default',
    text: plain(label),
    behaviors: [{ type: 'callback', value: { du: encodeAction(action) } }],
  };
  return { tag: 'column', width: 'auto', vertical_align: 'center', elements: [button] };
}

/** Feishu makes neither mentions nor links of plain text, whatever it holds. */
function plain(content: string): PlainText {
  return { tag: 'plain_text', content };
}

function toLines(lines: readonly Words[]): string {
  return lines.map(toPlainText).join('\n');
}
