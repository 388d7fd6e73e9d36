import type { AccessKey, Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import type { PermittedSend } from '../net/permitted-send.ts';
import { CONTENT_TYPE, type Credentials, isRefusal, withheld } from './credentials.ts';
import { createKeyWatch } from './key-watch.ts';
import type { ProjectFinder } from './projects.ts';
import { signRequest } from './signer.ts';

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
  const watch = createKeyWatch(runtime);

  /** @throws {ServiceError} `iam_rejected` while this key was refused lately; `misconfigured` without a key */
  function currentKey(call: Call): AccessKey {
    const key = keyOf(call);
    const refusal = watch.refusal(key);
    if (refusal !== undefined) throw refusal;
    return key;
  }

  async function findProject(call: Call): Promise<ProjectId> {
    const key = currentKey(call);
    try {
      return await projects.find(key, call);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'iam_rejected') watch.refuse(key);
      throw error;
    }
  }

  return {
    projectId: findProject,
    send: async (request, call) => {
      try {
        const key = currentKey(call);
        const unsigned = { 'content-type': CONTENT_TYPE, 'x-project-id': await findProject(call) };
        const sent = await send(
          () => ({ ...request, headers: signRequest(request, unsigned, key, runtime.now()) }),
          call,
        );
        if (isRefusal(sent)) watch.refuse(key);
        else if ('reply' in sent) watch.accept(key);
        return sent;
      } catch (error) {
        return withheld(error);
      }
    },
    isInDoubt: watch.isInDoubt,
  };
}

/** The agency's key of this invocation. */
export function agencyKeyOf({ agency }: Call): AccessKey {
  if (agency !== undefined) return agency;
  throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
    faults: ['the function has no agency (and neither HW_USER_NAME nor HW_ACCESS_KEY is set)'],
  });
}
