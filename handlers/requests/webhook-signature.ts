import { createHmac, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../../lib/core/errors.ts';
import type { HttpRequest } from '../platform/http-request.ts';
import { checkClock, unauthenticated } from './unauthenticated.ts';

const MAX_SIGNATURES = 16;

/** A delivery whose signature holds. */
export interface Delivery {
  /** The same for every attempt of the sender to deliver it; part of what is signed. */
  readonly id: string;
}

/**
 * Checks a Standard Webhooks 1.0 signature (`v1`, HMAC-SHA256) over the bytes that came.
 *
 * @throws {ServiceError} `misconfigured` when there is no secret; `unauthenticated` for anything else
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function verifyWebhook(
  { headers, rawBody }: Pick<HttpRequest, 'headers' | 'rawBody'>,
  secrets: readonly Buffer[],
  nowMs: number,
): Delivery {
  if (secrets.length === 0) {
    throw new ServiceError('misconfigured', 'this route is not configured', { faults: ['WEBHOOK_SECRETS is missing'] });
  }
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  const signatures = (headers['webhook-signature'] ?? '').split(' ').slice(0, MAX_SIGNATURES);
  // a dot would let one signed text be read as two different deliveries
  if (!/^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) throw unauthenticated('no_signature');

  const given = signatures.filter((entry) => entry.startsWith('v1,')).map((entry) => Buffer.from(entry.slice(3)));
  const expected = secrets.map((secret) =>
    Buffer.from(createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(rawBody).digest('base64')),
  );
  // every pair is compared, so the time taken does not tell which secret or entry came close
  const matches = expected.flatMap((mac) => given.filter((entry) => isEqual(entry, mac)));
  if (matches.length === 0) throw unauthenticated('wrong_signature');
  checkClock(Number(timestamp), nowMs);
  return { id };
}

function isEqual(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
