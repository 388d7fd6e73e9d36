import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Deployment, deploy, httpEvent } from '../support/deployment.ts';
import { run, tool } from './account.ts';

/** A gateway in front of the function. */
async function serve({ invoke }: Deployment): Promise<string> {
  const server = createServer(async (request, response) => {
    const answer = await invoke(await toEvent(request));
    response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function toEvent(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { pathname, search } = new URL(String(request.url), 'http://gateway');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const event = httpEvent(String(request.method), pathname, headers, Buffer.concat(chunks).toString());
  return { ...event, rawQueryString: search.slice(1) };
}

test("Huawei's own SDK lists, shows and cancels through the function, with a caller's key", async () => {
  const deployment = await deploy({ rights: 'read+cancel' });
  const { cloud, shareId, callerKey } = deployment;
  const times = { beginTime: '2024-03-01 11:46:01', endTime: '2024-03-01 11:47:31' };
  for (const id of ['a', 'b', 'c']) cloud.addTask(shareId, { id, path: `/${id}`, status: 'SUCCESS', ...times });
  const given = { url: await serve(deployment), callerKey, projectId: cloud.projectId, shareId, taskId: 'b' };

  const { code, output } = await run(
    tool('python'),
    [resolve('test/aws/huawei_client.py'), JSON.stringify(given)],
    resolve('.'),
    { PATH: process.env['PATH'] ?? '' },
  );

  expect(code, output).toBe(0);
  expect(JSON.parse(output)).toEqual({
    listed: [
      ['a', 'SUCCESS', '/a'],
      ['b', 'SUCCESS', '/b'],
      ['c', 'SUCCESS', '/c'],
    ],
    shown: ['b', 'SUCCESS', '2024-03-01 11:46:01', '/b'],
    deleted: 202,
    again: '404 SFS.TURBO.0124',
    foreign: '403 FN.FORBIDDEN',
  });
  expect(cloud.deletedTaskIds).toEqual(['b']);
});
