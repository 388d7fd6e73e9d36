import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createHandler as createChatHandler } from '../../handlers/chat.ts';
import { createHandler } from '../../handlers/http.ts';
import { createApps } from '../../handlers/platform/apps.ts';
import { createHttpApp } from '../../lib/app.ts';
import { createChatApp } from '../../lib/chat/app.ts';
import { readChatConfig, readHttpConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime } from '../../lib/core/runtime.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { signWebhook } from '../cloud/webhook-sender.ts';
import { deployChat, LIN, PATHS } from '../support/chat-deployment.ts';
import { feishuMessage } from '../support/chat-platforms/feishu.ts';
import { FunctionGraphContext, lambdaContext } from '../support/contexts.ts';
import { cancelEvent, httpEvent } from '../support/deployment.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';

/** The function on FunctionGraph, whose variables may change while it runs. */
async function deployOnFunctionGraph() {
  const cloud: Cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  const userData: Record<string, string> = {
    ...cloud.environment(),
    ALLOWED_SHARES: shareId,
    CALLER_KEYS: `ci:${createHash('sha256').update('key').digest('hex')}`,
  };
  const handler = createHandler(createApps(readHttpConfig, createHttpApp, { ...nodeRuntime, write: () => {} }));
  const cancel = async (): Promise<number> => {
    const body = { share_id: shareId, task_id: cloud.addTask(shareId) };
    const event = cancelEvent(body, { authorization: 'Bearer key' });
    return (await handler(event, new FunctionGraphContext({ userData }))).statusCode;
  };
  return { cloud, userData, cancel };
}

const loginsOf = (cloud: Cloud) => cloud.requestsOf('CreateToken').map(({ status }) => status);

describe('a password that was changed under a running instance', () => {
  test('is read anew before the login that follows a 401', async () => {
    const { cloud, userData, cancel } = await deployOnFunctionGraph();
    const good = userData['HW_USER_PASSWORD'] ?? '';
    expect(await cancel()).toBe(202);
    // the instance has been started with a password that is right, and then it is changed in both places
    userData['HW_USER_PASSWORD'] = 'another';
    cloud.revokeTokens();

    expect(await cancel()).toBe(502);
    userData['HW_USER_PASSWORD'] = good;
    expect(await cancel()).toBe(202);

    expect(loginsOf(cloud)).toEqual([201, 401, 201]);
  });

  test('is taken at the next call after a refusal, though the refusal is remembered', async () => {
    const { cloud, userData, cancel } = await deployOnFunctionGraph();
    const good = userData['HW_USER_PASSWORD'] ?? '';
    userData['HW_USER_PASSWORD'] = 'wrong';

    const statuses = [await cancel(), await cancel()];
    userData['HW_USER_PASSWORD'] = good;
    statuses.push(await cancel());

    expect(statuses).toEqual([502, 502, 202]);
    expect(loginsOf(cloud)).toEqual([401, 201]);
  });
});

test('a password that is rotated under six warm instances fails at none of them', async () => {
  const manager = await startSecretsManager();
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  const { HW_USER_PASSWORD: password, ...variables } = cloud.environment();
  const deployed = {
    ...variables,
    SECRETS_ID: 'du/prod',
    ALLOWED_SHARES: shareId,
    CALLER_KEYS: `ci:${createHash('sha256').update('key').digest('hex')}`,
  };
  for (const [name, value] of Object.entries(deployed)) vi.stubEnv(name, value);
  manager.secret = JSON.stringify({ HW_USER_PASSWORD: password });
  let skippedMs = 0;
  const runtime = { ...nodeRuntime, now: () => Date.now() + skippedMs, write: () => {} };
  const instances = Array.from({ length: 6 }, () => createHandler(createApps(readHttpConfig, createHttpApp, runtime)));
  const cancelAll = () =>
    Promise.all(
      instances.map(async (handler) => {
        const body = { share_id: shareId, task_id: cloud.addTask(shareId) };
        return (await handler(cancelEvent(body, { authorization: 'Bearer key' }), lambdaContext())).statusCode;
      }),
    );
  expect(await cancelAll()).toEqual(new Array(6).fill(202));

  manager.secret = JSON.stringify({ HW_USER_PASSWORD: 'rotated' });
  cloud.changePassword('rotated');
  skippedMs = 11_000;

  expect(await cancelAll()).toEqual(new Array(6).fill(202));
  expect(loginsOf(cloud)).toEqual(new Array(12).fill(201));
});

test('a caller key that is rotated together with the password is taken at the next call', async () => {
  const manager = await startSecretsManager();
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  const { HW_USER_PASSWORD: password, ...variables } = cloud.environment();
  for (const [name, value] of Object.entries({ ...variables, SECRETS_ID: 'du/prod', ALLOWED_SHARES: shareId })) {
    vi.stubEnv(name, value);
  }
  const secretWith = (key: string, HW_USER_PASSWORD?: string): string =>
    JSON.stringify({ HW_USER_PASSWORD, CALLER_KEYS: `ci:${createHash('sha256').update(key).digest('hex')}` });
  manager.secret = secretWith('old', password);
  let skippedMs = 0;
  const runtime = { ...nodeRuntime, now: () => Date.now() + skippedMs, write: () => {} };
  const handler = createHandler(createApps(readHttpConfig, createHttpApp, runtime));
  const cancelBy = async (key: string): Promise<number> => {
    const body = { share_id: shareId, task_id: cloud.addTask(shareId) };
    return (await handler(cancelEvent(body, { authorization: `Bearer ${key}` }), lambdaContext())).statusCode;
  };
  expect(await cancelBy('old')).toBe(202);

  manager.secret = secretWith('new', 'rotated');
  cloud.changePassword('rotated');
  skippedMs = 11_000;
  const statuses = [await cancelBy('old'), await cancelBy('new'), await cancelBy('old')];

  expect(statuses).toEqual([202, 202, 401]);
});

describe('a secret that is rotated in AWS', () => {
  const ROTATED_AFTER_MS = 301_000; // by then the secret is read again

  test('does not make the function forget a delivery that it carried out', async () => {
    const manager = await startSecretsManager();
    const cloud = await startCloud();
    onTestFinished(() => cloud.close());
    const shareId = cloud.addShare();
    const webhookSecret = `whsec_${Buffer.alloc(32, 'w').toString('base64')}`;
    const another = `whsec_${Buffer.alloc(32, 'x').toString('base64')}`;
    for (const [name, value] of Object.entries({ ...cloud.environment(), SECRETS_ID: 'du', ALLOWED_SHARES: shareId })) {
      vi.stubEnv(name, value);
    }
    manager.secret = JSON.stringify({ WEBHOOK_SECRETS: webhookSecret });
    let skippedMs = 0;
    const runtime = { ...nodeRuntime, now: () => Date.now() + skippedMs, write: () => {} };
    const handler = createHandler(createApps(readHttpConfig, createHttpApp, runtime));
    const body = JSON.stringify({ share_id: shareId, task_id: cloud.addTask(shareId) });
    const deliver = () => {
      const headers = signWebhook(webhookSecret, 'msg_1', body, Date.now() + skippedMs);
      const event = httpEvent('POST', '/v1/webhooks/tasks', { 'content-type': 'application/json', ...headers }, body);
      return handler(event, lambdaContext());
    };
    const first = await deliver();

    manager.secret = JSON.stringify({ WEBHOOK_SECRETS: `${another} ${webhookSecret}` });
    skippedMs = ROTATED_AFTER_MS;
    const second = await deliver();

    expect(manager.reads.length).toBe(2);
    expect([first.statusCode, second.statusCode]).toEqual([202, 202]);
    expect(second.body).toBe(first.body);
    expect(cloud.requestsOf('DeleteFsTask').length).toBe(1);
  });

  test('does not make the function forget an event of Feishu that it carried out', async () => {
    const manager = await startSecretsManager();
    const { cloud, feishu, variables } = await deployChat({ realTime: true });
    const { SLACK_SIGNING_SECRETS: slackSecret, ...deployed } = variables;
    for (const [name, value] of Object.entries({ ...deployed, SECRETS_ID: 'du' })) vi.stubEnv(name, value);
    manager.secret = JSON.stringify({ SLACK_SIGNING_SECRETS: slackSecret });
    let skippedMs = 0;
    const runtime = { ...nodeRuntime, now: () => Date.now() + skippedMs, write: () => {} };
    const handler = createChatHandler(createApps(readChatConfig, createChatApp, runtime));
    const delivery = { app: feishu.app, nowMs: Date.now(), eventId: 'event-1', createdAtMs: Date.now() + 100_000 };
    const { headers, body } = feishuMessage('list prod', LIN, feishu.newMessageId(), delivery);
    const deliver = () => handler(httpEvent('POST', PATHS.feishu, headers, body), lambdaContext());
    const first = await deliver();

    manager.secret = JSON.stringify({ SLACK_SIGNING_SECRETS: 'another-secret-of-slack' });
    skippedMs = ROTATED_AFTER_MS;
    const second = await deliver();

    expect(manager.reads.length).toBe(2);
    expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
    expect(cloud.requestsOf('ListFsTasks').length).toBe(1);
  });
});
