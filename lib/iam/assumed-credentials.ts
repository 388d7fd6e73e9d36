import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ProjectId } from '../core/task.ts';
import type { PermittedSend } from '../net/permitted-send.ts';
import type { Request } from '../net/request.ts';
import type { AssumedKey } from './assume-exchange.ts';
import { CONTENT_TYPE, type Credentials, type RequestLine, withheld } from './credentials.ts';
import type { KeySource } from './key-source.ts';
import { createKeyWatch } from './key-watch.ts';
import type { ProjectFinder } from './projects.ts';
import { createRenewingSend, type Renewable } from './renewing-send.ts';
import { signRequest } from './signer.ts';

interface InProject extends RequestLine {
  readonly project: ProjectId;
}

/**
 * A signature for each request, with the key of an agency in another account. It may be killed before its time, so a 401 makes
 * it renewed, once for all targets of the account.
 *
 * @param own the function's own key, by which the agency is assumed
 */
export function createAssumedCredentials(
  keys: Renewable<AssumedKey>,
  own: Pick<KeySource, 'isInDoubt'>,
  projects: ProjectFinder,
  send: PermittedSend,
  runtime: Runtime,
): Credentials {
  // a look-up that IAM does not allow says nothing of the key in other projects
  const lookups = createKeyWatch(runtime);

  async function find(key: AssumedKey, call: Call): Promise<ProjectId> {
    const refusal = lookups.refusal(key);
    if (refusal !== undefined) throw refusal;
    try {
      return await projects.find(key, call);
    } catch (error) {
      const isRefused = error instanceof ServiceError && error.code === 'iam_rejected';
      if (isRefused && error.upstream?.status === 401) keys.watch.refuse(key);
      else if (isRefused) lookups.refuse(key);
      throw error;
    }
  }

  async function projectId(call: Call): Promise<ProjectId> {
    const key = await keys.current(call);
    try {
      return await find(key, call);
    } catch (error) {
      const renewed = await keys.current(call);
      if (renewed === key) throw error;
      return find(renewed, call);
    }
  }

  const sendSigned = createRenewingSend(keys, sign, send);

  function sign({ project, ...request }: InProject, key: AssumedKey): Request {
    const unsigned = { 'content-type': CONTENT_TYPE, 'x-project-id': project };
    return { ...request, headers: signRequest(request, unsigned, key, runtime.now()) };
  }

  return {
    projectId,
    send: async (request, call) => {
      try {
        return await sendSigned({ ...request, project: await projectId(call) }, call);
      } catch (error) {
        return withheld(error);
      }
    },
    // an agency that is refused casts no doubt on the function's own key
    isInDoubt: own.isInDoubt,
  };
}
