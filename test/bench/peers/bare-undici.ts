import { Pool } from 'undici';
import { type CancelEvent, type Response, taskPath, tokenBody, tokenUrl } from './peer.ts';

/** The floor once warm: a token kept for good, a pool per service, its `request`, and nothing else. */
const iam = new Pool(new URL(tokenUrl()).origin);
const sfsTurbo = new Pool(String(process.env['SFS_TURBO_ENDPOINT']));
let token: Promise<{ value: string; projectId: string }> | undefined;

async function fetchToken(): Promise<{ value: string; projectId: string }> {
  const { pathname, search } = new URL(tokenUrl());
  const headers = { 'content-type': 'application/json' };
  const reply = await iam.request({ path: `${pathname}${search}`, method: 'POST', headers, body: tokenBody() });
  const body = (await reply.body.json()) as { token: { project: { id: string } } };
  return { value: String(reply.headers['x-subject-token']), projectId: body.token.project.id };
}

export async function handler(event: CancelEvent): Promise<Response> {
  const { share_id, task_id } = JSON.parse(event.body);
  token ??= fetchToken();
  const { value, projectId } = await token;
  const headers = { 'content-type': 'application/json', 'x-auth-token': value };
  const path = taskPath(projectId, share_id, task_id);
  const { statusCode, body } = await sfsTurbo.request({ path, method: 'DELETE', headers });
  await body.dump();
  return { statusCode, body: JSON.stringify({ share_id, task_id }) };
}
