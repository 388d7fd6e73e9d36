/** A time that came from the service: absent, unreadable, or milliseconds since the epoch. */
export type ServiceTime =
  | { readonly type: 'absent' }
  | { readonly type: 'unreadable' }
  | { readonly type: 'time'; readonly atMs: number };

// "This API is only supported for file systems created after August 1, 2023" (DeleteFsTask, ListFsTasks): what is older is a
// zero value, such as 0001-01-01 or 1970-01-01, and no age.
const FIRST_TIME_MS = Date.UTC(2023, 7, 1);
const SERVICE_TIME = /^(\d{4}-\d{2}-(\d{2})) (\d{2}:\d{2}:\d{2})$/;

/**
 * `2024-03-01 11:46:01`: UTC without a zone (ListFsTasks). `new Date` would read it as local time, so it is taken apart;
 * and a time that is not exactly in this form is unreadable, not guessed. So is one from before the API.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ListFsTasks.html
 */
export function parseServiceTime(value: unknown): ServiceTime {
  if (value === undefined || value === null || value === '') return { type: 'absent' };
  const [, date, day, time] = typeof value === 'string' ? (SERVICE_TIME.exec(value) ?? []) : [];
  const atMs = Date.parse(`${date}T${time}Z`);
  // Date.parse moves 2024-02-30 and 24:00:00 to the next day that exists
  const isDate = new Date(atMs).getUTCDate() === Number(day);
  return isDate && atMs >= FIRST_TIME_MS ? { type: 'time', atMs } : { type: 'unreadable' };
}
