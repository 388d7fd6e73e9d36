import { describe, expect, test } from 'vitest';
import { signWebhook } from '../cloud/webhook-sender.ts';
import { lambdaContext } from '../support/contexts.ts';
import { type Deployment, deploy, httpEvent } from '../support/deployment.ts';

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 'w').toString('base64')}`;

/** A request of somebody without a good key, from an address that the gateway saw. */
function strangersRequest(headers: Readonly<Record<string, string>>, path = '/v1/tasks/cancel'): unknown {
  const event = httpEvent('POST', path, { 'content-type': 'application/json', ...headers }, '{}');
  const http = { method: 'POST', path, sourceIp: '203.0.113.7' };
  return { ...event, requestContext: { stage: '$default', http } };
}

const refusalsOf = ({ logged }: Deployment) => logged('http.unauthenticated');

describe('a request that is not authenticated', () => {
  test.each([
    ['no key', {}, '/v1/tasks/cancel', 'no_key'],
    ['an unknown key', { authorization: 'Bearer nobody-has-this' }, '/v1/tasks/cancel', 'unknown_key'],
    ['no signature', {}, '/v1/webhooks/tasks', 'no_signature'],
    [
      'a genuine signature of last year',
      signWebhook(WEBHOOK_SECRET, 'msg_1', '{}', Date.UTC(2025, 0, 1)),
      '/v1/webhooks/tasks',
      'clock_off',
    ],
    [
      'a wrong signature of last year',
      { 'webhook-id': 'msg_1', 'webhook-timestamp': '1735689600', 'webhook-signature': 'v1,AAAA' },
      '/v1/webhooks/tasks',
      'wrong_signature',
    ],
    [
      'a wrong signature',
      {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
        'webhook-signature': 'v1,AAAA',
      },
      '/v1/webhooks/tasks',
      'wrong_signature',
    ],
  ])('by %s leaves a line with the reason and the address, also at level ERROR', async (_, headers, path, reason) => {
    const deployment = await deploy({ variables: { LOG_LEVEL: 'ERROR', WEBHOOK_SECRETS: WEBHOOK_SECRET } });

    const answer = await deployment.invoke(strangersRequest(headers, path));

    expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain(reason);
    expect(refusalsOf(deployment)).toMatchObject([{ status: 401, reason, source_ip: '203.0.113.7', count: 1 }]);
    expect(deployment.lines.join()).not.toContain('nobody-has-this');
  });

  test.each([
    [412, 412],
    [-31_536_000, -31_536_000],
  ])('by a clock that is %i s off leaves by how much', async (offS, seconds) => {
    const nowMs = Date.UTC(2026, 0, 1);
    const deployment = await deploy({ variables: { WEBHOOK_SECRETS: WEBHOOK_SECRET }, runtime: { now: () => nowMs } });
    const headers = signWebhook(WEBHOOK_SECRET, 'msg_1', '{}', nowMs + offS * 1_000);

    await deployment.invoke(strangersRequest(headers, '/v1/webhooks/tasks'));

    expect(refusalsOf(deployment)).toMatchObject([{ reason: 'clock_off', clock_off_s: seconds }]);
  });

  test.each([
    ['/v1/tasks/cancel', 'Bearer'],
    ['/v1/webhooks/tasks', undefined],
  ])('on %s is asked for %s', async (path, scheme) => {
    const deployment = await deploy();

    const answer = await deployment.invoke(strangersRequest({}, path));

    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(scheme);
  });

  test('has no address in its line where the platform tells none, whatever its headers say', async () => {
    const deployment = await deploy();
    const event = httpEvent('POST', '/v1/tasks/cancel', { 'x-forwarded-for': '198.51.100.1' }, '{}');

    await deployment.invoke(event);

    expect(refusalsOf(deployment)[0]).not.toHaveProperty('source_ip');
  });

  test('ten thousand times in a minute leaves thirteen lines, and the last one tells how many', async () => {
    const deployment = await deploy({ runtime: { now: () => Date.UTC(2026, 0, 1) } });
    const event = strangersRequest({});
    const context = lambdaContext();

    for (let n = 0; n < 10_000; n += 1) await deployment.invoke(event, context);

    expect(deployment.lines).toHaveLength(13);
    expect(refusalsOf(deployment).at(-1)).toMatchObject({ count: 10_000 });
  });

  test('does not hide another reason in a flood', async () => {
    const deployment = await deploy({ runtime: { now: () => Date.UTC(2026, 0, 1) } });
    for (let n = 0; n < 50; n += 1) await deployment.invoke(strangersRequest({}));

    await deployment.invoke(strangersRequest({ authorization: 'Bearer nobody-has-this' }));

    expect(refusalsOf(deployment).at(-1)).toMatchObject({ reason: 'unknown_key', count: 1 });
  });

  test.each([60_000, -3_600_000])('starts a new count when the clock has moved by %i ms', async (ms) => {
    let nowMs = Date.UTC(2026, 0, 1);
    const deployment = await deploy({ runtime: { now: () => nowMs } });
    for (let n = 0; n < 50; n += 1) await deployment.invoke(strangersRequest({}));
    nowMs += ms;

    await deployment.invoke(strangersRequest({}));

    expect(refusalsOf(deployment).at(-1)).toMatchObject({ count: 1 });
  });
});

test('a 400 leaves the field in its line', async () => {
  const deployment = await deploy();

  await deployment.cancel({ share_id: '../x', task_id: 'any' });

  expect(deployment.logged('http.request')).toMatchObject([
    { status: 400, reason: 'share_id must be 1 to 64 letters, digits or hyphens' },
  ]);
});
