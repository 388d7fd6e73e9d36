import { createHmac, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../../lib/core/errors.ts';
import type { HttpRequest } from '../platform/http-request.ts';
import { isSslCheck, parseForm } from './slack-request.ts';
import { checkClock, unauthenticated } from './unauthenticated.ts';

const SIGNATURE = /^v0=([0-9a-f]{64})$/;
const MAX_SSL_CHECK_BYTES = 512;

/**
 * Checks Slack's signature (`v0`, HMAC-SHA256) over the raw body.
 *
 * Slack's certificate check holds only `ssl_check=1` and a deprecated token. It may come without a signature, since its
 * answer is always the same empty one.
 *
 * @throws {ServiceError} `misconfigured` when there is no secret; `unauthenticated` for anything else
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function verifySlack(
  { headers, rawBody }: Pick<HttpRequest, 'headers' | 'rawBody'>,
  secrets: readonly string[],
  nowMs: number,
): void {
  if (secrets.length === 0) {
    const faults = ['SLACK_SIGNING_SECRETS is missing'];
    throw new ServiceError('misconfigured', 'this route is not configured', { faults });
  }
  const signature = headers['x-slack-signature'];
  if (signature === undefined && isBareSslCheck(rawBody)) return;

  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  const given = SIGNATURE.exec(signature ?? '')?.[1];
  if (given === undefined || !/^\d{1,12}$/.test(timestamp)) throw unauthenticated('no_signature');

  const mac = Buffer.from(given, 'hex');
  // every secret is tried, so that the time taken does not show which one matched
  const matches = secrets.filter((secret) => {
    const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest();
    return timingSafeEqual(expected, mac);
  });
  if (matches.length === 0) throw unauthenticated('wrong_signature');
  checkClock(Number(timestamp), nowMs);
}

function isBareSslCheck(rawBody: Buffer): boolean {
  if (rawBody.length > MAX_SSL_CHECK_BYTES) return false;
  const form = parseForm(rawBody);
  return (
    form !== undefined && isSslCheck(form) && [...form.keys()].every((key) => key === 'ssl_check' || key === 'token')
  );
}
