/** @throws {RangeError} when there is nothing to take a median of */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  if (middle.length === 0) throw new RangeError('no values');
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
