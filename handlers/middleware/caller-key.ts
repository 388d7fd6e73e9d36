import { hash, timingSafeEqual } from 'node:crypto';
import type { CallerKey } from '../../lib/config.ts';
import { ServiceError } from '../../lib/errors.ts';
import type { HttpRequest } from './platform.ts';

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** One message for every way not to be let in, so that it does not tell which one it was. */
export function unauthenticated(): ServiceError {
  return new ServiceError('unauthenticated', 'the request is not authenticated');
}

/**
 * The name of the caller whose key came in `Authorization: Bearer <key>`.
 *
 * @throws {ServiceError} `misconfigured` when no caller has a key at all; `unauthenticated`
 */
export function authenticateCaller({ headers }: HttpRequest, callerKeys: readonly CallerKey[]): string {
  if (callerKeys.length === 0) {
    throw new ServiceError('misconfigured', 'this route is not configured', { faults: ['CALLER_KEYS is missing'] });
  }
  const key = BEARER.exec(headers['authorization'] ?? '')?.[1];
  if (key === undefined) throw unauthenticated();
  // digests are of one length, and every one is compared: neither a key's length nor its place in the list shows
  const digest = hash('sha256', key, 'buffer');
  const [match] = callerKeys.filter(({ sha256 }) => timingSafeEqual(sha256, digest));
  if (match === undefined) throw unauthenticated();
  return match.name;
}
