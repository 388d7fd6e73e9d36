import { type Call, type Reply, send, startTestCloud, tokenBody, withSignature, withToken } from './caller.ts';
import type { Cloud, CloudAccount, CloudOptions, CloudProject, CloudUser } from './cloud.ts';

/** Two accounts with two regions each, and two projects in each region; a share with a task in every project. */
export interface Estate {
  readonly cloud: Cloud;
  readonly accounts: readonly CloudAccount[];
  /** in the order of accounts, regions, and of the region's own project before its sub-project */
  readonly targets: readonly EstateTarget[];
  /** @throws {RangeError} beyond the eight */
  at(index: number): EstateTarget;
}

export interface EstateTarget {
  readonly account: CloudAccount;
  readonly project: CloudProject;
  readonly shareId: string;
  readonly taskId: string;
  /** of SFS Turbo in the project's region */
  readonly url: string;
}

export async function startEstate(options?: CloudOptions): Promise<Estate> {
  const cloud = await startTestCloud(options);
  await cloud.addRegion('cn-east-3');
  const accounts = [cloud.addAccount('one'), cloud.addAccount('two')];
  const names = ['cn-north-4', 'cn-north-4_team', 'cn-east-3', 'cn-east-3_team'];
  const targets = accounts.flatMap((account) =>
    names.map((name) => {
      const project = account.addProject(name);
      const shareId = project.addShare();
      const taskId = project.addTask(shareId);
      return { account, project, shareId, taskId, url: cloud.regionOf(project.region).sfsTurboUrl };
    }),
  );
  const at = (index: number): EstateTarget => {
    const target = targets[index];
    if (target === undefined) throw new RangeError(`there is no target ${index}`);
    return target;
  };
  return { cloud, accounts, targets, at };
}

export function sharesUrl({ project, url }: EstateTarget): string {
  return `${url}/v1/${project.id}/sfs-turbo/shares/detail`;
}

export function taskUrl({ project, shareId, taskId, url }: EstateTarget): string {
  return `${url}/v1/${project.id}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks/${taskId}`;
}

export async function tokenFor(cloud: Cloud, user: CloudUser, project: CloudProject): Promise<string> {
  const body = tokenBody(cloud, { scope: { project: { id: project.id } }, user });
  const headers = { 'Content-Type': 'application/json' };
  const reply = await send(`${cloud.iamUrl}/auth/tokens`, { method: 'POST', headers, body: JSON.stringify(body) });
  return String(reply.headers['x-subject-token']);
}

export function sendWithToken(url: string, token: string, call: Call = {}): Promise<Reply> {
  return send(url, { ...call, headers: withToken(token) });
}

export function sendSigned(
  url: string,
  keys: Parameters<typeof withSignature>[2],
  { projectId, atMs, ...call }: Call & { readonly projectId?: string | undefined; readonly atMs?: number } = {},
): Promise<Reply> {
  const options = { ...(projectId === undefined ? {} : { projectId }), ...(atMs === undefined ? {} : { atMs }) };
  return send(url, { ...call, headers: withSignature(url, call, keys, options) });
}

/** Status and error code of an answer, e.g. `403 APIGW.0302`. */
export function outcomeOf({ status, text }: Reply): string {
  const body = text === '' ? {} : JSON.parse(text);
  return [status, body.errCode ?? body.error_code ?? body.error?.title].join(' ').trim();
}
