import { toPrintable } from '../../lib/core/json.ts';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** `3d 4h`, `5h 12m`, `12m`; `?` where the times are in doubt. @param seconds an age */
export function toAge(seconds: number | undefined): string {
  if (seconds === undefined) return '?';
  const [days, hours, minutes] = [
    Math.floor(seconds / DAY_S),
    Math.floor((seconds % DAY_S) / HOUR_S),
    Math.floor((seconds % HOUR_S) / MINUTE_S),
  ];
  if (days > 0) return `${days}d ${hours}h`;
  return hours > 0 ? `${hours}h ${minutes}m` : `${minutes}m`;
}

export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;
}

/** The longest path of Linux. */
const MAX_PATH = 4_096;

/** A directory as the service has it, fit for a terminal. */
export function toPath(path: string | undefined): string {
  return toPrintable(path ?? '', MAX_PATH) || '?';
}
