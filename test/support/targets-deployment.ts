import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createHandler } from '../../handlers/http.ts';
import { createHttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import type { EstateTarget } from '../cloud/estate.ts';
import { expectDocumented } from '../openapi.ts';
import { lambdaContext } from './contexts.ts';
import { cancelEvent, httpEvent, sha256 } from './deployment.ts';
import { onlyApp } from './only-app.ts';
import { accountsOf, startTargetEstate, type TargetEstate, toEntry } from './target-estate.ts';

interface Options {
  readonly entries?: (estate: TargetEstate) => readonly Record<string, unknown>[];
  readonly rights?: (estate: TargetEstate) => string;
  readonly variables?: (estate: TargetEstate) => Readonly<Record<string, string>>;
}

/** The function `http` for the eight targets of the estate, or for others. */
export async function deployTargets({ entries, rights, variables }: Options = {}) {
  const estate = await startTargetEstate();
  const key = `key-${randomBytes(24).toString('base64url')}`;
  const listed = entries?.(estate) ?? estate.targets.map((target) => toEntry(estate, target));
  const values: Readonly<Record<string, string>> = {
    ...estate.key,
    ACCOUNTS: accountsOf(estate),
    TARGETS: JSON.stringify(listed),
    CALLER_KEYS: `ci:${sha256(key)}:${rights?.(estate) ?? 'read+cancel+cancel-many+sweep'}`,
    MAX_ATTEMPTS: '1',
    ...variables?.(estate),
  };
  const lines: string[] = [];
  const app = createHttpApp(
    readHttpConfig((name) => values[name]),
    { ...estate.runtime, write: (line) => lines.push(line) },
  );
  onTestFinished(() => app.close());
  const handler = createHandler(onlyApp(app));
  const headers = { authorization: `Bearer ${key}` };
  async function invoke(event: Record<string, unknown>) {
    const answer = await handler(event, lambdaContext());
    expectDocumented(event, answer);
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  }
  const tasksPath = ({ project, shareId }: EstateTarget) =>
    `/v1/${project.id}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks`;
  return {
    ...estate,
    lines,
    logged: (event: string) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
    cancel: (body: unknown) => invoke(cancelEvent(body, headers)),
    cancelByPath: (target: EstateTarget) =>
      invoke(httpEvent('DELETE', `${tasksPath(target)}/${target.taskId}`, headers)),
    list: (target: EstateTarget) => invoke(httpEvent('GET', tasksPath(target), headers)),
    post: (path: string, body: unknown) =>
      invoke(httpEvent('POST', path, { 'content-type': 'application/json', ...headers }, body)),
  };
}

/** The name that a target of the estate has in `TARGETS`. */
export const nameOf = ({ account, project }: EstateTarget) => `${account.domainName}-${project.name.replace('_', '-')}`;
