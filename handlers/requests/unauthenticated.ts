import { ServiceError, type ServiceErrorOptions } from '../../lib/core/errors.ts';

/** Why a request was not authenticated. The log says it, the answer does not. */
type RefusalReason =
  | 'no_key'
  | 'unknown_key'
  | 'no_signature'
  | 'wrong_signature'
  | 'clock_off'
  | 'wrong_token'
  | 'wrong_app'
  | 'unreadable_body';

// both ways, as Slack and the libraries of Standard Webhooks have it
const TOLERANCE_S = 300;

/** The message is the same for every reason, so that the answer does not help to guess. */
export function unauthenticated(
  reason: RefusalReason,
  options: Pick<ServiceErrorOptions, 'challenge' | 'clockOffS'> = {},
): ServiceError {
  return new ServiceError('unauthenticated', 'the request is not authenticated', { reason, ...options });
}

/**
 * Refuses a signed timestamp of another time. To be called after the signature was checked, so that the log names only
 * genuine senders by it.
 *
 * @param timestampS seconds since the epoch
 * @throws {ServiceError} `unauthenticated`
 */
export function checkClock(timestampS: number, nowMs: number): void {
  const clockOffS = Math.round(timestampS - nowMs / 1_000);
  if (Math.abs(timestampS - nowMs / 1_000) > TOLERANCE_S) throw unauthenticated('clock_off', { clockOffS });
}
