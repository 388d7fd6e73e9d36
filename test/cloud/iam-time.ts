/** IAM's v3 form of a time: ISO 8601 with six fractional digits, e.g. `2020-01-04T09:05:22.701000Z`. */
export function formatIamTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '000Z');
}
