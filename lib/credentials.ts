import type { Call } from './call.ts';
import type { TokenSource } from './iam.ts';
import type { ProjectId } from './task.ts';
import type { Request } from './transport.ts';

/** What one request needs to be let in. */
export interface Authorization {
  /** The project of the credentials: every URL is built with it. */
  readonly projectId: ProjectId;
  /** Headers that let exactly this request in. */
  readonly headersFor: (request: Pick<Request, 'method' | 'url' | 'body'>) => Readonly<Record<string, string>>;
  /** After a 401: makes the next authorization a fresh one. Absent where a fresh one would be the same. */
  readonly renew?: (() => void) | undefined;
}

export interface Credentials {
  /** @throws {ServiceError} `iam_rejected`, `upstream_*` when a token is needed and cannot be had */
  readonly authorize: (call: Call) => Promise<Authorization>;
}

export function createTokenCredentials(tokens: TokenSource): Credentials {
  return {
    async authorize(call) {
      const token = await tokens.get(call);
      return {
        projectId: token.projectId,
        headersFor: () => ({ 'x-auth-token': token.value }),
        renew: () => tokens.discard(token),
      };
    },
  };
}
