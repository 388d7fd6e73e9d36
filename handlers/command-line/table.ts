import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';

/** A column; the last one of a table takes the width that is left. */
export interface Column {
  readonly head: string;
  /** Begins the block of its row where the table is too wide for the terminal. */
  readonly isTitle?: boolean;
  /** Has sentences, which are broken between words; ids and paths are broken anywhere. */
  readonly isProse?: boolean;
}

const GAP = 2;
// with less the last column would be a column of syllables
const LEAST_LAST = 16;

const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
} as const;

/**
 * Rows as a table; where it does not fit the terminal, each row as a block of lines.
 *
 * @param rows cells in the order of the columns; cells of all columns but the last are short and plain
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { columns: width, colors }: Pick<Terminal, 'columns' | 'colors'>,
): string {
  const widths = columns
    .slice(0, -1)
    .map(({ head }, at) => GAP + Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const left = (width ?? Infinity) - widths.reduce((sum, each) => sum + each, 0);
  if (left < LEAST_LAST) return rows.map((row) => block(columns, row, width ?? LEAST_LAST)).join('\n');
  const heads = columns.map(({ head }) => head);
  const isProse = columns.at(-1)?.isProse ?? false;
  const [first = '', ...others] = render([heads, ...rows], [...widths, Number.isFinite(left) ? left : null], isProse);
  // coloured afterwards: cells that are wrapped must be plain
  return [colors.dim(first), ...others].join('\n');
}

function block(columns: readonly Column[], row: readonly string[], width: number): string {
  const title = columns.findIndex(({ isTitle }) => isTitle);
  const last = columns.length - 1;
  const isProse = columns[last]?.isProse ?? false;
  const short = row.filter((_, at) => at !== title && at !== last).join('  ');
  const details = render(
    [
      ['', short],
      ['', row[last] ?? ''],
    ],
    [GAP, width - GAP],
    isProse,
  );
  return [...render([[row[title] ?? '']], [width]), ...details].join('\n');
}

function render(
  rows: readonly (readonly string[])[],
  widths: readonly (number | null)[],
  isProse = false,
): readonly string[] {
  // a word that is wider than its column would be cut
  const words = rows.flatMap((row) => row.at(-1)?.split(' ') ?? []);
  const fits = words.every(({ length }) => length <= (widths.at(-1) ?? Infinity));
  const lines = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: [...widths],
    wordWrap: true,
    wrapOnWordBoundary: isProse && fits,
  });
  lines.push(...rows.map((row) => [...row]));
  return lines
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
