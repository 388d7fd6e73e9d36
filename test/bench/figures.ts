import { table } from '../cloud/print.ts';
import { type ContenderName, PEER_NAMES, type PeerName } from './contenders.ts';
import { median } from './statistics.ts';
import type { Target } from './targets.ts';

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
  readonly targets: readonly Target[];
  /** For `--json`. */
  readonly data: unknown;
}

const NAMES: readonly ContenderName[] = ['ours', ...PEER_NAMES];

/** The median of each contender's runs. */
export function figureOf<Run>(
  name: string,
  runs: ReadonlyMap<ContenderName, readonly Run[]>,
  read: (run: Run) => number,
): Figure {
  return { name, of: Object.fromEntries([...runs].map(([contender, each]) => [contender, median(each.map(read))])) };
}

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
    figures.map((figure) => [figure.name, ...PEER_NAMES.map((peer) => oursTo(peer, figure).toFixed(2))]),
  );
}

/** Ours divided by a peer's; not a number where one of them was not measured. */
export function oursTo(peer: PeerName, { of }: Figure): number {
  return (of.ours ?? Number.NaN) / (of[peer] ?? Number.NaN);
}

/** That ours is at most so many times as large as a peer's. */
export function atMostTimes(limit: number, peer: PeerName, figure: Figure): Target {
  return { name: `${figure.name}: ours ÷ ${peer}`, bound: 'at most', limit, reached: oursTo(peer, figure) };
}

function fixed(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(value < 1_000 ? 1 : 0);
}
