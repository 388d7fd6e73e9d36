/** The known word that a misspelt one most likely stands for, or none when all are too far off. */
export function nearest<T extends string>(word: string, known: Iterable<T>): T | undefined {
  const given = word.slice(0, MAX_LENGTH).toLowerCase();
  const ranked = [...known]
    .map((candidate) => ({ candidate, distance: editDistance(given, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= tolerance(candidate))
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate;
}

const MAX_LENGTH = 64;

/** One slip in a short word, two in a longer one: more would turn any word into any other. */
function tolerance(word: string): number {
  return word.length <= 4 ? 1 : 2;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
