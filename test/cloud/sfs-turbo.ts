import { type Answer, gatewayError, jsonAnswer, type Outcome, Refusal } from './answers.ts';
import { createFsTask, deleteFsTask, listFsTasks, showFsTask } from './fs-tasks.ts';
import type { Gateway } from './gateway.ts';
import type { Incoming, Operation } from './requests.ts';
import type { ServiceDefinition } from './server.ts';
import { checkForm, findShare, parseCount, parseQueryOf, type Target } from './sfs-turbo-form.ts';
import { parseRoute } from './sfs-turbo-route.ts';
import { type ShareBody, shareBody } from './share-body.ts';
import { listSharesByTag, showSharedTags } from './tags.ts';

const DEFAULT_SHARE_LIMIT = 1000;
// one edition of the page allows 200, another names 1000 as the default: only what both allow is served
const MAX_SHARE_LIMIT = 200;

type Handler = (target: Target, request: Incoming) => Outcome;

/**
 * SFS Turbo in one region, behind the API gateway: the file system task calls and those that find shares.
 *
 * @see {@link https://support.huaweicloud.com/api-sfsturbo/DeleteFsTask.html}
 */
export function createSfsTurbo(options: {
  readonly region: string;
  readonly gateway: Gateway;
  readonly tagsInListings: boolean;
}): ServiceDefinition {
  const { gateway, region, tagsInListings } = options;
  const bodyOf: ShareBody = (share) => shareBody(share, region, tagsInListings);

  const handlers: Readonly<Partial<Record<Operation, Handler>>> = {
    CreateFsTask: createFsTask,
    ListFsTasks: listFsTasks,
    ShowFsTask: showFsTask,
    DeleteFsTask: deleteFsTask,
    ListShares: (target, request) => listShares(target, request, bodyOf),
    ShowShare: (target, request) => {
      parseQueryOf(request, []);
      return { answer: jsonAnswer(200, bodyOf(findShare(target))) };
    },
    ListSharesByTag: listSharesByTag,
    ShowSharedTags: showSharedTags,
  };

  return {
    service: 'sfs-turbo',
    region,
    operationOf: (method, path) => parseRoute(method, path)?.operation ?? 'unknown',
    headers: (requestId) => ({ Server: 'api-gateway', 'X-request-id': requestId }),

    handle(request) {
      const { method, path } = request.record;
      const route = parseRoute(method, path);
      const handler = route === undefined ? undefined : handlers[route.operation];
      if (route === undefined || handler === undefined) throw new Refusal(noSuchApi(request.requestId));
      const { shares } = gateway.admit(request, route.projectId);
      checkForm(request);
      return handler({ ...route, shares }, request);
    },
  };
}

function listShares({ shares }: Target, request: Incoming, bodyOf: ShareBody): Outcome {
  const query = parseQueryOf(request, ['limit', 'offset']);
  const limit = parseCount(query.get('limit'), { name: 'limit', min: 0, max: MAX_SHARE_LIMIT });
  const offset = parseCount(query.get('offset'), { name: 'offset', min: 0, max: Number.MAX_SAFE_INTEGER });
  // "the limit takes effect only when both are used": https://support.huaweicloud.com/en-us/api-sfs/sfs_02_0053.html
  const size = limit === undefined || offset === undefined ? DEFAULT_SHARE_LIMIT : limit;
  const page = [...shares.all.values()].slice(offset ?? 0, (offset ?? 0) + size);
  // whether count is the total or the page's is not documented; a client has to hold with both
  return { answer: jsonAnswer(200, { shares: page.map(bodyOf), count: shares.all.size }) };
}

export function noSuchApi(requestId: string): Answer {
  const message = 'The API does not exist or has not been published in the environment';
  return gatewayError(404, '0101', message, requestId);
}
