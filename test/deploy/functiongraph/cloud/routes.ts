const URN = '(?<urn>urn:fss:[^/]+)';
// triggers and asynchronous invocations are of a version
const VERSION_URN = '(?<urn>urn:fss:[^/]+:latest)';
const GATEWAY = '/apigw/instances/gateway-1';
const ROUTES = {
  ListRuntimes: ['GET', '/fgs/runtimetypes'],
  CreateFunction: ['POST', '/fgs/functions'],
  ListFunctions: ['GET', '/fgs/functions'],
  DeleteFunction: ['DELETE', `/fgs/functions/${URN}`],
  UpdateFunctionCode: ['PUT', `/fgs/functions/${URN}/code`],
  ShowFunctionConfig: ['GET', `/fgs/functions/${URN}/config`],
  UpdateFunctionConfig: ['PUT', `/fgs/functions/${URN}/config`],
  UpdateFunctionMaxInstanceConfig: ['PUT', `/fgs/functions/${URN}/config-max-instance`],
  UpdateFunctionAsyncInvokeConfig: ['PUT', `/fgs/functions/${VERSION_URN}/async-invoke-config`],
  CreateFunctionTrigger: ['POST', `/fgs/triggers/${VERSION_URN}`],
  ListFunctionTriggers: ['GET', `/fgs/triggers/${VERSION_URN}`],
  UpdateTrigger: ['PUT', `/fgs/triggers/${VERSION_URN}/(?<type>[A-Z]+)/(?<id>[^/]+)`],
  DeleteFunctionTrigger: ['DELETE', `/fgs/triggers/${VERSION_URN}/(?<type>[A-Z]+)/(?<id>[^/]+)`],
  ChangeApiPublication: ['POST', `${GATEWAY}/apis/action`],
  DeleteApi: ['DELETE', `${GATEWAY}/apis/(?<id>[^/]+)`],
  ListThrottles: ['GET', `${GATEWAY}/throttles`],
  CreateThrottle: ['POST', `${GATEWAY}/throttles`],
  UpdateThrottle: ['PUT', `${GATEWAY}/throttles/(?<id>[^/]+)`],
  DeleteThrottle: ['DELETE', `${GATEWAY}/throttles/(?<id>[^/]+)`],
  ListUnboundApis: ['GET', `${GATEWAY}/throttle-bindings/unbinded-apis`],
  BindThrottle: ['POST', `${GATEWAY}/throttle-bindings`],
} as const;
export type Operation = keyof typeof ROUTES;

/** The operation that a request is for, and the named parts of its path. */
export function findRoute(method: string | undefined, url: URL, projectId: string) {
  const path = decodeURIComponent(url.pathname);
  for (const [operation, [wanted, pattern]] of Object.entries(ROUTES)) {
    const match = new RegExp(`^/v2/${projectId}${pattern}$`).exec(path);
    if (match && method === wanted) return { operation: operation as Operation, parts: { ...match.groups } };
  }
  return undefined;
}
