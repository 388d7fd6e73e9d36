import http from 'node:http';
import https from 'node:https';
import { type CancelEvent, type Response, taskUrl, tokenBody, tokenUrl } from './peer.ts';

/** The floor: the same two calls with Node's own client, and nothing else. No retry, no limit, no check, no log. */
const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };
let token: Promise<{ value: string; projectId: string }> | undefined;

interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

function send(url: string, method: string, headers: Record<string, string>, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { request } = url.startsWith('https:') ? https : http;
    const agent = agents[url.startsWith('https:') ? 'https:' : 'http:'];
    const req = request(url, { method, headers, agent }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }));
    });
    req.on('error', reject);
    req.end(body);
  });
}

async function fetchToken(): Promise<{ value: string; projectId: string }> {
  const headers = { 'content-type': 'application/json' };
  const reply = await send(tokenUrl(), 'POST', headers, tokenBody());
  return { value: String(reply.headers['x-subject-token']), projectId: JSON.parse(reply.body).token.project.id };
}

export async function handler(event: CancelEvent): Promise<Response> {
  const { share_id, task_id } = JSON.parse(event.body);
  token ??= fetchToken();
  const { value, projectId } = await token;
  const headers = { 'content-type': 'application/json', 'x-auth-token': value };
  const { status } = await send(taskUrl(projectId, share_id, task_id), 'DELETE', headers);
  return { statusCode: status, body: JSON.stringify({ share_id, task_id }) };
}
