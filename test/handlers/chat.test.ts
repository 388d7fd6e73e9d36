import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ADA, type ChatDeployment, deployChat, LIN, NOON_MS, PATHS, SHARE } from '../chat-deployment.ts';
import { feishuClick, feishuEvent, feishuMessage, signFeishu } from '../chat-platforms/feishu.ts';
import { renderCard } from '../chat-platforms/feishu-cards.ts';
import { type SignedRequest, signSlack, slackClick, slackCommand } from '../chat-platforms/slack.ts';
import { renderSlack, slackButtons } from '../chat-platforms/slack-blocks.ts';
import { lambdaContext } from '../contexts.ts';

const TASK = '2b31ed520a1b2c3d4e5f6e6db57a1b2c';
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

/** A message in words, of whichever platform. */
const wordsOf = (message: Readonly<Record<string, unknown>>): string =>
  'schema' in message ? renderCard(message) : renderSlack(message);

describe('a route that is not configured', () => {
  test.each([
    [PATHS.commands, { SLACK_SIGNING_SECRETS: '' }, 'SLACK_SIGNING_SECRETS'],
    [PATHS.interactions, { SLACK_SIGNING_SECRETS: ' ' }, 'SLACK_SIGNING_SECRETS'],
    [PATHS.feishu, { FEISHU_ENCRYPT_KEY: '' }, 'FEISHU_ENCRYPT_KEY'],
    [PATHS.feishu, { FEISHU_APP_SECRET: '' }, 'FEISHU_APP_SECRET'],
    [PATHS.feishu, { FEISHU_VERIFICATION_TOKEN: '' }, 'FEISHU_VERIFICATION_TOKEN'],
    [PATHS.feishu, { FEISHU_APP_ID: '' }, 'FEISHU_APP_ID'],
  ])('%s answers 503 without %j, and does nothing', async (path, variables, name) => {
    const { cloud, invoke, logged } = await deployChat({ variables });

    const answers = await Promise.all([
      invoke(path, { headers: {}, body: 'ssl_check=1' }),
      invoke(path, { headers: {}, body: '{"type":"url_verification","challenge":"c","token":""}' }),
    ]);

    for (const answer of answers) {
      expect(answer.statusCode).toBe(503);
      expect(JSON.parse(answer.body)).toMatchObject({ errCode: 'FN.MISCONFIGURED' });
      expect(answer.body).not.toContain(name);
    }
    expect(logged('config.faults')[0]).toMatchObject({ faults: [`${name} is missing`] });
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

describe("Slack's certificate check", () => {
  test.each([PATHS.commands, PATHS.interactions])('to %s is answered and does nothing', async (path) => {
    const { cloud, invoke, logged, signingSecret } = await deployChat();
    const body = 'ssl_check=1&token=abc';
    const withCommand = `${body}&command=%2Fdu&text=list+prod&team_id=T0001&channel_id=C0001&user_id=U0001`;

    const unsigned = await invoke(path, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    const signed = await invoke(path, {
      headers: signSlack(withCommand, signingSecret, NOON_MS),
      body: withCommand,
    });

    for (const answer of [unsigned, signed]) expect(answer).toMatchObject({ statusCode: 200, body: '{}' });
    expect([cloud.requests, logged('chat.command')]).toEqual([[], []]);
  });

  test('without a form still does nothing', async () => {
    const { cloud, invoke, logged } = await deployChat();

    const answer = await invoke(PATHS.commands, { headers: {}, body: 'ssl_check=1' });

    expect(answer.statusCode).toBe(200);
    expect([cloud.requests, logged('chat.command')]).toEqual([[], []]);
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
    const { createHandler } = await import('../../handlers/chat.ts');
    const { onlyApp } = await import('../../handlers/middleware/apps.ts');
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

describe('who may', () => {
  const STRANGERS = [
    { ...ADA, team: 'T0002' },
    { ...ADA, channel: 'C0002' },
    { ...ADA, user: 'U0002' },
  ];

  test.each(STRANGERS)('%j may not, is told whom to ask, and nothing of any share', async (stranger) => {
    const { cloud, type, click, logged } = await deployChat({ variables: { SLACK_ALLOWED: 'T0001/C0001/U0001' } });
    const taskId = cloud.addTask(SHARE, { path: '/secret' });

    const messages = [
      await type('list prod', stranger),
      await type('status prod none', stranger),
      await type('help', stranger),
      await type('nonsense', stranger),
      await click(`ask:${SHARE}:${taskId}`, stranger),
      await click('nonsense', stranger),
    ];

    const entry = `${stranger.team}/${stranger.channel}/${stranger.user}`;
    for (const message of messages) {
      expect(renderSlack(message)).toBe(
        '# You may not use this here\n\n' +
          `Ask the operator of this function. To let you in, \`SLACK_ALLOWED\` must list \`${entry}\`.`,
      );
    }
    expect(cloud.requests).toEqual([]);
    expect(logged('chat.command')[0]).toMatchObject({ caller: `slack:${entry}`, outcome: 'refused' });
  });

  test.each([
    ['', false],
    ['T0001/C0001/U0001', true],
    ['T0001/C0001/*', true],
    ['*/*/*', true],
    ['T0009/*/*, T0001/*/U0001', true],
    ['T0001/C0001/U000', false],
    ['T0001/C0001/U00011', false],
  ])('SLACK_ALLOWED=%j lets Ada in: %s', async (allowed, isLetIn) => {
    const { type } = await deployChat({ variables: { SLACK_ALLOWED: allowed } });

    expect((await type('help'))['text'] === 'Directory-usage tasks').toBe(isLetIn);
  });

  test('in Feishu nobody is let in by default', async () => {
    const { cloud, write, tap } = await deployChat({ variables: { FEISHU_ALLOWED: '' } });
    const card = {
      body: { elements: [{ tag: 'button', text: { content: 'x' }, behaviors: [{ value: { du: 'keep' } }] }] },
    };

    const reply = await write('/du list prod');
    const answer = await tap(card, 'x');

    expect(renderCard(reply)).toBe(
      '# You may not use this here (red)\n\nAsk the operator of this function. ' +
        `To let you in, FEISHU_ALLOWED must list ${LIN.tenant}/${LIN.chat}/${LIN.user}.`,
    );
    expect(answer).toEqual({ toast: { type: 'error', content: 'You may not use this here' } });
    expect(cloud.requests).toEqual([]);
  });

  test('a share that is not allowed and one that does not exist get the same answer', async () => {
    const others = { cloudShare: '11111111-4b63-4895-8dbc-d9e21b79d34a', none: '22222222-4b63-4895-8dbc-d9e21b79d34a' };
    const closed = await deployChat();
    closed.cloud.addShare({ id: others.cloudShare });
    const open = await deployChat({ variables: { ALLOWED_SHARES: '*' } });

    const answers = [
      await closed.type(`list ${others.cloudShare}`),
      await closed.type(`list ${others.none}`),
      await open.type(`list ${others.none}`),
    ].map((message) => renderSlack(message).replace(/`[\d-]+-4b63[^`]+`/, 'SHARE'));

    expect(answers[0]).toBe('# No such share here\n\nSHARE is no share that this function may touch. Try `/du help`.');
    expect(new Set(answers).size).toBe(1);
  });

  test('an alias of a share that is not allowed does not exist', async () => {
    const { type, cloud } = await deployChat({
      variables: { SHARE_ALIASES: `prod=${SHARE},hidden=33333333-4b63-4895-8dbc-d9e21b79d34a` },
    });

    expect(renderSlack(await type('list hidden'))).toContain('`hidden` is no share');
    expect(renderSlack(await type('list hiden'))).not.toContain('Did you mean');
    expect(renderSlack(await type('help'))).not.toContain('hidden');
    expect(cloud.requests).toEqual([]);
  });
});

describe('a confirmation', () => {
  async function ask(deployed: ChatDeployment) {
    deployed.cloud.addTask(SHARE, { id: TASK, path: '/home' });
    const question = await deployed.type(`cancel prod ${TASK}`);
    const confirm = slackButtons(question)[0]?.value ?? '';
    return { question, confirm };
  }

  test('clicked twice cancels once, and says that it is gone', async () => {
    const deployed = await deployChat();
    const { confirm } = await ask(deployed);

    const first = await deployed.click(confirm);
    const second = await deployed.click(confirm);

    expect(first['text']).toBe('Cancelled');
    expect(renderSlack(second)).toMatchInlineSnapshot(`
      "# Already gone

      Task \`2b31ed520a1b2c3d4e5f6e6db57a1b2c\` does not exist any more. Somebody was faster, or it was clicked twice.

      > Share \`prod\`
      > Code \`SFS.TURBO.0124\`

      [Show the list]"
    `);
    expect(second).toMatchObject({ replace_original: true });
    expect(deployed.cloud.deletedTaskIds).toEqual([TASK]);
  });

  test('leaves an audit line with the person as the caller', async () => {
    const deployed = await deployChat();
    const { confirm } = await ask(deployed);

    await deployed.click(confirm);

    expect(deployed.logged('audit')).toEqual([
      expect.objectContaining({
        caller: 'slack:T0001/C0001/U0001',
        share_id: SHARE,
        task_id: TASK,
        outcome: 'accepted',
      }),
    ]);
  });

  test('is good for two minutes and not longer', async () => {
    const deployed = await deployChat();
    const { confirm } = await ask(deployed);
    deployed.advance(120_001);

    const late = await deployed.click(confirm);

    expect(renderSlack(late)).toContain(`Nothing was done. To ask again: \`/du cancel prod ${TASK}\``);
    expect(deployed.cloud.deletedTaskIds).toEqual([]);
  });

  test.each([
    { ...ADA, user: 'U0002' },
    { ...ADA, channel: 'C0002' },
    { ...ADA, team: 'T0002' },
  ])('is worth nothing to %j', async (other) => {
    const deployed = await deployChat({ variables: { SLACK_ALLOWED: '*/*/*' } });
    const { confirm } = await ask(deployed);

    const answer = await deployed.click(confirm, other);

    expect(answer).toMatchObject({ text: 'Somebody else was asked', replace_original: false });
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('of Slack is worth nothing in Feishu', async () => {
    const deployed = await deployChat({
      variables: { SLACK_ALLOWED: '*/*/*', FEISHU_ALLOWED: '*/*/*' },
    });
    const { confirm } = await ask(deployed);
    const sameIds = { tenant: ADA.team, chat: ADA.channel, user: ADA.user };
    const request = feishuClick({ du: confirm }, sameIds, { app: deployed.feishu.app, nowMs: NOON_MS });

    const answer = await deployed.invoke(PATHS.feishu, request);

    expect(JSON.parse(answer.body)).toEqual({ toast: { type: 'error', content: 'Somebody else was asked' } });
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('that was changed is not understood', async () => {
    const deployed = await deployChat();
    const { confirm } = await ask(deployed);
    const [version, payload = '', mac = ''] = confirm.split('.');
    const other = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('/home', '/root')).toString(
      'base64url',
    );

    const answers = [
      await deployed.click([version, other, mac].join('.')),
      await deployed.click([version, payload, mac.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))].join('.')),
      await deployed.click([version, payload].join('.')),
      await deployed.click('confirm:'),
    ];

    for (const answer of answers) expect(answer['text']).toBe('Not understood');
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('needs CONFIRM_SECRET; without it there is no button', async () => {
    const { cloud, type, click } = await deployChat({ variables: { CONFIRM_SECRET: '' } });
    cloud.addTask(SHARE, { id: TASK });

    const list = await type('list prod');
    const question = await type(`cancel prod ${TASK}`);
    const clicked = await click(`confirm:v1.${'a'.repeat(20)}.${'b'.repeat(43)}`);

    expect(slackButtons(list)).toEqual([]);
    for (const answer of [question, clicked]) expect(renderSlack(answer)).toContain('`CONFIRM_SECRET`');
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test('that is declined does nothing', async () => {
    const deployed = await deployChat();
    const { question } = await ask(deployed);

    const kept = await deployed.press(question, 'Keep it');

    expect(kept).toMatchObject({ text: 'Nothing was done', replace_original: true });
    expect(deployed.cloud.deletedTaskIds).toEqual([]);
  });
});

describe('time', () => {
  const ANSWERED_WITHIN_MS = 2_500;

  async function timed<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
    const startedAtMs = performance.now();
    const result = await work();
    return { result, tookMs: performance.now() - startedAtMs };
  }

  test('is kept by every command while SFS Turbo is silent', async () => {
    const { cloud, type } = await deployChat({ realTime: true, variables: { SWEEP_SHARES: SHARE } });
    cloud.order({ kind: { type: 'silence' }, times: Number.POSITIVE_INFINITY });
    const texts = ['list prod', `status prod ${TASK}`, 'cancel prod 2b31', 'preview'];

    const answers = await Promise.all(texts.map((text) => timed(() => type(text))));

    for (const { result, tookMs } of answers) {
      expect(tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
      expect(renderSlack(result)).toMatch(/did not answer in time|no time to look|could not be read/);
    }
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test('is kept by a click while the DELETE is silent, and the answer says how to ask', async () => {
    const { cloud, type, press, write, tap, lines } = await deployChat({ realTime: true });
    const other = '99c0ffee0a1b2c3d4e5f6e6db57a1b2c';
    for (const id of [TASK, other]) cloud.addTask(SHARE, { id, path: '/home' });
    const inSlack = await type(`cancel prod ${TASK}`);
    const inFeishu = await write(`cancel prod ${other}`);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'silence', act: true }, times: 2 });

    const [slack, feishu] = await Promise.all([
      timed(() => press(inSlack, 'Stop and delete it')),
      timed(() => tap(inFeishu, 'Stop and delete it')),
    ]);
    const linesThen = lines.length;
    await new Promise((resolve) => setTimeout(resolve, 300));

    for (const { tookMs } of [slack, feishu]) expect(tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
    const card = renderCard(feishu.result.card?.data ?? {});
    expect(renderSlack(slack.result)).toContain(`Ask in a moment: \`/du status prod ${TASK}\``);
    expect(card).toContain('# The outcome is not known yet');
    expect(card).toContain(`Ask in a moment: /du status prod ${other}`);
    // nothing runs after the answer
    expect(lines.length).toBe(linesThen);
  });

  test('is kept while IAM, Feishu and the response_url are silent', async () => {
    const { cloud, slack, feishu, invoke, logged, nowMs, signingSecret } = await deployChat({ realTime: true });
    cloud.order({ operation: 'CreateToken', kind: { type: 'silence' }, times: Number.POSITIVE_INFINITY });
    slack.setLatency(Number.POSITIVE_INFINITY);
    feishu.setLatency(Number.POSITIVE_INFINITY);
    const responseUrl = slack.responseUrl();
    const click = slackClick(`ask:${SHARE}:${TASK}`, ADA, { secret: signingSecret, nowMs: nowMs(), responseUrl });
    const message = feishuMessage('list prod', LIN, feishu.newMessageId(), { app: feishu.app, nowMs: nowMs() });

    const [inSlack, inFeishu] = await Promise.all([
      timed(() => invoke(PATHS.interactions, click)),
      timed(() => invoke(PATHS.feishu, message)),
    ]);

    for (const { result, tookMs } of [inSlack, inFeishu]) {
      expect(result.statusCode).toBe(200);
      expect(tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
    }
    const replies = logged('chat.reply').map(({ service, reason }) => `${service}: ${reason}`);
    expect(replies.toSorted()).toEqual(['feishu: upstream_timeout', 'slack: timeout']);
  });

  test('that the platform has less of is less', async () => {
    const { cloud, invoke, nowMs, signingSecret } = await deployChat({ realTime: true });
    cloud.order({ kind: { type: 'silence' }, times: Number.POSITIVE_INFINITY });
    const request = slackCommand('list prod', ADA, { secret: signingSecret, nowMs: nowMs() });

    const { result, tookMs } = await timed(() => invoke(PATHS.commands, request, lambdaContext(1_000)));

    expect(tookMs).toBeLessThan(1_000);
    expect(renderSlack(JSON.parse(result.body))).toContain('did not answer in time');
  });
});

describe('a response_url', () => {
  test.each(['https://evil.example/actions/T1/1/abc', 'http://127.0.0.1:1/actions/T1/1/abc', 'not a url', ''])(
    'of %j is not used, and the answer is still there',
    async (responseUrl) => {
      const { slack, invoke, nowMs, signingSecret, logged } = await deployChat();
      const request = slackClick('keep', ADA, { secret: signingSecret, nowMs: nowMs(), responseUrl });

      const answer = await invoke(PATHS.interactions, request);

      expect(JSON.parse(answer.body)).toMatchObject({ text: 'Nothing was done' });
      expect(slack.received).toEqual([]);
      expect(logged('chat.reply')).toEqual([expect.objectContaining({ level: 'WARN', reason: 'bad response_url' })]);
    },
  );

  test('that redirects is not followed', async () => {
    const { slack, invoke, nowMs, signingSecret, logged } = await deployChat();
    const responseUrl = slack.redirectingUrl();

    await invoke(PATHS.interactions, slackClick('keep', ADA, { secret: signingSecret, nowMs: nowMs(), responseUrl }));

    expect(slack.received.length).toBe(1);
    expect(slack.posts).toEqual([]);
    expect(logged('chat.reply')).toEqual([expect.objectContaining({ upstream_status: 302, reason: 'refused' })]);
  });
});

describe('an event of Feishu', () => {
  test('that comes late is acknowledged and not carried out', async () => {
    const { cloud, feishu, invoke, logged } = await deployChat();
    const delivery = { app: feishu.app, nowMs: NOON_MS, createdAtMs: NOON_MS - 300_001 };
    const click = feishuClick({ du: `list:${SHARE}:1` }, LIN, delivery);

    const message = await invoke(PATHS.feishu, feishuMessage('list prod', LIN, feishu.newMessageId(), delivery));
    const clicked = await invoke(PATHS.feishu, click);

    expect(message).toMatchObject({ statusCode: 200, body: '{}' });
    expect(JSON.parse(clicked.body)).toEqual({ toast: { type: 'warning', content: 'Too late' } });
    expect(logged('chat.ignored').map(({ reason }) => reason)).toEqual(['late', 'late']);
    expect([cloud.requests, feishu.received]).toEqual([[], []]);
  });

  test('that comes twice is answered once', async () => {
    const { cloud, feishu, invoke } = await deployChat();
    const messageId = feishu.newMessageId();
    const delivery = { app: feishu.app, nowMs: NOON_MS, eventId: 'event-1' };

    const answers = [
      await invoke(PATHS.feishu, feishuMessage('list prod', LIN, messageId, delivery)),
      await invoke(PATHS.feishu, feishuMessage('list prod', LIN, messageId, delivery)),
    ];

    for (const answer of answers) expect(answer).toMatchObject({ statusCode: 200, body: '{}' });
    expect(feishu.replies.length).toBe(1);
    expect(cloud.requestsOf('ListFsTasks').length).toBe(1);
  });

  test('that comes to two instances is replied to once', async () => {
    const { feishu, invoke, app } = await deployChat();
    const { createApp } = await import('../../lib/app.ts');
    const { createHandler } = await import('../../handlers/chat.ts');
    const { onlyApp } = await import('../../handlers/middleware/apps.ts');
    const other = createApp(app.config, app.world);
    const messageId = feishu.newMessageId();
    const request = feishuMessage('help', LIN, messageId, { app: feishu.app, nowMs: NOON_MS });

    await invoke(PATHS.feishu, request);
    const event = { httpMethod: 'POST', path: PATHS.feishu, headers: request.headers, body: request.body };
    await createHandler(onlyApp(other))(event, lambdaContext());
    await other.close();

    expect(feishu.received.filter(({ path }) => path.endsWith('/reply')).length).toBe(2);
    expect(feishu.replies.length).toBe(1);
  });

  test('of another kind is acknowledged', async () => {
    const { feishu, invoke } = await deployChat();
    const request = feishuEvent('im.chat.updated_v1', 't', {}, { app: feishu.app, nowMs: NOON_MS });

    expect(await invoke(PATHS.feishu, request)).toMatchObject({ statusCode: 200, body: '{}' });
  });

  test('that checks the URL is answered with its challenge', async () => {
    const { feishu, invoke } = await deployChat();
    const check = { type: 'url_verification', challenge: 'ajls384k', token: feishu.app.verificationToken };

    const answer = await invoke(PATHS.feishu, { headers: {}, body: JSON.stringify(check) });

    expect(answer).toMatchObject({ statusCode: 200, body: '{"challenge":"ajls384k"}' });
    expect(answer.headers['content-type']).toBe('application/json');
  });
});

describe("Feishu's tenant token", () => {
  test('is fetched once, and again when it is dead', async () => {
    const { feishu, write } = await deployChat();

    await write('help');
    await write('help');
    const before = feishu.tokenCount();
    feishu.revokeTokens();
    await write('help');

    expect([before, feishu.tokenCount()]).toEqual([1, 2]);
    expect(feishu.replies.length).toBe(3);
  });

  test('is renewed before it ends', async () => {
    const { advance, feishu, write } = await deployChat();
    await write('help');

    advance(7_200_000 - 119_000);
    await write('help');

    expect(feishu.tokenCount()).toBe(2);
  });

  test('that is refused is not asked for again at once, and the event is still acknowledged', async () => {
    const { feishu, invoke, logged } = await deployChat();
    feishu.refuseSecret();
    const send = () =>
      invoke(PATHS.feishu, feishuMessage('help', LIN, feishu.newMessageId(), { app: feishu.app, nowMs: NOON_MS }));

    const answers = [await send(), await send()];

    for (const answer of answers) expect(answer).toMatchObject({ statusCode: 200, body: '{}' });
    expect(feishu.received.length).toBe(1);
    expect(logged('chat.reply')).toEqual([
      expect.objectContaining({ reason: 'upstream_forbidden', err_code: '10014' }),
      expect.objectContaining({ reason: 'upstream_forbidden', err_code: '10014' }),
    ]);
  });

  test('a reply that meets a fault is tried again', async () => {
    const { feishu, write } = await deployChat();
    feishu.failReplies(1, { status: 502, body: 'bad gateway' });

    const card = await write('help');

    expect(renderCard(card)).toContain('/du list');
  });
});

describe('text of others', () => {
  const INJECTIONS = [
    '<!channel>',
    '<@U0002>',
    '<https://evil.example|click>',
    '<at user_id="all">everybody</at>',
    '*bold* _italic_ ~struck~ `code` ```block```',
    '&lt;!here&gt; & co',
    '[link](https://evil.example)',
    'up\u202Eside\u2066down\u200B',
    'line\nbreak\r\n> quote',
  ];

  test.each(INJECTIONS)('%j cannot get out of its place', async (text) => {
    const { cloud, type, write } = await deployChat();
    cloud.addTask(SHARE, {
      id: TASK,
      status: 'FAIL',
      path: `/home/${text}`,
      raw: { dir_usage: { path: text, message: text } },
    });

    const messages = [
      await type('list prod'),
      await type('status prod 2b31'),
      await type(text),
      await type(`list ${text}`),
    ];
    const cards = [await write('/du list prod'), await write('/du status prod 2b31'), await write(`/du ${text}`)];

    for (const message of messages) {
      const json = JSON.stringify(message);
      expect(json).not.toMatch(/<[!@#h]/);
      expect(json).not.toMatch(/[\u200B-\u200F\u202A-\u202E\u2066-\u2069]/);
      // whatever is foreign stays within a code span
      for (const part of mrkdwnOf(message)) expect((part.match(/`/g) ?? []).length % 2).toBe(0);
      expect(String(message['text'])).not.toContain('evil');
    }
    for (const card of cards) {
      const json = JSON.stringify(card);
      expect(json).not.toMatch(/"tag":"(markdown|lark_md)"/);
      expect(json).not.toMatch(/[\u200B-\u200F\u202A-\u202E\u2066-\u2069]/);
    }
  });

  function mrkdwnOf(message: unknown): readonly string[] {
    const found: string[] = [];
    JSON.stringify(message, (_key, value) => {
      if (value?.type === 'mrkdwn') {
        expect(value.verbatim).toBe(true);
        found.push(...String(value.text).split('\n'));
      }
      return value;
    });
    return found;
  }
});

describe('the log', () => {
  test('has no secret, address or word of a request in it', async () => {
    const deployed = await deployChat();
    const { cloud, slack, feishu, variables, type, press, write, tap, lines } = deployed;
    cloud.addTask(SHARE, { path: '/home' });

    const question = await press(await type('list prod'), 'Cancel…');
    await press(question, 'Stop and delete it');
    const card = await write('/du list prod');
    cloud.addTask(SHARE, { path: '/home' });
    await tap(await write('/du list prod'), 'Cancel…');
    await type('a-word-that-was-typed');
    await deployed.invoke(PATHS.commands, { headers: {}, body: 'body-that-was-sent' });
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 400, body: 'upstream-body' } });
    await type('list prod');

    const text = lines.join('');
    const tokens = [
      ...slack.received.map(({ path }) => path),
      ...feishu.received.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? ''),
      ...slackButtons(question).map(({ value }) => value),
    ].filter((token) => token.length > 8);
    const secrets = [
      variables['CONFIRM_SECRET'],
      variables['SLACK_SIGNING_SECRETS'],
      variables['FEISHU_APP_SECRET'],
      variables['FEISHU_ENCRYPT_KEY'],
      variables['FEISHU_VERIFICATION_TOKEN'],
      cloud.password,
    ];
    expect(lines.length).toBeGreaterThan(10);
    expect(tokens.length).toBeGreaterThan(3);
    expect(card).toBeDefined();
    for (const secret of [...secrets, ...tokens]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/response_url|trigger_id|13345224609|deprecated-verification|hooks|a-word-that|body-that/);
  });
});

describe('the preview', () => {
  async function deployWithSweep(variables: Readonly<Record<string, string>> = {}) {
    const deployed = await deployChat({
      variables: { SWEEP_SHARES: '*', SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false', SWEEP_RATE: '200', ...variables },
    });
    for (let number = 10; number < 22; number += 1) {
      const times = { beginTime: `2026-02-${number} 09:00:00`, endTime: `2026-02-${number} 09:10:00` };
      deployed.cloud.addTask(SHARE, { path: `/data/${number}`, status: 'SUCCESS', usedCapacityBytes: 1_024, ...times });
    }
    return deployed;
  }

  test('names what is due, and deletes nothing even where the sweep would', async () => {
    const { cloud, type } = await deployWithSweep();

    const message = await type('preview');

    const [head, title, first] = renderSlack(message).split('\n\n');
    expect([head, title, first]).toEqual([
      '# What the next sweep would delete',
      '12 tasks of 1 share are due',
      '`/data/10`\nfinished 19 days ago; found 1.0 KiB\nShare `prod`',
    ]);
    expect(renderSlack(message)).toContain('and 2 more\n\n> This was a dry run: nothing was deleted.');
    expect(cloud.deletedTaskIds).toEqual([]);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('says when nothing is due', async () => {
    const { type } = await deployWithSweep({ SWEEP_MIN_AGE: '365d' });

    expect(renderSlack(await type('preview'))).toContain('Nothing is due in 1 share.');
  });

  test('says when a share could not be read', async () => {
    const { cloud, type } = await deployWithSweep();
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 403 } });

    const text = renderSlack(await type('preview'));

    expect(text).toContain('Nothing was found to be due.');
    expect(text).toContain('> 1 share could not be read');
  });

  test('has time for a service that is slow', async () => {
    const { cloud, type } = await deployChat({ realTime: true, variables: { SWEEP_SHARES: SHARE } });
    cloud.addTask(SHARE, { path: '/old', status: 'FAIL', beginTime: '2024-01-01 00:00:00' });
    cloud.latency('sfs-turbo', 750);

    const text = renderSlack(await type('preview'));

    expect(text).toContain('1 task of 1 share is due');
    expect(text).not.toContain('no time');
  });

  test('says in plain words that no sweep is set up', async () => {
    const { type } = await deployChat();

    expect(renderSlack(await type('preview'))).toContain('No sweep is set up here');
  });
});

describe('lists', () => {
  test('of more than ten tasks are paged, newest first', async () => {
    const { cloud, type, press } = await deployChat();
    for (let number = 1; number <= 25; number += 1) {
      const second = String(number).padStart(2, '0');
      cloud.addTask(SHARE, { path: `/${number}`, status: 'SUCCESS', beginTime: `2026-03-01 10:00:${second}` });
    }
    const pathsOf = (message: Readonly<Record<string, unknown>>) =>
      [...renderSlack(message).matchAll(/^`\/(\d+)`$/gm)].map(([, number]) => Number(number));

    const first = await type('list prod');
    const second = await press(first, 'Older');
    const third = await press(second, 'Older');
    const back = await press(third, 'Newer');

    expect(pathsOf(first)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
    expect(pathsOf(second)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6]);
    expect(pathsOf(third)).toEqual([5, 4, 3, 2, 1]);
    expect(pathsOf(back)).toEqual(pathsOf(second));
    expect(second).toMatchObject({ replace_original: true });
    expect(renderSlack(first)).toContain('> Page 1 of 3');
  });

  test('that are cut by time say so', async () => {
    const { cloud, type } = await deployChat({ realTime: true });
    for (let number = 0; number < 150; number += 1) cloud.addTask(SHARE, { status: 'SUCCESS' });
    cloud.order({ operation: 'ListFsTasks', skip: 2, kind: { type: 'silence' }, times: Number.POSITIVE_INFINITY });

    const [list, status] = await Promise.all([type('list prod'), type('status prod ffff')]);

    expect(renderSlack(list)).toContain('100 tasks of `prod`');
    expect(renderSlack(list)).toContain('There was no time to read the whole list');
    // what was not read may be the task that is meant
    expect(renderSlack(status)).toContain('SFS Turbo did not answer in time.');
  });

  test('of a share of another type say so', async () => {
    const old = '44444444-4b63-4895-8dbc-d9e21b79d34a';
    const { cloud, type } = await deployChat({ variables: { ALLOWED_SHARES: `${SHARE},${old}` } });
    cloud.addShare({ id: old, supportsTasks: false });

    expect(renderSlack(await type(`list ${old}`))).toContain('is of a type that has no directory-usage tasks');
  });

  test('that are empty say so', async () => {
    const { type } = await deployChat();

    expect(renderSlack(await type('list PROD'))).toContain('`prod` has no directory-usage tasks.');
  });

  test('show tasks with odd fields as far as they can be shown', async () => {
    const { cloud, type } = await deployChat();
    cloud.addTask(SHARE, {
      raw: { task_id: '../../etc', status: 'ODD', begin_time: 'never', end_time: null, dir_usage: 7 },
    });

    const message = await type('list prod');

    expect(renderSlack(message)).toContain('(no path)\nin an unknown state; age unknown');
    expect(slackButtons(message)).toEqual([]);
  });
});

describe('words that do not fit', () => {
  test.each([
    ['lsit prod', 'There is no command `lsit`. Did you mean `/du list <share>`?'],
    ['delete prod', 'There is no command `delete`. Try `/du help`.'],
    ['list', 'Use it like this: `/du list <share>`'],
    ['list prod now', 'Use it like this: `/du list <share>`'],
    ['cancel prod', 'Use it like this: `/du cancel <share> <task>`'],
    ['preview now', 'Use it like this: `/du preview`'],
    ['list prdo', '`prdo` is no share that this function may touch. Did you mean `prod`?'],
    ['cancel prod 2b3', 'at least the first 4 characters'],
    ['status prod ../..', 'at least the first 4 characters'],
    ['status prod ffff', 'No task of `prod` has an id that begins with `ffff`. `/du list prod` shows them all.'],
    [`status prod ${'f'.repeat(32)}`, 'No task of `prod` has an id that begins with'],
    ['cancel prod 2b31', 'The ids of 2 tasks begin with `2b31`.'],
  ])('/du %s is answered by %j', async (text, answer) => {
    const { cloud, type } = await deployChat();
    cloud.addTask(SHARE, { id: '2b31aaaa' });
    cloud.addTask(SHARE, { id: '2b31bbbb' });

    expect(renderSlack(await type(text))).toContain(answer);
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test('an id that is the beginning of another is taken for itself', async () => {
    const { cloud, type } = await deployChat();
    cloud.addTask(SHARE, { id: '2b31', path: '/this' });
    cloud.addTask(SHARE, { id: '2b31aaaa', path: '/other' });

    expect(renderSlack(await type('status prod 2b31'))).toContain('`/this`');
  });
});

describe('failures of SFS Turbo', () => {
  test.each([
    [{ type: 'status', status: 500 }, 'SFS Turbo refused the request.', 'SFS.TURBO.0005'],
    [
      { type: 'status', status: 409, body: { errCode: 'SFS.TURBO.0130', errMsg: 'a <b> & c' } },
      'It says: `a <b> & c`',
      'SFS.TURBO.0130',
    ],
    [{ type: 'status', status: 503 }, 'has too much to do', 'FN.UPSTREAM_UNAVAILABLE'],
    [{ type: 'throttle' }, 'has too much to do', 'APIGW.0308'],
    [{ type: 'garbage', bytes: 'hello' }, 'makes no sense', 'FN.UPSTREAM_INVALID'],
    [{ type: 'status', status: 401 }, "refused this function's own credentials", 'FN.IAM_REJECTED'],
  ] as const)('%j are told in words, with the code', async (kind, words, code) => {
    const { cloud, type } = await deployChat({ variables: { MAX_ATTEMPTS: '1' } });
    cloud.order({ operation: 'ListFsTasks', kind, times: Number.POSITIVE_INFINITY });

    const text = renderSlack(await type('list prod'));

    expect(text).toContain('# That did not work');
    expect(text).toContain(words);
    expect(text).toContain(`Code \`${code}\``);
    expect(text).toContain('To try again: `/du list prod`');
    expect(text).toContain('> Request `request-1`');
  });

  test('of a DELETE that was refused say that the task was not cancelled', async () => {
    const { cloud, type, press } = await deployChat({ variables: { MAX_ATTEMPTS: '1' } });
    cloud.addTask(SHARE, { id: TASK });
    cloud.order({
      operation: 'DeleteFsTask',
      kind: { type: 'status', status: 409, body: { errCode: 'SFS.TURBO.0011', errMsg: 'busy' } },
    });

    const answer = await press(await type(`cancel prod ${TASK}`), 'Stop and delete it');

    expect(renderSlack(answer)).toContain('The task was not cancelled.');
    expect(renderSlack(answer)).toContain(`To try again: \`/du cancel prod ${TASK}\``);
  });
});
