import { type Operation, parsePath } from './requests.ts';

/** What a path of the API names. */
export interface Route {
  readonly operation: Operation;
  readonly projectId: string;
  readonly shareId: string;
  readonly feature: string;
  readonly taskId: string;
}

export function parseRoute(method: string, path: string): Route | undefined {
  const [version, projectId = '', service, shares, shareId = '', ...rest] = parsePath(path) ?? [];
  if (version !== 'v1' || service !== 'sfs-turbo') return undefined;
  const none = { projectId, shareId: '', feature: '', taskId: '' };
  const last = rest.length === 0 ? `${method} ${shareId}` : '';
  if (shares === 'resource_instances' && last === 'POST action') return { ...none, operation: 'ListSharesByTag' };
  // the share stands where other calls have the word "shares"
  if (last === 'GET tags') return { ...none, operation: 'ShowSharedTags', shareId: shares ?? '' };
  if (shares !== 'shares' || shareId === '') return undefined;
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
