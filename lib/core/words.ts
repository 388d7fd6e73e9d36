import { toPrintable } from './json.ts';

/** A piece of a sentence: our own words, or a value that came from outside. */
export type Part = string | { readonly value: string };

/** A sentence that keeps values from outside apart from our own words, so that each platform can escape them. */
export type Words = readonly Part[];

// enough to recognise a path by its beginning and its end
const MAX_VALUE_CHARS = 400;

/**
 * Makes a sentence: `` say`Task ${id} runs.` ``. An inserted text counts as a value from outside. An inserted number or
 * sentence counts as our own words.
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

/** A value from outside, fit to be shown: on one line, without invisible characters, its middle cut out when too long. */
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
