import http from 'node:http';
import { onTestFinished } from 'vitest';
import { type Cloud, type CloudOptions, type CloudUser, startCloud } from './cloud.ts';
import { ALGORITHM, canonicalRequestOf, sha256Hex, signatureOf } from './signature.ts';

/** A plain client of the embedded cloud for its own tests; it adds no header that a test does not name. */
export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
  readonly agent?: http.Agent;
}

export async function startTestCloud(options?: CloudOptions): Promise<Cloud> {
  const cloud = await startCloud(options);
  onTestFinished(() => cloud.close());
  return cloud;
}

/** Sends one request, on a connection of its own unless an agent is given. */
export function send(url: string, { method = 'GET', headers = {}, body, agent }: Call = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // said outright, because Node leaves the length of a body on GET and DELETE unsaid
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const options = { method, headers: { ...headers, ...length }, agent: agent ?? false, maxHeaderSize: 65_536 };
    const req = http.request(url, options, (res) => {
      const chunks: Buffer[] = [];
      res.on('error', reject);
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text: Buffer.concat(chunks).toString() });
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** The documented body of a token request; `scope: undefined` leaves the scope out. */
export function tokenBody(
  cloud: Cloud,
  changes: { password?: string; userName?: string; scope?: unknown; user?: CloudUser } = {},
): object {
  const { name, domainName } = changes.user ?? { name: cloud.userName, domainName: cloud.domainName };
  const { password = changes.user?.password ?? cloud.password, userName = name } = changes;
  const scope = 'scope' in changes ? changes.scope : { project: { name: cloud.projectName } };
  const user = { domain: { name: domainName }, name: userName, password };
  return {
    auth: { identity: { methods: ['password'], password: { user } }, ...(scope === undefined ? {} : { scope }) },
  };
}

export function askToken(cloud: Cloud, body: unknown = tokenBody(cloud), query = '?nocatalog=true'): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json;charset=utf8' };
  return send(`${cloud.iamUrl}/auth/tokens${query}`, { method: 'POST', headers, body: text });
}

export async function fetchToken(cloud: Cloud, scope?: unknown): Promise<string> {
  const reply = await askToken(cloud, tokenBody(cloud, scope === undefined ? {} : { scope }));
  return String(reply.headers['x-subject-token']);
}

export function tasksUrl(cloud: Cloud, shareId: string, { projectId = cloud.projectId, feature = 'dir-usage' } = {}) {
  return `${cloud.sfsTurboUrl}/v1/${projectId}/sfs-turbo/shares/${shareId}/fs/${feature}/tasks`;
}

/** Headers as the pages of the task calls demand them. */
export function withToken(token: string): http.OutgoingHttpHeaders {
  return { 'X-Auth-Token': token, 'Content-Type': 'application/json' };
}

/** Headers of a signed request; `X-Project-Id` and `X-Security-Token` are signed where given. */
export function withSignature(
  url: string,
  { method = 'GET', body = '' }: Call,
  keys: { readonly accessKey: string; readonly secretKey: string; readonly securityToken?: string },
  { atMs = Date.now(), projectId }: { readonly atMs?: number; readonly projectId?: string } = {},
): Record<string, string> {
  const { host, pathname, search } = new URL(url);
  const sdkDate = new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    host,
    'x-sdk-date': sdkDate,
    ...(projectId === undefined ? {} : { 'x-project-id': projectId }),
    ...(keys.securityToken === undefined ? {} : { 'x-security-token': keys.securityToken }),
  };
  const signedHeaders = Object.keys(headers).sort();
  const canonical = canonicalRequestOf({
    method,
    path: pathname,
    rawQuery: search.slice(1),
    headers,
    signedHeaders,
    bodyHash: sha256Hex(body),
  });
  const signature = signatureOf(canonical, sdkDate, keys.secretKey);
  const names = signedHeaders.join(';');
  const authorization = `${ALGORITHM} Access=${keys.accessKey}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}
