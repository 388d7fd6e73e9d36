import * as v from 'valibot';
import { type AccessKey, type Call, withinDeadline } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import type { Runtime } from '../core/runtime.ts';
import { isId, type ProjectId } from '../core/task.ts';
import { noAnswer } from '../net/answers.ts';
import { withoutEcho } from '../net/echo.ts';
import type { Attempt, Retrier } from '../net/retry.ts';
import type { Transport } from '../net/transport.ts';
import { encodeRfc3986 } from '../net/url.ts';
import { toRefused } from './refused-answer.ts';
import { signRequest } from './signer.ts';

export interface ProjectFinder {
  /**
   * The project that an access key works in: the configured one, the function's own on FunctionGraph, or the one that IAM
   * has under the configured name, which is looked up once.
   *
   * @throws {ServiceError} `misconfigured` when no project, or several, have the name; `iam_rejected`; `upstream_*`
   * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0001.html
   */
  readonly find: (key: AccessKey, call: Call) => Promise<ProjectId>;
  /** Whether it can be told without asking. */
  readonly isKnown: (call: Call) => boolean;
}

export interface ProjectSettings {
  /** Of the target, where there are several. */
  readonly name?: string | undefined;
  readonly iamUrl: string;
  readonly requestTimeoutMs: number;
  readonly project: { readonly id: ProjectId | undefined; readonly name: string };
}

interface Dependencies {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

export function createProjectFinder(
  { iamUrl, requestTimeoutMs, project: { id, name }, name: target }: ProjectSettings,
  { transport, retrier, runtime }: Dependencies,
): ProjectFinder {
  const url = new URL(`${iamUrl}/projects?name=${encodeRfc3986(name)}`);
  let found: ProjectId | undefined;
  /** One look-up for all who wait, so that a wrong key is sent once and not by each of them. */
  let lookup: Promise<ProjectId> | undefined;

  async function attempt(key: AccessKey, remainingMs: number): Promise<Attempt<ProjectId>> {
    const request = { method: 'GET', url } as const;
    const headers = signRequest(request, { 'content-type': 'application/json' }, key, runtime.now());
    const sent = await transport.send({ ...request, headers }, Math.min(requestTimeoutMs, remainingMs));
    if ('failure' in sent) return noAnswer('IAM', sent.failure);
    const { reply } = sent;
    if (reply.status === 200 && reply.truncated === undefined)
      return toOnlyProject(parseJson(reply.body), { name, target });
    const refused = "IAM refused the function's access key";
    return toRefused('IAM', refused, withoutEcho(reply, [key.securityToken, headers['authorization']]), runtime.now());
  }

  async function lookUp(key: AccessKey, call: Call): Promise<ProjectId> {
    try {
      found = await retrier.run(call, (remainingMs) => attempt(key, remainingMs));
      return found;
    } finally {
      lookup = undefined;
    }
  }

  const knownIn = (call: Call): ProjectId | undefined => id ?? call.agency?.projectId ?? found;

  return {
    isKnown: (call) => knownIn(call) !== undefined,
    async find(key, call) {
      const known = knownIn(call);
      if (known !== undefined) return known;
      lookup ??= lookUp(key, call);
      const late = () => noAnswer('IAM', { kind: 'timeout', host: url.host }).failure;
      return withinDeadline(lookup, call.deadlineAtMs - runtime.now(), late);
    },
  };
}

interface Wanted {
  readonly name: string;
  readonly target: string | undefined;
}

const PROJECTS = v.object({ projects: v.array(v.unknown()) });

function toOnlyProject(body: unknown, { name, target }: Wanted): Attempt<ProjectId> {
  const answer = v.safeParse(PROJECTS, body);
  if (!answer.success) return { failure: new ServiceError('upstream_invalid', 'IAM answered with no projects') };
  const project = v.object({ name: v.literal(name), id: v.custom<ProjectId>(isId) });
  const named = answer.output.projects.filter((candidate) => v.is(project, candidate));
  const [only] = named;
  if (only !== undefined && named.length === 1) return { value: only.id };
  const count = named.length === 0 ? 'no project' : `${named.length} projects`;
  return {
    failure: new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
      faults: [
        target === undefined
          ? `HW_PROJECT_NAME names ${count}: set HW_PROJECT_ID`
          : `TARGETS: project_name of ${target} names ${count}: set project_id`,
      ],
    }),
  };
}
