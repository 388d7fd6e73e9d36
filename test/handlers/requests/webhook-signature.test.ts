import { createHmac, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { verifyWebhook } from '../../../handlers/requests/webhook-signature.ts';
import { signWebhook } from '../../cloud/webhook-sender.ts';
import { deploy, httpEvent } from '../../support/deployment.ts';

/** The vector that the reference libraries of Standard Webhooks share. */
const OFFICIAL = {
  secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  nowMs: 1_614_265_330_000,
  body: '{"test": 2432232314}',
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
};

function verify(change: {
  headers?: Record<string, string>;
  body?: string | Buffer;
  nowMs?: number;
  secrets?: Buffer[];
}) {
  const headers = { ...OFFICIAL.headers, ...change.headers };
  const rawBody = Buffer.from(change.body ?? OFFICIAL.body);
  const request = { method: 'POST', path: '/v1/webhooks/tasks', headers, rawBody };
  return verifyWebhook(
    request,
    change.secrets ?? [Buffer.from(OFFICIAL.secret, 'base64')],
    change.nowMs ?? OFFICIAL.nowMs,
  );
}

describe('a signature', () => {
  test('of the official vector holds', () => {
    expect(verify({})).toEqual({ id: OFFICIAL.headers['webhook-id'] });
  });

  test('made by the reference library holds, whatever the bytes', () => {
    const secret = randomBytes(32);
    const body = Buffer.from('{"text":"取消 ✓"}');
    const signature = new Webhook(secret.toString('base64')).sign('msg_1', new Date(OFFICIAL.nowMs), body.toString());

    const delivery = verify({
      body,
      secrets: [secret],
      headers: { 'webhook-id': 'msg_1', 'webhook-signature': signature },
    });

    expect(delivery).toEqual({ id: 'msg_1' });
  });

  test('is over the bytes that came, also when they are no text', () => {
    const secret = randomBytes(24);
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    const mac = createHmac('sha256', secret).update('msg_1.1614265330.').update(body).digest('base64');

    const check = () =>
      verify({ body, secrets: [secret], headers: { 'webhook-id': 'msg_1', 'webhook-signature': `v1,${mac}` } });

    expect(check).not.toThrow();
  });

  test.each([
    {
      name: 'among others of other versions',
      signature: `v1a,AAAA v2,x v1,AAAA ${OFFICIAL.headers['webhook-signature']} v0,`,
    },
    { name: 'behind another sender key', signature: `v1,${'A'.repeat(43)}= ${OFFICIAL.headers['webhook-signature']}` },
  ])('$name is found', ({ signature }) => {
    expect(() => verify({ headers: { 'webhook-signature': signature } })).not.toThrow();
  });

  test('by any of the configured secrets holds', () => {
    const secrets = [randomBytes(24), Buffer.from(OFFICIAL.secret, 'base64'), randomBytes(64)];

    expect(() => verify({ secrets })).not.toThrow();
  });
});

describe('a delivery is refused', () => {
  test.each([
    { name: 'without an id', headers: { 'webhook-id': '' } },
    { name: 'without a timestamp', headers: { 'webhook-timestamp': '' } },
    { name: 'without a signature', headers: { 'webhook-signature': '' } },
    { name: 'with another id', headers: { 'webhook-id': 'msg_other' } },
    { name: 'with an id that has a dot', headers: { 'webhook-id': 'msg.1' } },
    { name: 'with an id sent twice', headers: { 'webhook-id': 'msg_1, msg_1' } },
    { name: 'with another timestamp', headers: { 'webhook-timestamp': '1614265331' } },
    { name: 'with a timestamp that is no number', headers: { 'webhook-timestamp': '1614265330abc' } },
    { name: 'with a negative timestamp', headers: { 'webhook-timestamp': '-1614265330' } },
    { name: 'with a timestamp in milliseconds', headers: { 'webhook-timestamp': '1614265330000' } },
    { name: 'with an empty signature', headers: { 'webhook-signature': 'v1,' } },
    {
      name: 'with a signature cut short',
      headers: { 'webhook-signature': OFFICIAL.headers['webhook-signature'].slice(0, -2) },
    },
    {
      name: 'with a signature of another version',
      headers: { 'webhook-signature': OFFICIAL.headers['webhook-signature'].replace('v1', 'v1a') },
    },
    {
      name: 'with the bare signature',
      headers: { 'webhook-signature': OFFICIAL.headers['webhook-signature'].slice(3) },
    },
    {
      name: 'with seventeen wrong signatures before the right one',
      headers: { 'webhook-signature': `${'v1,A '.repeat(17)}${OFFICIAL.headers['webhook-signature']}` },
    },
    { name: 'whose body was changed by a space', body: '{"test":2432232314}' },
    { name: 'older than five minutes', nowMs: OFFICIAL.nowMs + 301_000 },
    { name: 'from more than five minutes ahead', nowMs: OFFICIAL.nowMs - 301_000 },
    { name: 'signed with a secret that is gone', secrets: [randomBytes(32)] },
  ])('$name', (change) => {
    expect(() => verify(change)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });

  test('when no secret is configured, as a fault of the configuration', () => {
    expect(() => verify({ secrets: [] })).toThrow(expect.objectContaining({ code: 'misconfigured' }));
  });
});

test.each([
  { name: 'a genuine delivery', headers: {}, reason: 'clock_off' },
  { name: 'a forged one', headers: { 'webhook-id': 'msg_other' }, reason: 'wrong_signature' },
])('the log has $reason for $name that is an hour old', ({ headers, reason }) => {
  const nowMs = OFFICIAL.nowMs + 3_600_000;

  expect(() => verify({ headers, nowMs })).toThrow(expect.objectContaining({ reason }));
});

test.each([300_000, -300_000])('a delivery at the edge of the window (%i ms) is taken', (offsetMs) => {
  expect(() => verify({ nowMs: OFFICIAL.nowMs + offsetMs })).not.toThrow();
});

describe('through the function', () => {
  async function webhook() {
    const deployment = await deploy();
    const { cloud, shareId, webhookSecret, invoke } = deployment;
    const body = Buffer.from(JSON.stringify({ share_id: shareId, task_id: cloud.addTask(shareId) }));
    const deliver = (id = 'msg_1', bytes = body) => {
      const headers = { 'content-type': 'application/json', ...signWebhook(webhookSecret, id, bytes) };
      return invoke(httpEvent('POST', '/v1/webhooks/tasks', headers, bytes));
    };
    return { ...deployment, deliver };
  }

  test('a signed delivery cancels its task, and the audit line names the webhook', async () => {
    const { cloud, deliver, logged } = await webhook();

    const answer = await deliver();

    expect(answer.statusCode).toBe(202);
    expect(cloud.deletedTaskIds).toHaveLength(1);
    expect(logged('audit')).toEqual([expect.objectContaining({ caller: 'webhook', outcome: 'accepted' })]);
  });

  test('a delivery that comes again is answered as the first one, and sends nothing', async () => {
    const { cloud, deliver } = await webhook();

    const [first, second] = [await deliver(), await deliver()];

    expect([first.statusCode, second.statusCode]).toEqual([202, 202]);
    expect(second.body).toBe(first.body);
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(1);
  });

  test('ten at once are carried out once', async () => {
    const { cloud, deliver } = await webhook();

    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver()));

    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([202]));
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(1);
  });

  test('a delivery that failed is carried out when it comes again', async () => {
    const { cloud, deliver } = await webhook();
    cloud.order({ operation: 'DeleteFsTask', times: 3, kind: { type: 'status', status: 503 } });

    const [first, second] = [await deliver(), await deliver()];

    expect([first.statusCode, second.statusCode]).toEqual([503, 202]);
  });

  test('another delivery of the same task is one of its own', async () => {
    const { deliver } = await webhook();

    const [first, second] = [await deliver('msg_1'), await deliver('msg_2')];

    expect([first.statusCode, second.statusCode]).toEqual([202, 404]);
  });
});
