import { hash, timingSafeEqual } from 'node:crypto';
import type { CallerKey } from '../../lib/config/callers.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import type { HttpRequest } from '../platform/http-request.ts';
import { unauthenticated } from './unauthenticated.ts';

// only here: who signs its requests has no key to come again with
const CHALLENGE = { challenge: 'Bearer' } as const;
const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/**
 * The key that came in `Authorization: Bearer <key>`.
 *
 * @throws {ServiceError} `misconfigured` when no caller has a key at all; `unauthenticated`
 */
export function authenticateCaller(
  { headers }: Pick<HttpRequest, 'headers' | 'rawBody'>,
  callerKeys: readonly CallerKey[],
): CallerKey {
  if (callerKeys.length === 0) {
    throw new ServiceError('misconfigured', 'this route is not configured', { faults: ['CALLER_KEYS is missing'] });
  }
  const key = BEARER.exec(headers['authorization'] ?? '')?.[1];
  if (key === undefined) throw unauthenticated('no_key', CHALLENGE);
  // digests are of one length, and every one is compared: neither a key's length nor its place in the list shows
  const digest = hash('sha256', key, 'buffer');
  const [match] = callerKeys.filter(({ sha256 }) => timingSafeEqual(sha256, digest));
  if (match === undefined) throw unauthenticated('unknown_key', CHALLENGE);
  return match;
}
