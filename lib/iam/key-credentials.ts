import type { AccessKey, Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import type { PermittedSend } from '../net/permitted-send.ts';
import { type AuthorizedSent, CONTENT_TYPE, type Credentials, isRefusal, withheld } from './credentials.ts';
import type { KeySource } from './key-source.ts';
import { createKeyWatch } from './key-watch.ts';
import type { ProjectFinder } from './projects.ts';
import { signRequest } from './signer.ts';

/**
 * A signature for each request, with a key that may serve other projects too. A 401 is final: the same key would be refused
 * again, and the next ones lock it.
 */
export function createKeyCredentials(
  keys: KeySource,
  projects: ProjectFinder,
  send: PermittedSend,
  runtime: Runtime,
): Credentials {
  // a look-up that IAM does not allow says nothing of the key in other projects
  const lookups = createKeyWatch(runtime);

  async function findProject(call: Call): Promise<ProjectId> {
    const refusal = lookups.refusal(keys.current(call));
    if (refusal !== undefined) throw refusal;
    return projects.isKnown(call) ? projects.find(keys.current(call), call) : keys.use(call, lookUp(call), () => true);
  }

  function lookUp(call: Call) {
    return async (key: AccessKey): Promise<ProjectId> => {
      try {
        return await projects.find(key, call);
      } catch (error) {
        if (error instanceof ServiceError && error.code === 'iam_rejected') {
          (error.upstream?.status === 401 ? keys : lookups).refuse(key);
        }
        throw error;
      }
    };
  }

  function accept(key: AccessKey): void {
    keys.accept(key);
    lookups.accept(key);
  }

  return {
    projectId: findProject,
    send: async (request, call) => {
      try {
        const unsigned = { 'content-type': CONTENT_TYPE, 'x-project-id': await findProject(call) };
        const signed = async (key: AccessKey): Promise<AuthorizedSent> => {
          const toRequest = () => ({ ...request, headers: signRequest(request, unsigned, key, runtime.now()) });
          const sent = await send(toRequest, call);
          if (isRefusal(sent)) keys.refuse(key);
          else if ('reply' in sent) accept(key);
          return sent;
        };
        return await keys.use(call, signed, (sent) => 'reply' in sent && !isRefusal(sent));
      } catch (error) {
        return withheld(error);
      }
    },
    isInDoubt: () => keys.isInDoubt() || lookups.isInDoubt(),
  };
}
