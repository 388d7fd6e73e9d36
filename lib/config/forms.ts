import * as v from 'valibot';
import { isId, type ShareId } from '../core/task.ts';

// The forms that values have. Each has a message of our own: valibot's would repeat the value.

export const text = v.string('is missing');

/** Entries between commas; blank ones do not count. */
export function commaList<T>(entry: v.GenericSchema<string, T>) {
  return v.pipe(text, v.transform(splitAt(',')), v.array(entry), v.readonly());
}

/** Entries between spaces. */
export function spaceList<T>(entry: v.GenericSchema<string, T>) {
  return v.pipe(text, v.transform(splitAt(/\s/)), v.array(entry), v.readonly());
}

export function oneOf<const T extends readonly string[]>(options: T) {
  return v.picklist(options, `must be one of ${options.join(', ')}`);
}

export function integer(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.pipe(
    text,
    v.regex(/^\d{1,15}$/, message),
    v.transform(Number),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

export const boolean = v.pipe(
  text,
  v.toLowerCase(),
  v.picklist(['true', 'false'], 'must be true or false'),
  v.transform((word) => word === 'true'),
);

const SHARES_MESSAGE = 'must be share ids, comma-separated, or *';
const shareIds = v.pipe(
  commaList(v.pipe(text, v.custom<ShareId>(isId, SHARES_MESSAGE))),
  v.minLength(1, SHARES_MESSAGE),
  v.transform((ids): ReadonlySet<ShareId> => new Set(ids)),
);
/** `*` stands for every share. */
export const shares = v.pipe(text, v.union([v.literal('*'), shareIds], SHARES_MESSAGE));

/** The root of a service, without a trailing slash. Plain `http:` is for stand-ins on loopback. */
export const serviceUrl = v.pipe(
  text,
  v.url('must be a URL'),
  v.transform((value) => new URL(value)),
  v.check(
    (url) => url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)),
    'must be an https: URL (http: is for loopback only)',
  ),
  v.check(
    ({ username, password, search, hash }) => `${username}${password}${search}${hash}` === '',
    'must be a URL without user, query and fragment',
  ),
  v.transform(({ origin, pathname }) => `${origin}${pathname}`.replace(/\/+$/, '')),
);

export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

function splitAt(separator: string | RegExp): (value: string) => string[] {
  return (value) =>
    value
      .split(separator)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
}
