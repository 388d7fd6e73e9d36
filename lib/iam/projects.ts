import type { Config } from '../config/read-config.ts';
import type { AccessKey } from '../core/call.ts';
import { type Call, withinDeadline } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import { isRecord, parseJson } from '../core/json.ts';
import type { Runtime } from '../core/runtime.ts';
import { isId, type ProjectId } from '../core/task.ts';
import { failedAnswer, noAnswer } from '../net/answers.ts';
import type { Attempt, Retrier } from '../net/retry.ts';
import { type Reply, type Transport, TransportFailure } from '../net/transport.ts';
import { encodeRfc3986 } from '../net/url.ts';
import { signRequest } from './signer.ts';

export interface ProjectFinder {
  /**
   * The project that an access key works in: the configured one, the function's own on FunctionGraph, or the one that IAM
   * has under the configured name, which is looked up once.
   *
   * @throws {ServiceError} `misconfigured` when the name is no project's, or several projects'; `iam_rejected`; `upstream_*`
   * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0001.html
   */
  readonly find: (key: AccessKey, call: Call) => Promise<ProjectId>;
}

interface Dependencies {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

export function createProjectFinder(config: Config, { transport, retrier, runtime }: Dependencies): ProjectFinder {
  const { id, name } = config.project;
  const url = new URL(`${config.iamUrl}/projects?name=${encodeRfc3986(name)}`);
  let found: ProjectId | undefined;
  /** Shared by all who wait, so that a wrong key is shown once and not by each of them. */
  let flight: Promise<ProjectId> | undefined;

  function lookUp(key: AccessKey, call: Call): Promise<ProjectId> {
    const lookingUp = retrier
      .run(call, (_number, remainingMs) => attempt(key, remainingMs))
      .then((id) => {
        found = id;
        return id;
      })
      .finally(() => {
        flight = undefined;
      });
    lookingUp.catch(() => {}); // whoever waited may have given up before
    return lookingUp;
  }

  async function attempt(key: AccessKey, remainingMs: number): Promise<Attempt<ProjectId>> {
    const request = { method: 'GET', url } as const;
    const headers = signRequest(request, { 'content-type': 'application/json' }, key, runtime.now());
    try {
      return judge(await transport.send({ ...request, headers }, Math.min(config.requestTimeoutMs, remainingMs)));
    } catch (error) {
      if (error instanceof TransportFailure) return noAnswer('IAM', error);
      throw error;
    }
  }

  function judge(reply: Reply): Attempt<ProjectId> {
    if (reply.status === 200 && reply.cut === undefined) {
      const ids = parseProjects(reply.body, name);
      if (ids === undefined) return { failure: new ServiceError('upstream_invalid', 'IAM answered with no projects') };
      const [only] = ids;
      if (only !== undefined && ids.length === 1) return { value: only };
      const count = ids.length === 0 ? 'no project' : `${ids.length} projects`;
      return {
        failure: new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
          faults: [`HW_PROJECT_NAME names ${count}: set HW_PROJECT_ID`],
        }),
      };
    }
    const failed = failedAnswer('IAM', reply, runtime.now());
    const { upstream } = failed.failure;
    if (reply.status < 400 || reply.status > 404) return failed;
    return {
      failure: new ServiceError('iam_rejected', `IAM refused the function's access key (${reply.status})`, {
        upstream,
      }),
    };
  }

  return {
    async find(key, call) {
      const known = id ?? call.agency?.projectId ?? found;
      if (known !== undefined) return known;
      flight ??= lookUp(key, call);
      const late = () => new ServiceError('upstream_timeout', 'IAM did not answer in time');
      return withinDeadline(flight, call.deadlineAtMs - runtime.now(), late);
    },
  };
}

function parseProjects(body: string, name: string): readonly ProjectId[] | undefined {
  const value = parseJson(body);
  const projects = isRecord(value) ? value['projects'] : undefined;
  if (!Array.isArray(projects)) return undefined;
  return projects
    .filter((project) => isRecord(project) && project['name'] === name && isId(project['id']))
    .map((project) => project.id as ProjectId);
}
