import type { Call } from '../core/call.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import type { PermittedSend } from '../net/permitted-send.ts';
import type { Request } from '../net/request.ts';
import { CONTENT_TYPE, type Credentials, type RequestLine } from './credentials.ts';
import { createRenewingSend } from './renewing-send.ts';
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
  const watch = createTokenWatch(tokens.discard, "SFS Turbo has just refused a fresh token of the function's", runtime);

  /** @throws {ServiceError} `iam_rejected` while a fresh token was refused lately; what the token source throws */
  async function current(call: Call): Promise<IamToken> {
    const refusal = watch.refusal();
    if (refusal !== undefined) throw refusal;
    return tokens.get(call);
  }

  function authorize(request: RequestLine, { value }: IamToken): Request {
    return { ...request, headers: { 'content-type': CONTENT_TYPE, 'x-auth-token': value } };
  }

  return {
    projectId: async (call) => project.id ?? (await current(call)).projectId,
    send: createRenewingSend({ current, watch }, authorize, send),
    isInDoubt: () => watch.isInDoubt() || tokens.isInDoubt(),
  };
}
