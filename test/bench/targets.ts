import { green, red, table } from '../cloud/print.ts';

/** What this project wants to reach, next to what it reached. */
export interface Target {
  readonly name: string;
  readonly bound: 'at most' | 'at least' | 'below';
  readonly limit: number;
  readonly reached: number;
}

export function isReached({ bound, limit, reached }: Target): boolean {
  switch (bound) {
    case 'at most':
      return reached <= limit;
    case 'at least':
      return reached >= limit;
    case 'below':
      return reached < limit;
    default:
      return bound satisfies never;
  }
}

export function targetTable(targets: readonly Target[]): string {
  return table(
    ['target', 'wanted', 'measured', ''],
    targets.map((target) => [
      target.name,
      `${target.bound} ${target.limit}`,
      target.reached.toPrecision(3),
      isReached(target) ? green('reached') : red('missed'),
    ]),
  );
}
