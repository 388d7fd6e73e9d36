import type { AccessKey, Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import type { PermittedSend } from '../net/permitted-send.ts';
import { CONTENT_TYPE, type Credentials, isRefusal, REMEMBER_REFUSAL_MS, withheld } from './credentials.ts';
import type { ProjectFinder } from './projects.ts';
import { createRefusals } from './refusals.ts';
import { signRequest } from './signer.ts';

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
  send: PermittedSend,
  runtime: Runtime,
): Credentials {
  const refusals = createRefusals(runtime);
  let refused: { readonly accessKey: string; readonly inARow: number } | undefined;

  /** @throws {ServiceError} `iam_rejected` while this key was refused lately; `misconfigured` without a key */
  function currentKey(call: Call): AccessKey {
    const key = keyOf(call);
    const refusal = refusals.current();
    if (refusal !== undefined && refused?.accessKey === key.accessKey) throw refusal;
    return key;
  }

  function accept({ accessKey }: AccessKey): void {
    if (refused?.accessKey !== accessKey) return;
    refused = undefined;
    refusals.forget();
  }

  function refuse({ accessKey }: AccessKey): void {
    // several calls may be told of one refusal
    if (refused?.accessKey === accessKey && refusals.current() !== undefined) return;
    const inARow = refused?.accessKey === accessKey ? refused.inARow + 1 : 1;
    refused = { accessKey, inARow };
    refusals.remember(
      new ServiceError('iam_rejected', "the function's access key has just been refused"),
      inARow < MAX_REFUSALS_IN_A_ROW ? REMEMBER_REFUSAL_MS : LOCK_MS,
    );
  }

  async function findProject(call: Call): Promise<ProjectId> {
    const key = currentKey(call);
    try {
      return await projects.find(key, call);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'iam_rejected') refuse(key);
      throw error;
    }
  }

  return {
    projectId: findProject,
    send: async (request, call) => {
      try {
        const key = currentKey(call);
        const projectId = await findProject(call);
        const unsigned = { 'content-type': CONTENT_TYPE, 'x-project-id': projectId };
        const sign = () => signRequest(request, unsigned, key, runtime.now());
        const sent = await send(() => ({ ...request, headers: sign() }), call);
        if (isRefusal(sent)) refuse(key);
        else if ('reply' in sent) accept(key);
        return sent;
      } catch (error) {
        return withheld(error);
      }
    },
    isInDoubt: () => refused !== undefined,
  };
}

/** The agency's key of this invocation. */
export function agencyKeyOf({ agency }: Call): AccessKey {
  if (agency !== undefined) return agency;
  throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
    faults: ['the function has no agency (and neither HW_USER_NAME nor HW_ACCESS_KEY is set)'],
  });
}
