import { createHash, createHmac } from 'node:crypto';

/**
 * The receiving side of SDK-HMAC-SHA256, written from the algorithm's description and apart from the client's
 * signer, so that the two prove each other.
 *
 * @see {@link https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-002.html}
 */

export const ALGORITHM = 'SDK-HMAC-SHA256';

export interface Authorization {
  readonly accessKey: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export interface SignedRequest {
  readonly method: string;
  /** as sent, without the query */
  readonly path: string;
  /** as sent, without `?` */
  readonly rawQuery: string;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** names in lower case, sorted */
  readonly signedHeaders: readonly string[];
  /** hex SHA-256 of the body */
  readonly bodyHash: string;
}

const AUTHORIZATION = /^SDK-HMAC-SHA256 Access=([^,\s]+), SignedHeaders=([^,\s]+), Signature=([0-9a-f]{64})$/;

/** @returns `undefined` when the header has not the documented form to the letter */
export function parseAuthorization(header: string): Authorization | undefined {
  const [, accessKey, names, signature] = AUTHORIZATION.exec(header) ?? [];
  if (accessKey === undefined || names === undefined || signature === undefined) return undefined;
  const signedHeaders = names.split(';');
  const isCanonical = [...new Set(signedHeaders)].sort().join(';') === names && names === names.toLowerCase();
  return isCanonical ? { accessKey, signedHeaders, signature } : undefined;
}

/** An `X-Sdk-Date` (`YYYYMMDDTHHMMSSZ`) as milliseconds since 1970; NaN when it has another form. */
export function parseSdkDate(value: string): number {
  const iso = value.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return iso === value ? Number.NaN : Date.parse(iso);
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export function canonicalRequestOf(request: SignedRequest): string {
  const headers = request.signedHeaders.map((name) => `${name}:${headerText(request.headers[name])}\n`);
  return [
    request.method.toUpperCase(),
    canonicalPath(request.path),
    canonicalQuery(request.rawQuery),
    headers.join(''),
    request.signedHeaders.join(';'),
    request.bodyHash,
  ].join('\n');
}

export function signatureOf(canonicalRequest: string, sdkDate: string, secretKey: string): string {
  const stringToSign = `${ALGORITHM}\n${sdkDate}\n${sha256Hex(canonicalRequest)}`;
  return createHmac('sha256', secretKey).update(stringToSign).digest('hex');
}

// decoded first: what arrives is encoded already, and encoding it again would turn %3A into %253A
function canonicalPath(path: string): string {
  const encoded = path.split('/').map(decode).map(encode).join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalQuery(rawQuery: string): string {
  const pairs = rawQuery.split('&').filter((pair) => pair !== '');
  const encoded = pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [encode(decode(name)), encode(decode(value.join('=')))] as const;
  });
  return encoded
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map((pair) => pair.join('='))
    .join('&');
}

function headerText(value: string | readonly string[] | undefined): string {
  return (typeof value === 'string' ? value : (value ?? []).join(',')).trim();
}

/** RFC 3986: everything but letters, digits and `-_.~` becomes an upper-case escape. */
function encode(text: string): string {
  const escaped = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escaped);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
