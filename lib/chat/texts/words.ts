import { toPrintable } from '../../error-body.ts';

/** A piece of a sentence: words of our own, or a value that came from somebody else. */
export type Part = string | { readonly value: string };

/** A sentence whose foreign values are still told apart from its words, so that each platform can disarm them. */
export type Words = readonly Part[];

/** Long enough to know a path by; both of its ends are kept. */
const MAX_VALUE_CHARS = 400;

/**
 * Makes a sentence: `` say`Task ${id} runs.` ``. A text put into it counts as foreign; a number, or another sentence,
 * as our own words.
 */
export function say(literals: TemplateStringsArray, ...inserted: readonly (string | number | Words)[]): Words {
  return literals.flatMap((literal, index) => {
    const value = inserted[index];
    const own = literal === '' ? [] : [literal];
    if (value === undefined) return own;
    if (typeof value === 'string') return [...own, { value: toShown(value) }];
    return typeof value === 'number' ? [...own, String(value)] : [...own, ...value];
  });
}

/** A foreign value fit to be shown: no invisible characters, on one line, and not too long. */
export function toShown(text: string, maxChars = MAX_VALUE_CHARS): string {
  const printable = toPrintable(text, 4_096);
  if (printable.length <= maxChars) return printable;
  const head = Math.floor((maxChars - 1) / 3);
  return `${printable.slice(0, head)}…${printable.slice(-(maxChars - 1 - head))}`.toWellFormed();
}

/** The sentence without any mark-up. */
export function toPlainText(words: Words): string {
  return words.map((part) => (typeof part === 'string' ? part : part.value)).join('');
}
