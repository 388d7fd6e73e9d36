const URN = '(?<urn>urn:fss:[^/]+)';
const ROUTES = {
  CreateFunction: ['POST', '/functions'],
  ListFunctions: ['GET', '/functions'],
  DeleteFunction: ['DELETE', `/functions/${URN}`],
  UpdateFunctionCode: ['PUT', `/functions/${URN}/code`],
  UpdateFunctionConfig: ['PUT', `/functions/${URN}/config`],
  UpdateFunctionMaxInstanceConfig: ['PUT', `/functions/${URN}/config-max-instance`],
  UpdateFunctionAsyncInvokeConfig: ['PUT', `/functions/${URN}/async-invoke-config`],
  CreateFunctionTrigger: ['POST', `/triggers/${URN}`],
  ListFunctionTriggers: ['GET', `/triggers/${URN}`],
  UpdateTrigger: ['PUT', `/triggers/${URN}/(?<type>[A-Z]+)/(?<id>[^/]+)`],
  DeleteFunctionTrigger: ['DELETE', `/triggers/${URN}/(?<type>[A-Z]+)/(?<id>[^/]+)`],
} as const;
export type Operation = keyof typeof ROUTES;

/** The operation that a request is for, and the named parts of its path. */
export function findRoute(method: string | undefined, url: URL, projectId: string) {
  const path = decodeURIComponent(url.pathname);
  for (const [operation, [wanted, pattern]] of Object.entries(ROUTES)) {
    const match = new RegExp(`^/v2/${projectId}/fgs${pattern}$`).exec(path);
    if (match && method === wanted) return { operation: operation as Operation, parts: { ...match.groups } };
  }
  return undefined;
}
