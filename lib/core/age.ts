export type AgeUnit = 'second' | 'minute' | 'hour' | 'day';

const UNITS: readonly (readonly [AgeUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** An age in the largest unit of which there are at least two, as people say it: 47 hours, then 2 days. */
export function toLargestUnit(ageMs: number): { readonly count: number; readonly unit: AgeUnit } {
  const [unit, unitMs] = UNITS.find(([, lengthMs]) => ageMs >= 2 * lengthMs) ?? ['second', 1_000];
  return { count: Math.floor(ageMs / unitMs), unit };
}
