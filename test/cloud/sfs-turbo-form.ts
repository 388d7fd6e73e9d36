import { type Answer, Refusal, sfsTurboError } from './answers.ts';
import { hasExactly, type Incoming, isJsonMediaType, parseJson, parseQuery } from './requests.ts';
import type { Route } from './sfs-turbo-route.ts';
import type { Share, Shares } from './shares.ts';

const MAX_PATH_CHARS = 4096;
const MAX_PATH_LEVEL_CHARS = 255;

/** What a path names, and the shares of its project. */
export interface Target extends Route {
  readonly shares: Shares;
}

export function findShare({ shareId, shares }: Target): Share {
  const share = shares.all.get(shareId);
  // in no error table; seen by the Terraform provider for Huawei Cloud when the share does not exist
  if (share === undefined) throw new Refusal(sfsTurboError(403, '9000', 'no privileges to operate'));
  return share;
}

/** Content-Type is mandatory on every call, also where there is no body; a body belongs to POST alone. */
export function checkForm({ bytes, record }: Incoming): void {
  if (!isJsonMediaType(record.headers['content-type'])) throw new Refusal(parameterError('Content-Type'));
  if (record.method !== 'POST' && bytes.length > 0) throw new Refusal(parameterError('body'));
}

export function parseQueryOf({ rawQuery }: Incoming, names: readonly string[]): ReadonlyMap<string, string> {
  const query = parseQuery(rawQuery, names);
  if (query === undefined) throw new Refusal(parameterError('query'));
  return query;
}

export function parseCount(
  text: string | undefined,
  { name, min, max }: { readonly name: string; readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= min && count <= max)) throw new Refusal(parameterError(name));
  return count;
}

/** @see {@link https://support.huaweicloud.com/api-sfsturbo/CreateFsTask.html} */
export function parseCreateBody(body: string): string {
  const path = parsePathField(body);
  const levels = path?.split('/') ?? [];
  const isValid =
    path?.startsWith('/') === true &&
    path.length <= MAX_PATH_CHARS &&
    levels.every((level) => level.length <= MAX_PATH_LEVEL_CHARS);
  if (path === undefined || !isValid) throw new Refusal(parameterError('path'));
  return path;
}

function parsePathField(body: string): string | undefined {
  const value = parseJson(body);
  return hasExactly(value, ['path']) && typeof value['path'] === 'string' ? value['path'] : undefined;
}

export function parameterError(what: string): Answer {
  return sfsTurboError(400, '0001', `Parameter error: ${what}`);
}
