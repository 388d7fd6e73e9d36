import { createHmac } from 'node:crypto';
import type { Incoming } from './requests.ts';
import { sha256Hex } from './signature.ts';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;
const MAX_CLOCK_SKEW_MS = 5 * 60_000;
/** what a signature has to cover beside the host, where the request has it */
const MUST_BE_SIGNED = /^(host|x-amz-.*)$/;

export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Why the signature of a request does not hold, in AWS's names of errors; `undefined` when it holds.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 */
export function sigV4RefusalOf(
  request: Incoming,
  key: AwsKey,
  { nowMs, region, service }: { readonly nowMs: number; readonly region: string; readonly service: string },
): string | undefined {
  const { headers } = request.record;
  if (headers.authorization === undefined) return 'MissingAuthenticationTokenException';
  const [, accessKeyId, day, ofRegion, ofService, names, signature] = AUTHORIZATION.exec(headers.authorization) ?? [];
  const amzDate = headers['x-amz-date'];
  if (day === undefined || names === undefined || typeof amzDate !== 'string') return 'IncompleteSignatureException';
  if (accessKeyId !== key.accessKeyId) return 'UnrecognizedClientException';
  if (headers['x-amz-security-token'] !== key.sessionToken) return 'UnrecognizedClientException';
  const signedAtMs = Date.parse(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(signedAtMs - nowMs) <= MAX_CLOCK_SKEW_MS)) return 'InvalidSignatureException';
  if (!amzDate.startsWith(day) || ofRegion !== region || ofService !== service) return 'InvalidSignatureException';

  const signedHeaders = names.split(';');
  const unsigned = Object.keys(headers).find((name) => MUST_BE_SIGNED.test(name) && !signedHeaders.includes(name));
  if (unsigned !== undefined || names !== signedHeaders.toSorted().join(';')) return 'InvalidSignatureException';
  const scope = `${day}/${region}/${service}/aws4_request`;
  const stringToSign = ['AWS4-HMAC-SHA256', amzDate, scope, sha256Hex(canonicalRequestOf(request, signedHeaders))];
  const isRight = signatureOf(stringToSign.join('\n'), key, [day, region, service]) === signature;
  return isRight ? undefined : 'InvalidSignatureException';
}

function canonicalRequestOf({ bytes, rawQuery, record }: Incoming, signedHeaders: readonly string[]): string {
  // each segment is encoded as sent and then once more, by the rule of every service but S3
  const path = record.path.split('/').map(encode).join('/');
  const query = [...new URLSearchParams(rawQuery)].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const headers = signedHeaders.map((name) => `${name}:${headerText(record.headers[name])}\n`);
  return [
    record.method,
    path,
    query.toSorted().join('&'),
    headers.join(''),
    signedHeaders.join(';'),
    sha256Hex(bytes),
  ].join('\n');
}

function signatureOf(stringToSign: string, { secretAccessKey }: AwsKey, scope: readonly string[]): string {
  const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest();
  const signingKey = [...scope, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(signingKey, stringToSign).toString('hex');
}

function headerText(value: string | readonly string[] | undefined): string {
  return [value ?? ''].flat().join(',').trim().replace(/ +/g, ' ');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
