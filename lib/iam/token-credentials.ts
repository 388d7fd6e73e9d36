import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import type { PermittedSend } from '../net/permitted-send.ts';
import {
  type AuthorizedSent,
  CONTENT_TYPE,
  type Credentials,
  isRefusal,
  REMEMBER_REFUSAL_MS,
  type RequestLine,
  withheld,
} from './credentials.ts';
import { createRefusals } from './refusals.ts';
import type { TokenSource } from './token.ts';
import type { IamToken } from './token-exchange.ts';

/** A token in `X-Auth-Token`. It can die before its time (a change of permissions is enough), so a 401 makes it renewed. */
export function createTokenCredentials(
  tokens: TokenSource,
  project: { readonly id: ProjectId | undefined },
  send: PermittedSend,
  runtime: Runtime,
): Credentials {
  const refusals = createRefusals(runtime);
  let refusedInARow = 0;
  let lastRefused: IamToken | undefined;

  /** @throws {ServiceError} `iam_rejected` while a fresh token was refused lately; what the token source throws */
  async function currentToken(call: Call): Promise<IamToken> {
    const refusal = refusals.current();
    if (refusal !== undefined) throw refusal;
    return tokens.get(call);
  }

  function accept(): void {
    refusedInARow = 0;
    refusals.forget();
  }

  /** Many calls may have used one token: its refusal counts once. */
  function refuse(token: IamToken): void {
    if (token === lastRefused) return;
    lastRefused = token;
    refusedInARow += 1;
    tokens.discard(token);
    // the second token in a row was a fresh one: a third would fare no better
    if (refusedInARow > 1) {
      const message = "SFS Turbo has just refused a fresh token of the function's";
      refusals.remember(new ServiceError('iam_rejected', message), REMEMBER_REFUSAL_MS);
    }
  }

  async function sendOnce(request: RequestLine, call: Call): Promise<AuthorizedSent> {
    try {
      const token = await currentToken(call);
      const headers = { 'content-type': CONTENT_TYPE, 'x-auth-token': token.value };
      const sent = await send(() => ({ ...request, headers }), call);
      if (isRefusal(sent)) refuse(token);
      else if ('reply' in sent) accept();
      return sent;
    } catch (error) {
      return withheld(error);
    }
  }

  return {
    projectId: async (call) => project.id ?? (await currentToken(call)).projectId,
    send: async (request, call) => {
      const first = await sendOnce(request, call);
      if (!isRefusal(first) || refusals.current() !== undefined) return first;
      const second = await sendOnce(request, call);
      return {
        ...second,
        sends: first.sends + second.sends,
        mayHaveArrived: first.mayHaveArrived || second.mayHaveArrived,
      };
    },
    isInDoubt: () => refusedInARow > 0 || tokens.isInDoubt(),
  };
}
