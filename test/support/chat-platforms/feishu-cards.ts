/**
 * What card JSON 2.0 takes, as far as our cards use it, and what a person sees of it. It refuses what it does not know.
 *
 * @see https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-structure
 */

type Fields = Readonly<Record<string, unknown>>;

const MAX_CARD_BYTES = 30_720;
const MAX_ELEMENTS = 200;

/** What is wrong with a card; nothing when Feishu would show it. */
export function faultOfCard(card: Fields): string | undefined {
  if (Buffer.byteLength(JSON.stringify(card)) > MAX_CARD_BYTES) return 'too large';
  if (card['schema'] !== '2.0') return 'schema';
  const { title, template, ...headerOthers } = card['header'] as Fields;
  const { elements, ...bodyOthers } = card['body'] as { elements: Fields[] };
  if (countOf(elements) > MAX_ELEMENTS) return 'too many elements';
  const templates = ['blue', 'green', 'orange', 'red'];
  return (
    only(card, ['schema', 'config', 'header', 'body']) ??
    only(card['config'] as Fields, ['update_multi']) ??
    only(headerOthers, []) ??
    only(bodyOthers, []) ??
    (templates.includes(String(template)) ? undefined : 'template') ??
    faultOfText(title) ??
    elements.map(faultOfElement).find((fault) => fault !== undefined)
  );
}

function faultOfElement(element: Fields): string | undefined {
  switch (element['tag']) {
    case 'hr':
      return only(element, ['tag']);
    case 'div':
      return only(element, ['tag', 'text']) ?? faultOfText(element['text']);
    case 'button':
      return faultOfButton(element);
    case 'column_set':
      return only(element, ['tag', 'columns']) ?? (element['columns'] as Fields[]).map(faultOfColumn).find(Boolean);
    default:
      return `tag ${String(element['tag'])}`;
  }
}

function faultOfColumn(column: Fields): string | undefined {
  if (column['tag'] !== 'column') return 'column';
  if (column['width'] === 'weighted' && typeof column['weight'] !== 'number') return 'weight';
  return (
    only(column, ['tag', 'width', 'weight', 'vertical_align', 'elements']) ??
    (column['elements'] as Fields[]).map(faultOfElement).find(Boolean)
  );
}

function faultOfButton(button: Fields): string | undefined {
  const behaviors = button['behaviors'] as Fields[];
  const isCallback = behaviors.every(({ type, value }) => type === 'callback' && typeof value === 'object');
  if (!isCallback || !['default', 'danger'].includes(String(button['type']))) return 'button';
  return only(button, ['tag', 'type', 'text', 'behaviors']) ?? faultOfText(button['text']);
}

function faultOfText(text: unknown): string | undefined {
  const fields = text as Fields;
  if (fields['tag'] !== 'plain_text' || typeof fields['content'] !== 'string' || fields['content'] === '')
    return 'text';
  return only(fields, ['tag', 'content', 'text_size', 'text_color']);
}

function only(fields: Fields, known: readonly string[]): string | undefined {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  return unknown === undefined ? undefined : `unknown ${unknown}`;
}

function countOf(elements: readonly Fields[]): number {
  return elements.reduce((sum, element) => sum + 1 + countOf(childrenOf(element)), 0);
}

function childrenOf({ columns, elements }: Fields): readonly Fields[] {
  return (columns ?? elements ?? []) as Fields[];
}

export interface ShownButton {
  readonly label: string;
  /** What a click sends back. */
  readonly value: unknown;
}

/** The buttons of a card, in reading order. */
export function feishuButtons(card: Fields): readonly ShownButton[] {
  const all = (element: Fields): readonly Fields[] => [element, ...childrenOf(element).flatMap(all)];
  const buttons = (card['body'] as { elements: Fields[] }).elements.flatMap(all).filter(({ tag }) => tag === 'button');
  return buttons.map(({ text, behaviors }) => ({
    label: contentOf(text),
    value: (behaviors as Fields[])[0]?.['value'],
  }));
}

/** A card as text, for people: `#` its title, `[ ]` a button, `[! ]` a dangerous one, `---` a rule. */
export function renderCard(card: Fields): string {
  const { title, template } = card['header'] as Fields;
  const { elements } = card['body'] as { elements: Fields[] };
  return [`# ${contentOf(title)} (${String(template)})`, ...elements.map(renderElement)].join('\n\n');
}

function renderElement(element: Fields): string {
  switch (element['tag']) {
    case 'hr':
      return '---';
    case 'div':
      return contentOf(element['text']);
    case 'button':
      return `[${element['type'] === 'danger' ? '! ' : ''}${contentOf(element['text'])}]`;
    case 'column_set': {
      const columns = childrenOf(element).flatMap(childrenOf);
      const isButtons = columns.every(({ tag }) => tag === 'button');
      return columns.map(renderElement).join(isButtons ? ' ' : '\n');
    }
    default:
      throw new TypeError(`unknown element ${String(element['tag'])}`);
  }
}

function contentOf(text: unknown): string {
  return String((text as Fields)['content']);
}
