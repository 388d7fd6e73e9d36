import type { Words } from './words.ts';

/** A sentence in Slack's markup. A value longer than `maxValueChars`, as escaped, is cut. */
export function toSlackText(words: Words, maxValueChars: number): string {
  return words
    .map((part) => (typeof part === 'string' ? escapeForSlack(part) : toCode(part.value, maxValueChars)))
    .join('');
}

/** A value from elsewhere becomes inline code, where Slack formats nothing. A backtick in it would end the code. */
function toCode(value: string, maxChars: number): string {
  return value === '' ? '' : `\`${escapedWithin(value.replaceAll('`', "'"), maxChars)}\``;
}

/** @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
export function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Escaping makes up to five characters of one, so the text is cut between escaped characters, never within one. */
function escapedWithin(text: string, maxChars: number): string {
  let result = '';
  for (const character of text) {
    const next = result + escapeForSlack(character);
    if (next.length >= maxChars) return `${result}…`;
    result = next;
  }
  return result;
}
