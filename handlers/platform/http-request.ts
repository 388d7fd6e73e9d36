import { isIP } from 'node:net';
import { isRecord, parseJson } from '../../lib/core/json.ts';

/** A request as the handlers see it, whichever gateway it came through. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** Parameters of the query in their order, decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Names in lower case; a header that came more than once has its values joined by commas, and so fits no check. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes that were sent: signatures are made over them. */
  readonly rawBody: Buffer;
  /** The caller's address as the gateway saw it; no header that a caller can set. */
  readonly sourceIp?: string | undefined;
}

/**
 * A request out of any gateway's event: HTTP API and function URL (2.0), REST API (1.0) and FunctionGraph's APIG, which
 * is like 1.0. What is no HTTP event becomes a request that no route answers.
 */
export function toHttpRequest(input: unknown): HttpRequest {
  const parsed = typeof input === 'string' ? parseJson(input) : input;
  const event = isRecord(parsed) ? parsed : {};
  const context = isRecord(event['requestContext']) ? event['requestContext'] : {};
  const http = isRecord(context['http']) ? context['http'] : undefined;
  const [method, path] =
    http === undefined
      ? [event['httpMethod'], event['path']]
      : [http['method'], withoutStage(event['rawPath'] ?? http['path'], context['stage'])];
  return {
    method: toText(method)?.toUpperCase() ?? '',
    path: toText(path) ?? '',
    query: toQuery(event),
    headers: toHeaders(event['headers'], event['multiValueHeaders']),
    rawBody: toBytes(event['body'], event['isBase64Encoded']),
    sourceIp: toAddress(http ?? context),
  };
}

/** HTTP APIs and function URLs have it in `http`, REST APIs in `identity`, and APIG in the context itself. */
function toAddress(source: Readonly<Record<string, unknown>>): string | undefined {
  const identity = isRecord(source['identity']) ? source['identity'] : {};
  const address = toText(source['sourceIp']) ?? toText(identity['sourceIp']) ?? '';
  return isIP(address) === 0 ? undefined : address;
}

/** HTTP APIs put the name of a stage that is not the default one in front of the path. */
function withoutStage(path: unknown, stage: unknown): unknown {
  if (typeof path !== 'string' || typeof stage !== 'string' || stage === '$default') return path;
  return path === `/${stage}` || path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}

/** Version 2.0 has the query as it came; the others have it decoded, with every value of a doubled parameter or the last one. */
function toQuery(event: Readonly<Record<string, unknown>>): HttpRequest['query'] {
  const raw = event['rawQueryString'];
  if (typeof raw === 'string') return [...new URLSearchParams(raw)];
  const parameters = event['multiValueQueryStringParameters'] ?? event['queryStringParameters'];
  return Object.entries(isRecord(parameters) ? parameters : {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => [name, toText(each) ?? ''] as const),
  );
}

function toHeaders(single: unknown, multiple: unknown): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null);
  // REST APIs send both, and only the second has every value of a doubled header
  const source = isRecord(multiple) ? { ...(isRecord(single) ? single : {}), ...multiple } : single;
  for (const [name, value] of Object.entries(isRecord(source) ? source : {})) {
    const text = Array.isArray(value) ? value.map((one) => toText(one) ?? '').join(', ') : toText(value);
    if (text === undefined) continue;
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? text : `${headers[key]}, ${text}`;
  }
  return headers;
}

function toBytes(body: unknown, isBase64Encoded: unknown): Buffer {
  return typeof body === 'string' ? Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8') : Buffer.alloc(0);
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
