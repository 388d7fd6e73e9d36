import { describe, expect, test } from 'vitest';
import { ADA, deployChat, NOON_MS, PATHS } from '../../support/chat-deployment.ts';
import { signSlack, slackClick } from '../../support/chat-platforms/slack.ts';

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

  test('that cannot be reached leaves host and cause, and not the URL', async () => {
    const { slack, invoke, nowMs, signingSecret, lines, logged } = await deployChat();
    const responseUrl = slack.responseUrl();
    const { host, pathname } = new URL(responseUrl);
    await slack.close();

    await invoke(PATHS.interactions, slackClick('keep', ADA, { secret: signingSecret, nowMs: nowMs(), responseUrl }));

    expect(logged('chat.reply')).toEqual([
      expect.objectContaining({ level: 'WARN', reason: `${host}: unreachable, ECONNREFUSED` }),
    ]);
    expect(lines.join()).not.toContain(pathname);
  });

  test('that redirects is not followed', async () => {
    const { slack, invoke, nowMs, signingSecret, logged } = await deployChat();
    const responseUrl = slack.redirectingUrl();

    await invoke(PATHS.interactions, slackClick('keep', ADA, { secret: signingSecret, nowMs: nowMs(), responseUrl }));

    expect(slack.received.length).toBe(1);
    expect(slack.posts).toEqual([]);
    expect(logged('chat.reply')).toEqual([expect.objectContaining({ upstream_status: 302, reason: 'refused' })]);
  });
});
