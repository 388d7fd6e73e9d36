import type { IncomingHttpHeaders } from 'node:http';

export type Service = 'iam' | 'sts' | 'sfs-turbo' | 'functiongraph' | 'lambda';

export type Operation =
  | 'CreateToken'
  | 'ListProjects'
  | 'ListAuthProjects'
  | 'CreateSecurityToken'
  | 'AssumeAgency'
  | 'GetCallerIdentity'
  | 'CreateFsTask'
  | 'ListFsTasks'
  | 'ShowFsTask'
  | 'DeleteFsTask'
  | 'ListShares'
  | 'ShowShare'
  | 'ListSharesByTag'
  | 'ShowSharedTags'
  | 'AsyncInvokeFunction'
  | 'Invoke';

/** One request as it arrived, whatever became of it. */
export interface CloudRequest {
  readonly service: Service;
  readonly operation: Operation | 'unknown';
  /** of the endpoint that was called; absent where one endpoint serves every region */
  readonly region?: string;
  /** the project in the path */
  readonly projectId?: string;
  /** who was recognised: `<account>/<user>` or `<account>/agency:<name>` */
  readonly caller?: string;
  readonly method: string;
  /** the request target as sent: path and query, still encoded */
  readonly target: string;
  readonly path: string;
  /** decoded; of a repeated name the last value */
  readonly query: Readonly<Record<string, string>>;
  /** names in lower case */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** arrival by the cloud's clock */
  readonly atMs: number;
  /** number of the TCP connection, counted from 1 within its service, never used twice */
  readonly connection: number;
  /** absent as long as, or because, no HTTP answer was sent */
  readonly status?: number;
  /** requests of this service under way on arrival, this one included */
  readonly inFlight: number;
}

/** A request on its way through a service: the public record, still being written, and what handling it needs. */
export interface Incoming {
  readonly record: { -readonly [K in keyof CloudRequest]: CloudRequest[K] };
  /** the query string as sent, without `?` */
  readonly rawQuery: string;
  /** the name-value lines as sent, for limits on a single header */
  readonly rawHeaders: readonly string[];
  /** unique; every answer carries it */
  readonly requestId: string;
  bytes: Buffer;
}

/** A path cut at its slashes and decoded; `undefined` when it has an empty or dot segment or an invalid escape. */
export function parsePath(path: string): readonly string[] | undefined {
  try {
    const segments = path.split('/').slice(1).map(decodeURIComponent);
    const isClean = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
    return path.startsWith('/') && isClean ? segments : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The query of a request that may hold each of `names` once and nothing else.
 *
 * @returns `undefined` when it holds something else, or a name twice
 */
export function parseQuery(rawQuery: string, names: readonly string[]): Map<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    if (!names.includes(name) || found.has(name)) return undefined;
    found.set(name, value);
  }
  return found;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a `Content-Type` is `application/json`; parameters such as `charset` are allowed. */
export function isJsonMediaType(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;.*)?$/i.test(contentType.trim());
}

/** Whether `value` is an object with every required key and no key beyond the optional ones. */
export function hasExactly(
  value: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return (
    required.every((key) => keys.includes(key)) && keys.every((key) => required.includes(key) || optional.includes(key))
  );
}
