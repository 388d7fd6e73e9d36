import { toPlainText } from '../core/words.ts';
import type { ReportMessage } from './message.ts';

/**
 * The message as plain text of at most so many bytes in UTF-8. Details go first, from the last one on; the end of a text that is
 * still too long is cut.
 */
export function toFittingText({ title, facts, details, source }: ReportMessage, maxBytes: number): string {
  const head = [title, ...facts.map(toPlainText)];
  const tail = toPlainText(source);
  for (let count = details.length; count >= 0; count -= 1) {
    const shown = details.slice(0, count).map((line) => `- ${toPlainText(line)}`);
    const text = [...head, ...shown, ...(count < details.length ? ['- …'] : []), tail].join('\n');
    if (Buffer.byteLength(text) <= maxBytes) return text;
  }
  return cut([...head, tail].join('\n'), maxBytes);
}

function cut(text: string, maxBytes: number): string {
  // a character that is cut in two is decoded as U+FFFD
  return Buffer.from(text)
    .subarray(0, maxBytes)
    .toString('utf8')
    .replace(/\ufffd+$/u, '');
}
