import { describe, expect, test } from 'vitest';
import { deployChat, PATHS, SHARE } from '../../support/chat-deployment.ts';
import { slackButtons } from '../../support/chat-platforms/slack-blocks.ts';

const TASK = '2b31ed520a1b2c3d4e5f6e6db57a1b2c';

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
    const { cloud, type, press, write } = await deployChat({
      variables: { SWEEP_SHARES: SHARE, SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false' },
    });
    cloud.addTask(SHARE, { status: 'DOING', path: `/${text}` });
    cloud.addTask(SHARE, { status: 'FAIL', path: `/${text}`, beginTime: '2026-02-01 00:00:00' });
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
      await type(`cancel-all ${text}`),
      await press(await type('cancel-all prod'), 'Stop and delete these'),
      await press(await type('sweep'), 'Delete them now'),
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
