import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../handlers/chat.ts';
import { ADA, deployChat, LIN, NOON_MS, PATHS } from '../../support/chat-deployment.ts';
import { feishuClick, feishuEvent, feishuMessage, signFeishu } from '../../support/chat-platforms/feishu.ts';
import { renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { type SignedRequest, signSlack, slackClick, slackCommand } from '../../support/chat-platforms/slack.ts';
import { renderSlack } from '../../support/chat-platforms/slack-blocks.ts';
import { lambdaContext } from '../../support/contexts.ts';
import { onlyApp } from '../../support/only-app.ts';

const GARBAGE = [
  '',
  'payload',
  'payload=',
  'payload=%7B',
  'payload=null',
  'payload=[]',
  'payload=%7B%22type%22%3A%22block_actions%22%7D',
  'command=%2Fdu',
  'command=%2Fdu&text=list&text=cancel&team_id=T0001&channel_id=C0001&user_id=U0001',
  '%',
  '{"a":1}',
];
const FEISHU_APP = ['FEISHU_APP_ID', 'FEISHU_APP_SECRET', 'FEISHU_ENCRYPT_KEY', 'FEISHU_VERIFICATION_TOKEN'];
/** A message in words, of whichever platform. */
const wordsOf = (message: Readonly<Record<string, unknown>>): string =>
  'schema' in message ? renderCard(message) : renderSlack(message);

describe('a route that is not configured', () => {
  test.each([
    [PATHS.commands, { SLACK_SIGNING_SECRETS: '' }, ['SLACK_SIGNING_SECRETS']],
    [PATHS.interactions, { SLACK_SIGNING_SECRETS: ' ' }, ['SLACK_SIGNING_SECRETS']],
    [PATHS.feishu, { FEISHU_ENCRYPT_KEY: '' }, ['FEISHU_ENCRYPT_KEY']],
    [PATHS.feishu, { FEISHU_APP_SECRET: '' }, ['FEISHU_APP_SECRET']],
    [PATHS.feishu, { FEISHU_VERIFICATION_TOKEN: '' }, ['FEISHU_VERIFICATION_TOKEN']],
    [PATHS.feishu, { FEISHU_APP_ID: '' }, ['FEISHU_APP_ID']],
    [PATHS.feishu, Object.fromEntries(FEISHU_APP.map((name) => [name, ''])), FEISHU_APP],
  ])('%s answers 503 without %j, and does nothing', async (path, variables, names) => {
    const { cloud, invoke, logged } = await deployChat({ variables });

    const answers = await Promise.all([
      invoke(path, { headers: {}, body: 'ssl_check=1' }),
      invoke(path, { headers: {}, body: '{"type":"url_verification","challenge":"c","token":""}' }),
    ]);

    for (const answer of answers) {
      expect(answer.statusCode).toBe(503);
      expect(JSON.parse(answer.body)).toMatchObject({ errCode: 'FN.MISCONFIGURED' });
      for (const name of names) expect(answer.body).not.toContain(name);
    }
    expect(logged('config.faults')[0]).toMatchObject({ faults: names.map((name) => `${name} is missing`) });
    expect(cloud.requests).toEqual([]);
  });

  test('leaves the other platform alone', async () => {
    const { type } = await deployChat({ variables: { FEISHU_APP_SECRET: '' } });
    const { write } = await deployChat({ variables: { SLACK_SIGNING_SECRETS: '' } });

    expect(wordsOf(await type('help'))).toContain('/du list');
    expect(wordsOf(await write('help'))).toContain('/du list');
  });
});

describe('a request that is not signed', () => {
  test.each(Object.values(PATHS))('to %s is a 401, and reaches nobody', async (path) => {
    const { cloud, slack, feishu, invoke, nowMs } = await deployChat();
    const forged = [
      slackCommand('list prod', ADA, { secret: 'not-the-signing-secret', nowMs: nowMs() }),
      slackClick('keep', ADA, { secret: 'not-the-signing-secret', nowMs: nowMs(), responseUrl: slack.responseUrl() }),
      feishuMessage('list prod', LIN, feishu.newMessageId(), {
        app: { ...feishu.app, encryptKey: 'not the key' },
        nowMs: nowMs(),
      }),
      { headers: {}, body: '' },
    ];

    for (const request of forged) {
      const answer = await invoke(path, request);
      expect(answer.statusCode).toBe(401);
      expect(JSON.parse(answer.body)).toEqual({
        errCode: 'FN.UNAUTHENTICATED',
        errMsg: 'the request is not authenticated',
      });
    }
    expect([cloud.requests, slack.received, feishu.received]).toEqual([[], [], []]);
  });

  test('is a 401 whatever is in it', async () => {
    const { invoke } = await deployChat();

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.values(PATHS)), fc.string({ unit: 'binary' }), async (path, body) => {
        expect((await invoke(path, { headers: {}, body })).statusCode).toBe(401);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a signed request that makes no sense', () => {
  test.each([PATHS.commands, PATHS.interactions])('to %s is a 200 that says so', async (path) => {
    const { cloud, slack, invoke, signingSecret } = await deployChat();

    for (const body of GARBAGE) {
      const answer = await invoke(path, { headers: signSlack(body, signingSecret, NOON_MS), body });
      expect(answer.statusCode, body).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ response_type: 'ephemeral', text: 'Not understood' });
    }
    expect([cloud.requests, slack.received]).toEqual([[], []]);
  });

  test('of another media type is a 200 that says so', async () => {
    const { invoke, nowMs, signingSecret } = await deployChat();
    const { headers, body } = slackCommand('help', ADA, { secret: signingSecret, nowMs: nowMs() });

    const answer = await invoke(PATHS.commands, { headers: { ...headers, 'content-type': 'application/json' }, body });

    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ text: 'Not understood' });
  });

  test('of Feishu is acknowledged', async () => {
    const { cloud, feishu, invoke, logged } = await deployChat();
    const delivery = { app: feishu.app, nowMs: NOON_MS };

    for (const event of [null, {}, { message: 7 }, { sender: { sender_type: 'user' } }]) {
      const answer = await invoke(PATHS.feishu, feishuEvent('im.message.receive_v1', 't', event, delivery));
      expect(answer).toMatchObject({ statusCode: 200, body: '{}' });
    }
    expect(logged('chat.ignored').length).toBe(4);
    expect([cloud.requests, feishu.received]).toEqual([[], []]);
  });

  test('never throws, and always has one of the known statuses', async () => {
    const { invoke, feishu, signingSecret } = await deployChat();
    const path = fc.constantFrom(...Object.values(PATHS));

    await fc.assert(
      fc.asyncProperty(path, fc.string({ unit: 'binary' }), fc.json(), async (to, text, json) => {
        const slack = { headers: signSlack(text, signingSecret, NOON_MS), body: text };
        const answers = [await invoke(to, slack), await invoke(to, signFeishu(JSON.parse(json), feishu.app, NOON_MS))];

        for (const { statusCode } of answers) expect([200, 401]).toContain(statusCode);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a base64 body', () => {
  test.each([true, false])('means the same (base64: %s)', async (isBase64Encoded) => {
    const { feishu, app, nowMs, signingSecret } = await deployChat();
    const handler = createHandler(onlyApp(app));
    const send = (path: string, { headers, body }: SignedRequest) =>
      handler(
        {
          version: '2.0',
          rawPath: path,
          headers,
          requestContext: { stage: '$default', http: { method: 'POST', path } },
          body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
          isBase64Encoded,
        },
        lambdaContext(),
      );

    const inSlack = await send(PATHS.commands, slackCommand('取消', ADA, { secret: signingSecret, nowMs: nowMs() }));
    const inFeishu = await send(
      PATHS.feishu,
      feishuClick({ du: 'keep', 备注: '取消' }, LIN, { app: feishu.app, nowMs: nowMs(), clear: true }),
    );

    expect(renderSlack(JSON.parse(inSlack.body))).toContain('There is no command `取消`.');
    expect(JSON.parse(inFeishu.body)).toMatchObject({ toast: { content: 'Nothing was done' } });
  });
});
