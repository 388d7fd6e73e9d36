import { describe, expect, test } from 'vitest';
import { ADA, deployChat, LIN, SHARE } from '../../support/chat-deployment.ts';
import { renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { renderSlack } from '../../support/chat-platforms/slack-blocks.ts';

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
      await type('cancel-all prod', stranger),
      await type('sweep', stranger),
      await type('help', stranger),
      await type('nonsense', stranger),
      await click(`ask:${SHARE}:${taskId}`, stranger),
      await click(`confirm:v2.${'a'.repeat(40)}.${'b'.repeat(43)}`, stranger),
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
