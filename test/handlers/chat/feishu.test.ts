import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../handlers/chat.ts';
import { createChatApp } from '../../../lib/chat/app.ts';
import { deployChat, LIN, NOON_MS, PATHS, SHARE } from '../../support/chat-deployment.ts';
import { feishuClick, feishuEvent, feishuMessage } from '../../support/chat-platforms/feishu.ts';
import { renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { lambdaContext } from '../../support/contexts.ts';
import { onlyApp } from '../../support/only-app.ts';

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
    expect(logged('chat.ignored').map(({ age_s: ageS }) => ageS)).toEqual([300, 300]);
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
    const other = createChatApp(app.config, app.runtime);
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
      expect.objectContaining({
        outcome: 'upstream_forbidden',
        reason: 'Feishu refused the request',
        err_code: '10014',
      }),
      expect.objectContaining({
        outcome: 'upstream_forbidden',
        reason: 'Feishu refused the request',
        err_code: '10014',
      }),
    ]);
  });

  test('that cannot be fetched leaves host and cause', async () => {
    const { feishu, invoke, logged } = await deployChat({ variables: { MAX_ATTEMPTS: '1' } });
    const { host } = new URL(feishu.origin);
    await feishu.close();
    const message = feishuMessage('help', LIN, feishu.newMessageId(), { app: feishu.app, nowMs: NOON_MS });

    await invoke(PATHS.feishu, message);

    expect(logged('chat.reply')).toEqual([
      expect.objectContaining({
        outcome: 'upstream_unavailable',
        reason: `Feishu cannot be reached (${host}: unreachable, ECONNREFUSED)`,
      }),
    ]);
  });

  test('that is refused is renewed once, and then the failure is logged', async () => {
    const { feishu, invoke, logged } = await deployChat();
    feishu.failReplies(3, { status: 400, body: JSON.stringify({ code: 99991663, msg: 'Invalid access token' }) });

    const answer = await invoke(
      PATHS.feishu,
      feishuMessage('help', LIN, feishu.newMessageId(), { app: feishu.app, nowMs: NOON_MS }),
    );

    expect(answer).toMatchObject({ statusCode: 200, body: '{}' });
    expect(feishu.received.filter(({ path }) => path.endsWith('/reply')).length).toBe(2);
    expect(feishu.tokenCount()).toBe(2);
    expect(logged('chat.reply')).toEqual([
      expect.objectContaining({
        outcome: 'upstream_forbidden',
        reason: 'Feishu refused the request',
        err_code: '99991663',
        upstream_status: 400,
      }),
    ]);
  });

  test('a reply that meets a fault is tried again', async () => {
    const { feishu, write } = await deployChat();
    feishu.failReplies(1, { status: 502, body: 'bad gateway' });

    const card = await write('help');

    expect(renderCard(card)).toContain('/du list');
  });
});
