import type { AccessKey, Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import { type Runtime, startSpan } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import type { Request } from '../net/transport.ts';
import type { ProjectFinder } from './projects.ts';
import { signRequest } from './signer.ts';
import type { IamToken, TokenSource } from './token.ts';

/** What one request needs to be let in. */
export interface Authorization {
  /** The project of the credentials: every URL is built with it. */
  readonly projectId: ProjectId;
  /** All headers that exactly this request goes out with. */
  readonly headersFor: (request: Pick<Request, 'method' | 'url' | 'body'>) => Readonly<Record<string, string>>;
  /** To be told of any answer but a 401. */
  readonly accepted?: () => void;
  /** To be told of a 401. Says whether the next authorization is a different one, and so worth one more request. */
  readonly refused: () => boolean;
}

export interface Credentials {
  /** @throws {ServiceError} `iam_rejected`, `upstream_*` when there is nothing to be let in with; `misconfigured` */
  readonly authorize: (call: Call) => Promise<Authorization>;
  /** Whether they were refused and have not been accepted since. */
  readonly isInDoubt: () => boolean;
}

const REMEMBER_REFUSAL_MS = 60_000;
// documented as mandatory on every request, also on those without a body
const CONTENT_TYPE = 'application/json';

/** A token in `X-Auth-Token`. It can die before its time (a change of permissions is enough), so a 401 makes it renewed. */
export function createTokenCredentials(tokens: TokenSource, runtime: Runtime): Credentials {
  // how many tokens SFS Turbo has refused in a row, the latest of them, and whether a login must wait
  let inARow = 0;
  let latest: IamToken | undefined;
  let isRefused = (): boolean => false;

  /** Many callers may have used one token: its refusal counts once. */
  function refuse(token: IamToken): boolean {
    if (token !== latest) {
      latest = token;
      inARow += 1;
      tokens.discard(token);
      // the second token in a row was a fresh one: a third would fare no better
      if (inARow > 1) isRefused = startSpan(runtime, REMEMBER_REFUSAL_MS);
    }
    return !isRefused();
  }

  return {
    isInDoubt: () => inARow > 0 || tokens.isInDoubt(),
    async authorize(call) {
      if (isRefused()) {
        throw new ServiceError('iam_rejected', "SFS Turbo has just refused a fresh token of the function's");
      }
      const token = await tokens.get(call);
      return {
        projectId: token.projectId,
        headersFor: () => ({ 'content-type': CONTENT_TYPE, 'x-auth-token': token.value }),
        accepted: () => {
          inARow = 0;
          isRefused = () => false;
        },
        refused: () => refuse(token),
      };
    },
  };
}

// More than five bad signatures in a row lock an access key for five minutes, for everybody who has it. One a minute would
// still come to that, so the third in a row is the last for as long as a lock takes.
const MAX_REFUSALS_IN_A_ROW = 3;
const LOCK_MS = 5 * 60_000;

/**
 * A signature for each request: with the configured key, or with the agency's, which comes with the call and is never
 * kept. A 401 is final: the same key would be refused again, and the next ones lock it.
 */
export function createKeyCredentials(
  keyOf: (call: Call) => AccessKey,
  projects: ProjectFinder,
  runtime: Runtime,
): Credentials {
  let refused: { readonly accessKey: string; readonly inARow: number; readonly lasts: () => boolean } | undefined;

  function isRefused(accessKey: string): boolean {
    return refused?.accessKey === accessKey && refused.lasts();
  }

  function refuse({ accessKey }: AccessKey): void {
    // told of one refusal by all who waited for it
    if (isRefused(accessKey)) return;
    const inARow = refused?.accessKey === accessKey ? refused.inARow + 1 : 1;
    const rememberMs = inARow < MAX_REFUSALS_IN_A_ROW ? REMEMBER_REFUSAL_MS : LOCK_MS;
    refused = { accessKey, inARow, lasts: startSpan(runtime, rememberMs) };
  }

  return {
    isInDoubt: () => refused !== undefined,
    async authorize(call) {
      const key = keyOf(call);
      if (isRefused(key.accessKey)) {
        throw new ServiceError('iam_rejected', "the function's access key has just been refused");
      }
      const projectId = await projects.find(key, call).catch((error: unknown) => {
        if (error instanceof ServiceError && error.code === 'iam_rejected') refuse(key);
        throw error;
      });
      return {
        projectId,
        headersFor: (request) =>
          signRequest(request, { 'content-type': CONTENT_TYPE, 'x-project-id': projectId }, key, runtime.now()),
        accepted: () => {
          if (refused?.accessKey === key.accessKey) refused = undefined;
        },
        refused: () => {
          refuse(key);
          return false;
        },
      };
    },
  };
}

/** The agency's key of this invocation. */
export function agencyKeyOf(call: Call): AccessKey {
  if (call.agency !== undefined) return call.agency;
  throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
    faults: ['the function has no agency (and neither HW_USER_NAME nor HW_ACCESS_KEY is set)'],
  });
}
