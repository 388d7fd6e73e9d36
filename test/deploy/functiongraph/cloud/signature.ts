import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DocumentedError } from './documented-error.ts';
import type { Account } from './state.ts';

const MAX_SKEW_MS = 15 * 60_000;

/**
 * The gateway's check of SDK-HMAC-SHA256.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-002.html}
 */
export function assertSigned(request: IncomingMessage, url: URL, raw: Buffer, account: Account): void {
  const header = /^SDK-HMAC-SHA256 Access=(\S+), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const [, access, names = '', signature] = header.exec(request.headers.authorization ?? '') ?? [];
  if (access === undefined) throw refusal('no signature');
  if (access !== account.accessKey) throw refusal(`ak ${access} not exist`);
  if (request.headers['x-security-token'] !== account.securityToken) throw refusal('the security token is invalid');

  const date = `${request.headers['x-sdk-date']}`;
  if (!(Math.abs(Date.now() - toTimeMs(date)) <= MAX_SKEW_MS)) throw refusal('the request is too old or too new');
  const signed = names.split(';');
  for (const name of ['host', 'x-sdk-date']) if (!signed.includes(name)) throw refusal(`${name} is not signed`);

  const canonicalRequest = toCanonicalRequest(request, url, raw, signed);
  const stringToSign = `SDK-HMAC-SHA256\n${date}\n${sha256(canonicalRequest)}`;
  const expected = createHmac('sha256', account.secretKey).update(stringToSign).digest('hex');
  if (signature === expected) return;
  // the real gateway shows the canonical request, signed headers and all
  throw refusal(`verify aksk signature fail, canonicalRequest:${canonicalRequest.replaceAll('\n', '|')}`);
}

function refusal(reason: string): DocumentedError {
  return new DocumentedError(401, 'APIGW.0301', `Incorrect IAM authentication information: ${reason}`);
}

/** Of a date like `20260101T000000Z`. */
function toTimeMs(date: string): number {
  const [year, month, day, hour, minute, second] = date.match(/\d\d/g)?.slice(1) ?? [];
  return Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function toCanonicalRequest(request: IncomingMessage, url: URL, raw: Buffer, signed: readonly string[]): string {
  const segments = url.pathname.split('/').map((segment) => encode(decodeURIComponent(segment)));
  const path = segments.join('/');
  const query = [...url.searchParams].map(([key, value]) => `${encode(key)}=${encode(value)}`).sort();
  return [
    request.method,
    path.endsWith('/') ? path : `${path}/`,
    query.join('&'),
    ...signed.map((name) => `${name}:${`${request.headers[name] ?? ''}`.trim()}`),
    '',
    signed.join(';'),
    sha256(raw),
  ].join('\n');
}

function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}
