import { encodeAction } from '../action.ts';
import type { Button, Item, Message, Tone } from '../message.ts';
import { toPlainText, type Words } from '../texts/words.ts';

// Types of our own for the few components that are used: Feishu's card JSON 2.0 refuses a card with a property that it does
// not know.

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

export type FeishuElement = Div | ColumnSet | Rule;

/**
 * A card in the JSON 2.0 structure.
 *
 * @see https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-structure
 */
export interface FeishuCard {
  readonly schema: '2.0';
  /** 2.0 knows shared cards only: everybody in the chat sees the same one. */
  readonly config: { readonly update_multi: true };
  readonly header: { readonly title: PlainText; readonly template: Template };
  readonly body: { readonly elements: readonly FeishuElement[] };
}

type Template = 'blue' | 'green' | 'orange' | 'red';
type ToastType = 'info' | 'success' | 'warning' | 'error';

/** What a click on a card is answered with. */
export interface FeishuCardAnswer {
  readonly toast: { readonly type: ToastType; readonly content: string };
  /** Takes the card's place; absent: the card stays. */
  readonly card?: { readonly type: 'raw'; readonly data: FeishuCard };
}

export const MAX_CARD_BYTES = 30_720;

const TEMPLATE_BY_TONE: Readonly<Record<Tone, Template>> = {
  plain: 'blue',
  done: 'green',
  careful: 'orange',
  bad: 'red',
};

const TOAST_BY_TONE: Readonly<Record<Tone, ToastType>> = {
  plain: 'info',
  done: 'success',
  careful: 'warning',
  bad: 'error',
};

export function toFeishuCard({ tone, title, items }: Message): FeishuCard {
  return {
    schema: '2.0',
    config: { update_multi: true },
    header: { title: plain(title), template: TEMPLATE_BY_TONE[tone] },
    body: { elements: items.flatMap(toElements) },
  };
}

export function toFeishuCardAnswer(message: Message, replaces: boolean): FeishuCardAnswer {
  return {
    toast: { type: TOAST_BY_TONE[message.tone], content: message.title },
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

/** Plain text alone: Feishu makes neither mentions nor links out of it, whatever is in it. */
function plain(content: string): PlainText {
  return { tag: 'plain_text', content };
}

function toLines(lines: readonly Words[]): string {
  return lines.map(toPlainText).join('\n');
}
