import { table } from '../cloud/print.ts';
import { type ContenderName, PEER_NAMES } from './contenders.ts';

/** One quantity, measured for each contender. */
export interface Figure {
  /** With its unit. */
  readonly name: string;
  readonly of: Readonly<Partial<Record<ContenderName, number>>>;
}

/** What one part of the benchmark found, ready to be printed. */
export interface Section {
  readonly title: string;
  /** How it was measured. */
  readonly how: string;
  readonly tables: readonly string[];
  /** Those that belong into the summary, where ours are divided by the others'. */
  readonly summary: readonly Figure[];
  /** For `--json`. */
  readonly data: unknown;
}

const NAMES: readonly ContenderName[] = ['ours', ...PEER_NAMES];

/** A row for each figure, a column for each contender. */
export function figureTable(figures: readonly Figure[]): string {
  return table(
    ['', ...NAMES],
    figures.map(({ name, of }) => [name, ...NAMES.map((contender) => fixed(of[contender]))]),
  );
}

/** Ours divided by each other contender's: below 1 ours is better. */
export function ratioTable(figures: readonly Figure[]): string {
  return table(
    ['ours ÷ theirs', ...PEER_NAMES],
    figures.map(({ name, of }) => [name, ...PEER_NAMES.map((contender) => ratio(of.ours, of[contender]))]),
  );
}

export function ratio(ours: number | undefined, theirs: number | undefined): string {
  return ours === undefined || theirs === undefined ? '-' : (ours / theirs).toFixed(2);
}

function fixed(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(value < 1_000 ? 1 : 0);
}
