/**
 * What Block Kit takes, as far as our messages use it, and what a person sees of it.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a message; nothing when Slack would show it. */
export function faultOfSlackMessage(message: Fields): string | undefined {
  const { text, blocks } = message;
  if (typeof text !== 'string' || text === '' || text.length > 40_000) return 'text';
  if (!Array.isArray(blocks) || blocks.length > 50) return 'blocks';
  const faults = (blocks as Fields[]).map(faultOfBlock).filter((fault) => fault !== undefined);
  const actionIds = (blocks as Fields[]).flatMap(buttonsOf).map((button) => button['action_id']);
  return faults[0] ?? (new Set(actionIds).size === actionIds.length ? undefined : 'action_id twice');
}

function faultOfBlock(block: Fields): string | undefined {
  const faults = [faultOfBlockText(block), ...buttonsOf(block).map(faultOfButton)];
  return faults.find((fault) => fault !== undefined);
}

function faultOfBlockText(block: Fields): string | undefined {
  const keys = Object.keys(block).filter((key) => key !== 'type' && key !== 'block_id');
  switch (block['type']) {
    case 'header':
      return only(keys, ['text']) ?? faultOfText(block['text'], ['plain_text'], 150);
    case 'section':
      return only(keys, ['text', 'accessory']) ?? faultOfText(block['text'], ['plain_text', 'mrkdwn'], 3_000);
    case 'context': {
      const elements = block['elements'] as Fields[];
      const fault = elements.map((text) => faultOfText(text, ['plain_text', 'mrkdwn'], 3_000)).find(Boolean);
      return only(keys, ['elements']) ?? (elements.length <= 10 ? fault : 'context elements');
    }
    case 'actions':
      return only(keys, ['elements']) ?? ((block['elements'] as Fields[]).length <= 25 ? undefined : 'actions');
    default:
      return `type ${String(block['type'])}`;
  }
}

function faultOfText(value: unknown, types: readonly string[], maxChars: number): string | undefined {
  const { type, text, ...options } = value as Fields;
  if (typeof type !== 'string' || !types.includes(type)) return 'text type';
  if (typeof text !== 'string' || text === '' || text.length > maxChars) return 'text length';
  return only(Object.keys(options), type === 'mrkdwn' ? ['verbatim'] : ['emoji']);
}

function faultOfButton(button: Fields): string | undefined {
  const { type, text, action_id: actionId, value, style, ...others } = button;
  if (type !== 'button') return 'button';
  if (typeof actionId !== 'string' || actionId === '' || actionId.length > 255) return 'action_id';
  if (typeof value !== 'string' || value.length > 2_000) return 'value';
  if (style !== undefined && style !== 'danger' && style !== 'primary') return 'style';
  return faultOfText(text, ['plain_text'], 75) ?? only(Object.keys(others), []);
}

function only(keys: readonly string[], known: readonly string[]): string | undefined {
  const unknown = keys.find((key) => !known.includes(key));
  return unknown === undefined ? undefined : `unknown ${unknown}`;
}

export interface ShownButton {
  readonly label: string;
  readonly value: string;
}

/** The buttons of a message, in reading order. */
export function slackButtons(message: Fields): readonly ShownButton[] {
  return (message['blocks'] as Fields[]).flatMap(buttonsOf).map((button) => ({
    label: (button['text'] as { text: string }).text,
    value: String(button['value']),
  }));
}

/** A message as text, for people: `#` a header, `[ ]` a button, `[! ]` a dangerous one, `>` small print. */
export function renderSlack(message: Fields): string {
  return (message['blocks'] as Fields[]).map(renderBlock).join('\n\n');
}

function renderBlock(block: Fields): string {
  switch (block['type']) {
    case 'header':
      return `# ${textOf(block['text'])}`;
    case 'section':
      return [textOf(block['text']), ...buttonsOf(block).map(renderButton)].join('\n');
    case 'context':
      return (block['elements'] as Fields[]).map((text) => `> ${textOf(text).replaceAll('\n', '\n> ')}`).join('\n');
    case 'actions':
      return buttonsOf(block).map(renderButton).join(' ');
    default:
      throw new TypeError(`unknown block ${String(block['type'])}`);
  }
}

function renderButton({ text, style }: Fields): string {
  return `[${style === 'danger' ? '! ' : ''}${textOf(text)}]`;
}

function textOf(text: unknown): string {
  return (text as { text: string }).text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function buttonsOf({ type, elements, accessory }: Fields): readonly Fields[] {
  if (type === 'actions') return elements as Fields[];
  return accessory === undefined ? [] : [accessory as Fields];
}
