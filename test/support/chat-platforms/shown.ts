import type { ShownButton as FeishuButton } from './feishu-cards.ts';
import type { ShownButton as SlackButton } from './slack-blocks.ts';

/** What a person sees in a chat, and may press. */
export interface Shown {
  /** Each button is numbered: `[1 Keep it]`. */
  readonly text: string;
  readonly buttons: readonly (FeishuButton | SlackButton)[];
}

/** @param text as it was rendered, with its buttons in reading order */
export function withNumbers(text: string, buttons: Shown['buttons']): Shown {
  let from = 0;
  let numbered = text;
  for (const [index, { label }] of buttons.entries()) {
    const plain = numbered.indexOf(`[${label}]`, from);
    const danger = numbered.indexOf(`[! ${label}]`, from);
    const at = Math.min(...[plain, danger].filter((position) => position >= 0));
    if (at === Number.POSITIVE_INFINITY) throw new RangeError(`the text has no button ${label}`);
    const number = `${index + 1} `;
    numbered = `${numbered.slice(0, at + 1)}${number}${numbered.slice(at + 1)}`;
    from = at + number.length + label.length;
  }
  return { text: numbered, buttons };
}

export function shownOnly(text: string): Shown {
  return { text, buttons: [] };
}
