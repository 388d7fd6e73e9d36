import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { request } from 'undici';
import { type Response, taskUrl, tokenBody, tokenUrl } from './peer.ts';

/** What one writes first: Middy, its JSON parser, undici by its front door, a token for each call. */
export const handler = middy<APIGatewayProxyEventV2, Response>()
  .use(httpJsonBodyParser())
  .handler(async (event): Promise<Response> => {
    const { share_id, task_id } = event.body as unknown as { share_id: string; task_id: string };
    const headers = { 'content-type': 'application/json' };
    const answer = await request(tokenUrl(), { method: 'POST', headers, body: tokenBody() });
    const { token } = (await answer.body.json()) as { token: { project: { id: string } } };
    const { statusCode, body } = await request(taskUrl(token.project.id, share_id, task_id), {
      method: 'DELETE',
      headers: { ...headers, 'x-auth-token': String(answer.headers['x-subject-token']) },
    });
    await body.text();
    return { statusCode, body: JSON.stringify({ share_id, task_id }) };
  });
