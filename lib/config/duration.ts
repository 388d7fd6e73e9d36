export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

const SHORT = /^(\d{1,6})([mhd])$/;
// months and years have no fixed length, and no setting needs seconds
const ISO_8601 = /^P(?=[\dT])(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?)?$/;

/** `90m`, `24h`, `7d`, or an ISO 8601 duration of days, hours and minutes such as `PT36H`; in milliseconds. */
export function parseDurationMs(text: string): number | undefined {
  const [, count, unit = ''] = SHORT.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined) return Number(count) * unitMs;
  const iso = ISO_8601.exec(text);
  if (iso === null) return undefined;
  const [, days = 0, hours = 0, minutes = 0] = iso;
  return Number(days) * DAY_MS + Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
}
