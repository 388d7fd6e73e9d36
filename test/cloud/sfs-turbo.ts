import { randomUUID } from 'node:crypto';
import { type Answer, gatewayError, jsonAnswer, type Outcome, Refusal, sfsTurboError } from './answers.ts';
import type { Gateway } from './gateway.ts';
import { hasExactly, type Incoming, isJsonMediaType, type Operation, parsePath, parseQuery } from './requests.ts';
import type { ServiceDefinition } from './server.ts';
import type { Share, Shares } from './shares.ts';

const MAX_RUNNING_TASKS = 10;
const MAX_PATH_CHARS = 4096;
const MAX_PATH_LEVEL_CHARS = 255;
const DEFAULT_TASK_LIMIT = 20;
const MAX_TASK_LIMIT = 100;
const DEFAULT_SHARE_LIMIT = 1000;
// one edition of the page allows 200, another names 1000 as the default: only what both allow is served
const MAX_SHARE_LIMIT = 200;

/** What a path of the API names. */
interface Route {
  readonly operation: Operation;
  readonly projectId: string;
  readonly shareId: string;
  readonly feature: string;
  readonly taskId: string;
}

/**
 * The file system task calls of SFS Turbo and the two that find shares, behind the API gateway.
 *
 * @see {@link https://support.huaweicloud.com/api-sfsturbo/DeleteFsTask.html}
 */
export function createSfsTurbo(options: {
  readonly region: string;
  readonly gateway: Gateway;
  readonly shares: Shares;
  /** the project that all shares belong to */
  readonly projectId: string;
}): ServiceDefinition {
  const { gateway, region, shares } = options;

  function findShare(route: Route): Share {
    const share = route.projectId === options.projectId ? shares.all.get(route.shareId) : undefined;
    // in no error table; seen by the Terraform provider for Huawei Cloud when the share does not exist
    if (share === undefined) throw new Refusal(sfsTurboError(403, '9000', 'no privileges to operate'));
    return share;
  }

  function findTaskShare(route: Route): Share {
    if (route.feature !== 'dir-usage') throw new Refusal(sfsTurboError(400, '0123', 'feature invalid'));
    const share = findShare(route);
    // which code an old share gives is not documented; 0041 is the table's "file system version too early"
    if (!share.supportsTasks) throw new Refusal(sfsTurboError(400, '0041', 'Operation is not allowed'));
    return share;
  }

  function createFsTask(route: Route, request: Incoming): Outcome {
    parseQueryOf(request, []);
    const path = parseCreateBody(request.record.body);
    const share = findTaskShare(route);
    const running = shares.tasks(share).filter(({ status }) => status === 'DOING').length;
    // the limit is documented, its code is not; 0011 is the table's "wait and retry"
    if (running >= MAX_RUNNING_TASKS) throw new Refusal(sfsTurboError(400, '0011', 'Cluster is doing something'));
    // a dashed id as in this call's example, though the other pages show 32 hex digits
    const taskId = randomUUID();
    return { answer: jsonAnswer(202, { task_id: taskId }), act: () => shares.addTask(share.id, { id: taskId, path }) };
  }

  function listFsTasks(route: Route, request: Incoming): Outcome {
    const query = parseQueryOf(request, ['marker', 'limit']);
    const limit = parseCount(query.get('limit'), { name: 'limit', min: 1, max: MAX_TASK_LIMIT }) ?? DEFAULT_TASK_LIMIT;
    const listed = shares.listed(findTaskShare(route));
    const marker = query.get('marker');
    if (marker === '') throw new Refusal(parameterError('marker'));
    const markerIndex = marker === undefined ? -1 : listed.findIndex((task) => task['task_id'] === marker);
    // 404 is documented for this call as well, and a marker is the only task id in it
    if (marker !== undefined && markerIndex < 0) throw new Refusal(taskNotFound());
    return { answer: jsonAnswer(200, { tasks: listed.slice(markerIndex + 1, markerIndex + 1 + limit) }) };
  }

  function showFsTask(route: Route, request: Incoming): Outcome {
    parseQueryOf(request, []);
    const task = shares.listed(findTaskShare(route)).find((listed) => listed['task_id'] === route.taskId);
    if (task === undefined) throw new Refusal(taskNotFound());
    return { answer: jsonAnswer(200, task) };
  }

  function deleteFsTask(route: Route, request: Incoming): Outcome {
    parseQueryOf(request, []);
    const share = findTaskShare(route);
    if (shares.task(share, route.taskId) === undefined) throw new Refusal(taskNotFound());
    // the page has no body table for 202, only the X-request-id header
    return { answer: { status: 202 }, act: () => shares.deleteTask(share, route.taskId) };
  }

  function listShares(route: Route, request: Incoming): Outcome {
    const query = parseQueryOf(request, ['limit', 'offset']);
    const limit = parseCount(query.get('limit'), { name: 'limit', min: 0, max: MAX_SHARE_LIMIT });
    const offset = parseCount(query.get('offset'), { name: 'offset', min: 0, max: Number.MAX_SAFE_INTEGER });
    // "the limit takes effect only when both are used": https://support.huaweicloud.com/en-us/api-sfs/sfs_02_0053.html
    const size = limit === undefined || offset === undefined ? DEFAULT_SHARE_LIMIT : limit;
    const all = route.projectId === options.projectId ? [...shares.all.values()] : [];
    const page = all.slice(offset ?? 0, (offset ?? 0) + size);
    // whether count is the total or the page's is not documented; a client has to hold with both
    return { answer: jsonAnswer(200, { shares: page.map((share) => shareBody(share, region)), count: all.length }) };
  }

  function showShare(route: Route, request: Incoming): Outcome {
    parseQueryOf(request, []);
    return { answer: jsonAnswer(200, shareBody(findShare(route), region)) };
  }

  const handlers: Readonly<Partial<Record<Operation, (route: Route, request: Incoming) => Outcome>>> = {
    CreateFsTask: createFsTask,
    ListFsTasks: listFsTasks,
    ShowFsTask: showFsTask,
    DeleteFsTask: deleteFsTask,
    ListShares: listShares,
    ShowShare: showShare,
  };

  return {
    service: 'sfs-turbo',
    operationOf: (method, path) => parseRoute(method, path)?.operation ?? 'unknown',
    headers: (requestId) => ({ Server: 'api-gateway', 'X-request-id': requestId }),

    handle(request) {
      const { method, path } = request.record;
      const route = parseRoute(method, path);
      const handler = route === undefined ? undefined : handlers[route.operation];
      if (route === undefined || handler === undefined) throw new Refusal(noSuchApi(request.requestId));
      gateway.admit(request, route.projectId);
      checkForm(request);
      return handler(route, request);
    },
  };
}

function parseRoute(method: string, path: string): Route | undefined {
  const [version, projectId = '', service, shares, shareId = '', ...rest] = parsePath(path) ?? [];
  if (version !== 'v1' || service !== 'sfs-turbo' || shares !== 'shares' || shareId === '') return undefined;
  const [fs, feature = '', tasks, taskId = '', ...beyond] = rest;
  const operation =
    rest.length === 0 ? shareOperation(method, shareId) : taskOperation(method, taskId === '' ? 'all' : 'one');
  const isTaskPath = fs === 'fs' && tasks === 'tasks' && beyond.length === 0;
  if (operation === undefined || (rest.length > 0 && !isTaskPath)) return undefined;
  return { operation, projectId, shareId, feature, taskId };
}

function shareOperation(method: string, shareId: string): Operation | undefined {
  if (method !== 'GET') return undefined;
  return shareId === 'detail' ? 'ListShares' : 'ShowShare';
}

function taskOperation(method: string, which: 'all' | 'one'): Operation | undefined {
  const operations: Readonly<Record<string, Operation>> =
    which === 'all' ? { POST: 'CreateFsTask', GET: 'ListFsTasks' } : { GET: 'ShowFsTask', DELETE: 'DeleteFsTask' };
  return operations[method];
}

/** Content-Type is mandatory on every call, also where there is no body; a body belongs to POST alone. */
function checkForm({ bytes, record }: Incoming): void {
  if (!isJsonMediaType(record.headers['content-type'])) throw new Refusal(parameterError('Content-Type'));
  if (record.method !== 'POST' && bytes.length > 0) throw new Refusal(parameterError('body'));
}

function parseQueryOf({ rawQuery }: Incoming, names: readonly string[]): ReadonlyMap<string, string> {
  const query = parseQuery(rawQuery, names);
  if (query === undefined) throw new Refusal(parameterError('query'));
  return query;
}

function parseCount(
  text: string | undefined,
  { name, min, max }: { readonly name: string; readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= min && count <= max)) throw new Refusal(parameterError(name));
  return count;
}

/** @see {@link https://support.huaweicloud.com/api-sfsturbo/CreateFsTask.html} */
function parseCreateBody(body: string): string {
  const path = parsePathField(body);
  const levels = path?.split('/') ?? [];
  const isValid =
    path?.startsWith('/') === true &&
    path.length <= MAX_PATH_CHARS &&
    levels.every((level) => level.length <= MAX_PATH_LEVEL_CHARS);
  if (path === undefined || !isValid) throw new Refusal(parameterError('path'));
  return path;
}

function parsePathField(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return hasExactly(value, ['path']) && typeof value['path'] === 'string' ? value['path'] : undefined;
  } catch {
    return undefined;
  }
}

function parameterError(what: string): Answer {
  return sfsTurboError(400, '0001', `Parameter error: ${what}`);
}

function taskNotFound(): Answer {
  return sfsTurboError(404, '0124', 'task_id not found');
}

function noSuchApi(requestId: string): Answer {
  const message = 'The API does not exist or has not been published in the environment';
  return gatewayError(404, '0101', message, requestId);
}

/** @see {@link https://support.huaweicloud.com/api-sfsturbo/ListShares.html} */
function shareBody(share: Share, region: string): unknown {
  const isNew = share.supportsTasks;
  return {
    id: share.id,
    name: share.name,
    status: '200',
    sub_status: '',
    version: '1.0.0',
    region,
    created_at: share.createdAt,
    share_proto: 'NFS',
    share_type: isNew ? 'HPC_PERFORMANCE_250M' : 'STANDARD',
    ...(isNew ? { expand_type: 'hpc', hpc_bw: '250M' } : {}),
    // both sizes are strings, in GB
    size: '1228.80',
    avail_capacity: '1200.00',
    availability_zone: `${region}a`,
    az_name: '',
    action_progress: {},
    export_location: `${share.id}.sfsturbo.internal:/`,
    pay_model: '0',
    security_group_id: '8c4ebbd0-6edf-4aae-8353-81ce6d06e1f6',
    subnet_id: 'e5eb7d1b-6c0c-4a5e-b19c-1a8d1a6d5a3f',
    vpc_id: '0157b53f-4974-4e80-91c9-098532bcaf00',
    enterprise_project_id: '0',
    tags: [],
  };
}
