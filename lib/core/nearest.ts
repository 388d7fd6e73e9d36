import { distance } from 'fastest-levenshtein';

const MAX_LENGTH = 64;

/** The known word that was most likely meant, in any case of letters. Nothing when every one differs too much. */
export function nearest<T extends string>(word: string, known: Iterable<T>): T | undefined {
  const typed = word.slice(0, MAX_LENGTH).toLowerCase();
  const ranked = [...known]
    .map((candidate) => ({ candidate, slips: slipsBetween(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= tolerance(candidate))
    .sort((one, other) => one.slips - other.slips);
  return ranked[0]?.candidate;
}

/** One slip in a short word, two in a longer one: with more, unrelated words would be suggested. */
function tolerance(word: string): number {
  return word.length <= 4 ? 1 : 2;
}

/** The edit distance. Two swapped neighbours are one slip of the fingers, where Levenshtein's distance counts two. */
function slipsBetween(typed: string, known: string): number {
  const swaps = Array.from({ length: Math.max(0, typed.length - 1) }, (_, at) => {
    const [before, pair, after] = [typed.slice(0, at), typed.slice(at, at + 2), typed.slice(at + 2)];
    return 1 + distance(`${before}${[...pair].reverse().join('')}${after}`, known);
  });
  return Math.min(distance(typed, known), ...swaps);
}
