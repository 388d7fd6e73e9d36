import { ServiceError } from '../../lib/core/errors.ts';

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

/** The message is the same for every reason, so that the answer does not help to guess. */
export function unauthenticated(reason: RefusalReason): ServiceError {
  return new ServiceError('unauthenticated', 'the request is not authenticated', { reason });
}
