import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { startTestCloud } from './caller.ts';
import type { Cloud } from './cloud.ts';
import { outcomeOf, sendSigned, startEstate } from './estate.ts';
import type { InvocationOptions } from './invocations.ts';

// the ES modules of the SDK cannot be loaded by Node
const require = createRequire(import.meta.url);
const { AsyncInvokeFunctionRequest, FunctionGraphClient } = require('@huaweicloud/huaweicloud-sdk-functiongraph');
const { BasicCredentials } = require('@huaweicloud/huaweicloud-sdk-core');

/** FunctionGraph with a function `timer` that keeps its events. */
async function withFunction(options: Partial<InvocationOptions> = {}) {
  const cloud = await startTestCloud();
  const events: unknown[] = [];
  const functions = { timer: (event: unknown) => events.push(event) };
  const graph = await cloud.openFunctionGraph({ functions, ...options });
  const urlOf = (urn: string, projectId = cloud.projectId) =>
    `${graph.url}/v2/${projectId}/fgs/functions/${urn}/invocations-async`;
  const invoke = (body: string, urn = graph.urn('timer')) =>
    sendSigned(urlOf(urn), cloud, { method: 'POST', body, projectId: cloud.projectId });
  return { cloud, events, graph, invoke, urlOf };
}

function clientOf(cloud: Cloud, endpoint: string, projectId = cloud.projectId) {
  const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
  const credentials = new BasicCredentials().withAk(accessKey).withSk(secretKey).withSecurityToken(securityToken);
  return FunctionGraphClient.newBuilder()
    .withCredential(credentials.withProjectId(projectId))
    .withEndpoint(endpoint)
    .build();
}

test('runs a function that the official SDK invokes with the keys of an agency', async () => {
  const { cloud, events, graph } = await withFunction();
  const request = new AsyncInvokeFunctionRequest(graph.urn('timer'), 'application/json');

  const answer = await clientOf(cloud, graph.url).asyncInvokeFunction(request.withBody({ targets: ['prod'] }));
  await graph.idle();

  expect(answer).toMatchObject({ httpStatusCode: 202, request_id: graph.invocations[0]?.requestId });
  expect(events).toEqual([{ targets: ['prod'] }]);
  expect(graph.invocations).toMatchObject([{ functionName: 'timer', attempts: 1, state: 'succeeded' }]);
});

test('answers before the function is done', async () => {
  const gate = new EventEmitter();
  const { graph, invoke } = await withFunction({ functions: { timer: () => once(gate, 'open') } });

  const reply = await invoke('{}');
  await expect.poll(() => graph.invocations[0]?.state).toBe('running');
  gate.emit('open');
  await graph.idle();

  expect(reply.status).toBe(202);
  expect(graph.invocations).toMatchObject([{ state: 'succeeded' }]);
});

test.each([
  { retries: 0, attempts: 1 },
  { retries: 2, attempts: 3 },
])('runs a function that throws $attempts times with $retries retries', async ({ attempts, retries }) => {
  const functions = { timer: () => Promise.reject(new Error('no')) };
  const { graph, invoke } = await withFunction({ functions, retries });

  await invoke('{}');
  await graph.idle();

  expect(graph.invocations).toMatchObject([{ attempts, state: 'failed' }]);
});

test('delivers twice when told, and runs no more at once than may run', async () => {
  let [running, most] = [0, 0];
  const timer = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
  };
  const { graph, invoke } = await withFunction({ functions: { timer }, deliveries: 2, maxConcurrent: 3 });

  await Promise.all(Array.from({ length: 5 }, () => invoke('{}')));
  await graph.idle();

  expect(graph.invocations).toHaveLength(10);
  expect(new Set(graph.invocations.map(({ requestId }) => requestId)).size).toBe(5);
  expect(most).toBe(3);
});

test.each([
  ['no JSON', '{', '400 FSS.0400'],
  ['no object', '[]', '400 FSS.0400'],
  ['nothing', '', '400 FSS.0400'],
  ['more than 256 KB', JSON.stringify({ text: 'x'.repeat(256 * 1024) }), '413 FSS.0413'],
])('refuses %s', async (_name, body, outcome) => {
  const { graph, invoke } = await withFunction();

  const reply = await invoke(body);

  expect(outcomeOf(reply)).toBe(outcome);
  expect(graph.invocations).toEqual([]);
});

test('finds a function by its URN with and without the version, and no other', async () => {
  const { graph, invoke } = await withFunction();
  const urns = [graph.urn('timer'), graph.urn('timer').replace(':latest', ''), graph.urn('http')];

  const replies = await Promise.all(urns.map((urn) => invoke('{}', urn)));

  expect(replies.map(outcomeOf)).toEqual(['202', '202', '404 FSS.1051']);
});

test('asks for the right to invoke, and for a key of the project', async () => {
  const { cloud, graph, urlOf } = await withFunction();
  const { at } = await startEstate();
  const call = { method: 'POST', body: '{}' };
  const denied = cloud.issueTemporaryCredentials(undefined, cloud.functionAgency);
  cloud.functionAgency.rights = { denied: ['AsyncInvokeFunction'] };
  const url = urlOf(graph.urn('timer'));

  const replies = [
    await sendSigned(url, denied, call),
    await sendSigned(url, at(0).account.user, call),
    await sendSigned(urlOf(graph.urn('timer'), cloud.subProjectId), cloud, call),
  ];

  expect(replies.map(({ status }) => status)).toEqual([403, 401, 403]);
  expect(graph.invocations).toEqual([]);
});

test('answers an ordered fault in the words of the gateway', async () => {
  const { cloud, graph, invoke } = await withFunction();
  cloud.order({ operation: 'AsyncInvokeFunction', kind: { type: 'throttle' } });

  const replies = [await invoke('{}'), await invoke('{}')];

  expect(replies.map(outcomeOf)).toEqual(['429 APIGW.0308', '202']);
  expect(graph.invocations).toHaveLength(1);
});
