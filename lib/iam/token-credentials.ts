import type { Call } from '../core/call.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import type { PermittedSend } from '../net/permitted-send.ts';
import {
  type AuthorizedSent,
  CONTENT_TYPE,
  type Credentials,
  isRefusal,
  type RequestLine,
  withheld,
} from './credentials.ts';
import type { TokenSource } from './token.ts';
import type { IamToken } from './token-exchange.ts';
import { createTokenWatch } from './token-watch.ts';

/** A token in `X-Auth-Token`. It can die before its time (a change of permissions is enough), so a 401 makes it renewed. */
export function createTokenCredentials(
  tokens: TokenSource,
  project: { readonly id: ProjectId | undefined },
  send: PermittedSend,
  runtime: Runtime,
): Credentials {
  const watch = createTokenWatch(tokens, runtime);

  /** @throws {ServiceError} `iam_rejected` while a fresh token was refused lately; what the token source throws */
  async function currentToken(call: Call): Promise<IamToken> {
    const refusal = watch.refusal();
    if (refusal !== undefined) throw refusal;
    return tokens.get(call);
  }

  /** @param refused what became of the request with a token that was refused */
  async function sendWithToken(request: RequestLine, call: Call, refused?: AuthorizedSent): Promise<AuthorizedSent> {
    try {
      const token = await currentToken(call);
      const headers = { 'content-type': CONTENT_TYPE, 'x-auth-token': token.value };
      const sent = joined(refused, await send(() => ({ ...request, headers }), call));
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

  return {
    projectId: async (call) => project.id ?? (await currentToken(call)).projectId,
    send: sendWithToken,
    isInDoubt: () => watch.isInDoubt() || tokens.isInDoubt(),
  };
}

/** The latter, with what is told of both. */
function joined(first: AuthorizedSent | undefined, second: AuthorizedSent): AuthorizedSent {
  if (first === undefined) return second;
  const sends = first.sends + second.sends;
  return { ...second, sends, mayHaveArrived: first.mayHaveArrived || second.mayHaveArrived };
}
