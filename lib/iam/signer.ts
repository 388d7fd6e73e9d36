import { createHash, createHmac } from 'node:crypto';
import type { AccessKey } from '../core/call.ts';
import type { Request, Target } from '../net/request.ts';
import { encodeRfc3986 } from '../net/url.ts';

const ALGORITHM = 'SDK-HMAC-SHA256';

/**
 * The headers that a signed request goes out with: the given ones, `host`, `x-sdk-date` and `authorization`, and
 * `x-security-token` for a temporary key. All but `authorization` are signed.
 *
 * @param headers names in lower case
 * @param nowMs the gateway refuses a date that is more than 15 minutes off
 * @see https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-002.html
 */
export function signRequest(
  { method, url, body = '' }: Pick<Request, 'method' | 'url'> & { readonly body?: string | undefined },
  headers: Readonly<Record<string, string>>,
  { accessKey, secretKey, securityToken }: AccessKey,
  nowMs: number,
): Readonly<Record<string, string>> {
  const date = toSdkDate(nowMs);
  const signed: Record<string, string> = { ...headers, host: new URL(url.origin).host, 'x-sdk-date': date };
  if (securityToken !== undefined) signed['x-security-token'] = securityToken;

  const names = Object.keys(signed).sort();
  const signedHeaders = names.join(';');
  const canonicalRequest = [
    method,
    canonicalPath(url),
    canonicalQuery(url),
    ...names.map((name) => `${name}:${signed[name]?.trim()}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const stringToSign = `${ALGORITHM}\n${date}\n${sha256(canonicalRequest)}`;
  const signature = createHmac('sha256', secretKey).update(stringToSign).digest('hex');
  return {
    ...signed,
    authorization: `${ALGORITHM} Access=${accessKey}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}

/** Ends with a slash, whatever the request's own path does. */
function canonicalPath({ pathname }: Target): string {
  const path = pathname
    .split('/')
    .map((segment) => encodeRfc3986(decodeURIComponent(segment)))
    .join('/');
  return path.endsWith('/') ? path : `${path}/`;
}

function canonicalQuery({ search }: Target): string {
  return [...new URLSearchParams(search)]
    .map(([name, value]) => ({ name: encodeRfc3986(name), value: encodeRfc3986(value) }))
    .sort((one, other) => compare(one.name, other.name) || compare(one.value, other.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&');
}

/** By code point; both are ASCII by then. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** `20240102T030405Z` */
function toSdkDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
