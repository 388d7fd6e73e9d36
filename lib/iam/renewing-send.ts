import type { Call } from '../core/call.ts';
import type { PermittedSend } from '../net/permitted-send.ts';
import type { Request } from '../net/request.ts';
import { type AuthorizedSent, isRefusal, withheld } from './credentials.ts';
import type { TokenWatch } from './token-watch.ts';

/** What lets requests in for a while, and can be had anew: a token, or an agency's key. */
export interface Renewable<T> {
  /** @throws {ServiceError} `iam_rejected` while a fresh one was refused lately; what fetching one throws */
  readonly current: (call: Call) => Promise<T>;
  readonly watch: TokenWatch<T>;
}

/**
 * Sends a request, and after a 401 once more with what has been renewed. It does not throw an expected failure.
 *
 * @param authorize puts into a request what lets it in
 */
export function createRenewingSend<T, R>(
  { current, watch }: Renewable<T>,
  authorize: (request: R, token: T) => Request,
  send: PermittedSend,
): (request: R, call: Call) => Promise<AuthorizedSent> {
  /** @param refused what became of the request with a token that was refused */
  async function sendWithToken(request: R, call: Call, refused?: AuthorizedSent): Promise<AuthorizedSent> {
    try {
      const token = await current(call);
      const sent = joined(refused, await send(() => authorize(request, token), call));
      if (!isRefusal(sent)) {
        if ('reply' in sent) watch.accept();
        return sent;
      }
      watch.refuse(token);
      const isCurable = refused === undefined && watch.refusal() === undefined;
      return isCurable ? sendWithToken(request, call, sent) : sent;
    } catch (error) {
      return joined(refused, withheld(error));
    }
  }

  return sendWithToken;
}

/** The latter, with what is told of both. */
function joined(first: AuthorizedSent | undefined, second: AuthorizedSent): AuthorizedSent {
  if (first === undefined) return second;
  const sends = first.sends + second.sends;
  return { ...second, sends, mayHaveArrived: first.mayHaveArrived || second.mayHaveArrived };
}
