import { describe, expect, test } from 'vitest';
import { ADA, type ChatDeployment, deployChat, NOON_MS, PATHS, SHARE } from '../../support/chat-deployment.ts';
import { feishuClick } from '../../support/chat-platforms/feishu.ts';
import { renderSlack, slackButtons } from '../../support/chat-platforms/slack-blocks.ts';

const TASK = '2b31ed520a1b2c3d4e5f6e6db57a1b2c';

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
