import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ADA, type ChatDeployment, deployChat, LIN, type Message, SHARE } from '../../support/chat-deployment.ts';
import { faultOfCard, feishuButtons, renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { faultOfSlackMessage, renderSlack, slackButtons } from '../../support/chat-platforms/slack-blocks.ts';
import { NAUGHTY_STRINGS } from '../../support/naughty-strings.ts';

const CONFIRM = 'Stop and delete these';
const idOf = (number: number) => `${String(number).padStart(4, '0')}ed520a1b2c3d4e5f6e6db57a1b2c`;

/** Tasks that run for good, the first of them for the longest. */
function addRunning({ cloud }: ChatDeployment, count: number, pathOf = (number: number) => `/data/${number}`) {
  const ids = Array.from({ length: count }, (_, index) => idOf(index + 1));
  for (const [index, id] of ids.entries()) {
    const second = String(index % 60).padStart(2, '0');
    const minute = String(Math.floor(index / 60)).padStart(2, '0');
    cloud.addTask(SHARE, {
      id,
      path: pathOf(index + 1),
      status: 'DOING',
      beginTime: `2026-03-01 10:${minute}:${second}`,
    });
  }
  return ids;
}

const confirmationIn = (question: Message): string => slackButtons(question)[0]?.value ?? '';

describe('cancel-all', () => {
  test('in Slack names each running task, asks, and cancels them', async () => {
    const deployed = await deployChat();
    const ids = addRunning(deployed, 2);
    deployed.cloud.addTask(SHARE, { path: '/done', status: 'SUCCESS' });

    const question = await deployed.type('cancel-all prod');
    const answer = await deployed.press(question, CONFIRM);

    expect(renderSlack(question)).toMatchInlineSnapshot(`
      "# Cancel these running tasks?

      2 tasks of \`prod\` are running, oldest first

      \`/data/1\`
      running for 2 hours
      Task \`0001ed520a1b2c3d4e5f6e6db57a1b2c\`

      \`/data/2\`
      running for 119 minutes
      Task \`0002ed520a1b2c3d4e5f6e6db57a1b2c\`

      Cancelling stops and deletes the tasks that are named here, and no others.

      [! Stop and delete these] [Keep them]

      > This question is for you alone and is good for two minutes.
      > SFS Turbo's list may be up to five minutes behind."
    `);
    expect(renderSlack(answer)).toMatchInlineSnapshot(`
      "# Cancelled

      2 tasks were stopped and deleted:

      \`/data/1\`, task \`0001ed520a1b2c3d4e5f6e6db57a1b2c\`
      \`/data/2\`, task \`0002ed520a1b2c3d4e5f6e6db57a1b2c\`

      > Share \`prod\`
      > SFS Turbo's list may be up to five minutes behind.

      [Show the list]"
    `);
    for (const message of [question, answer]) expect(message).toMatchObject({ response_type: 'ephemeral' });
    expect(answer).toMatchObject({ replace_original: true });
    expect(deployed.cloud.deletedTaskIds.toSorted()).toEqual(ids);
    expect(deployed.cloud.tasks(SHARE)).toHaveLength(1);
  });

  test('in Feishu does the same, in Chinese', async () => {
    const deployed = await deployChat({ variables: { CHAT_LANGUAGE: 'zh' } });
    const ids = addRunning(deployed, 2);

    const question = await deployed.write('/du cancel-all prod');
    const answer = await deployed.tap(question, '停止并删除这些任务');

    expect(renderCard(question)).toMatchInlineSnapshot(`
      "# 取消这些运行中的任务？ (orange)

      prod 中有 2 个任务正在运行，最早的在前

      /data/1
      运行中，已运行 2 小时
      任务 0001ed520a1b2c3d4e5f6e6db57a1b2c

      /data/2
      运行中，已运行 119 分钟
      任务 0002ed520a1b2c3d4e5f6e6db57a1b2c

      取消将停止并删除此处列出的任务，不会影响其他任务。

      [! 停止并删除这些任务] [全部保留]

      ---

      此确认仅对您有效，有效期两分钟。
      SFS Turbo 的列表最多可能滞后五分钟。"
    `);
    expect(answer.toast).toEqual({ type: 'success', content: '已取消' });
    expect(renderCard(answer.card?.data ?? {})).toMatchInlineSnapshot(`
      "# 已取消 (green)

      已停止并删除 2 个任务：

      /data/1，任务 0001ed520a1b2c3d4e5f6e6db57a1b2c
      /data/2，任务 0002ed520a1b2c3d4e5f6e6db57a1b2c

      ---

      文件系统 prod
      SFS Turbo 的列表最多可能滞后五分钟。

      [查看列表]"
    `);
    expect(deployed.cloud.deletedTaskIds.toSorted()).toEqual(ids);
  });

  test('names at most ten of a thousand, with any path, and cancels no other', async () => {
    const deployed = await deployChat({ variables: { FEISHU_ALLOWED: '*/*/*' } });
    const ids = addRunning(deployed, 1_000, (number) => `${NAUGHTY_STRINGS[number % NAUGHTY_STRINGS.length]}${number}`);

    const [question, card] = [await deployed.type('cancel-all prod'), await deployed.write('cancel-all prod')];
    const answer = await deployed.press(question, CONFIRM);
    const later = await deployed.tap(card, CONFIRM);

    expect(faultOfSlackMessage(question)).toBeUndefined();
    expect(faultOfSlackMessage(answer)).toBeUndefined();
    expect(faultOfCard(card)).toBeUndefined();
    expect(faultOfCard(later.card?.data ?? {})).toBeUndefined();
    for (const text of [renderSlack(question), renderCard(card)]) {
      expect(ids.filter((id) => text.includes(id))).toEqual(ids.slice(0, 10));
      expect(text).toContain('990 more are running. The button leaves them alone');
      expect(text).toContain('the next measurement is refused');
    }
    expect(ids.filter((id) => renderSlack(answer).includes(id))).toEqual(ids.slice(0, 10));
    expect(deployed.cloud.deletedTaskIds.toSorted()).toEqual(ids.slice(0, 10));
  });

  test('says so when nothing runs, or only what is in doubt', async () => {
    const deployed = await deployChat();

    const none = await deployed.type('cancel-all prod');
    deployed.cloud.addTask(SHARE, { status: 'DOING', raw: { begin_time: 'never' } });
    const doubtful = await deployed.type('cancel-all prod');

    expect(renderSlack(none)).toContain('No task of `prod` is running.');
    expect(renderSlack(doubtful)).toContain('1 task is left out: an id or a time of it cannot be read.');
    for (const message of [none, doubtful]) expect(slackButtons(message)).toEqual([]);
  });

  test('leaves a task alone that ended or went after the question, and one that began', async () => {
    const deployed = await deployChat();
    const { cloud, type, press, advance } = deployed;
    cloud.addTask(SHARE, { id: idOf(1), path: '/ends', runsForMs: 60_000 });
    cloud.addTask(SHARE, { id: idOf(2), path: '/goes', status: 'DOING' });
    cloud.addTask(SHARE, { id: idOf(3), path: '/runs', status: 'DOING' });
    const question = await type('cancel-all prod');
    advance(90_000);
    cloud.removeTask(SHARE, idOf(2));
    cloud.addTask(SHARE, { id: idOf(4), path: '/new', status: 'DOING' });

    const answer = renderSlack(await press(question, CONFIRM));

    expect(answer).toContain(`1 task was stopped and deleted:\n\n\`/runs\`, task \`${idOf(3)}\``);
    expect(answer).toContain('2 tasks were not running any more, so nothing was done about them:');
    expect(answer).toContain(`\`${idOf(1)}\`\n\`${idOf(2)}\``);
    expect(answer).not.toContain(idOf(4));
    expect(cloud.deletedTaskIds).toEqual([idOf(3)]);
  });

  test('tells each failure with its reason', async () => {
    const deployed = await deployChat({ variables: { MAX_ATTEMPTS: '1' } });
    const ids = addRunning(deployed, 3);
    deployed.cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 409 } });
    deployed.cloud.order({ operation: 'ShowFsTask', skip: 2, kind: { type: 'status', status: 500 } });

    const question = await deployed.type('cancel-all prod');
    const answer = await deployed.press(question, CONFIRM);

    const [deleted = ''] = deployed.cloud.deletedTaskIds;
    const [first, ...others] = renderSlack(answer)
      .split('\n\n')
      .filter((part) => part.includes('task `'));
    expect(answer).toMatchObject({ text: 'Not all of them were cancelled' });
    expect(first).toContain(`task \`${deleted}\``);
    expect(others.join()).toMatch(/task `\w+`: SFS Turbo did not delete it. Code `/);
    expect(others.join()).toMatch(/task `\w+`: It could not be looked at first, so it was left alone. Code `/);
    expect(renderSlack(answer)).toContain('To ask again: `/du cancel-all prod`');
    expect(deployed.cloud.deletedTaskIds).toHaveLength(1);
    expect(ids).toContain(deleted);
  });

  test('leaves an audit line for each, with the person as the caller', async () => {
    const deployed = await deployChat();
    const ids = addRunning(deployed, 2);

    await deployed.press(await deployed.type('cancel-all prod'), CONFIRM);

    const lines = deployed.logged('audit');
    expect(lines.map((line) => line['task_id']).toSorted()).toEqual(ids);
    for (const line of lines) expect(line).toMatchObject({ caller: 'slack:T0001/C0001/U0001', outcome: 'accepted' });
  });

  test('tells exactly what was deleted when time runs out', async () => {
    const deployed = await deployChat({ realTime: true, variables: { MAX_ATTEMPTS: '1' } });
    const ids = addRunning(deployed, 8);
    const question = await deployed.type('cancel-all prod');
    deployed.cloud.order({
      operation: 'DeleteFsTask',
      skip: 3,
      kind: { type: 'silence' },
      times: Number.POSITIVE_INFINITY,
    });

    const startedAtMs = performance.now();
    const answer = renderSlack(await deployed.press(question, CONFIRM));

    const [cancelled = '', rest = ''] = answer.split(/could not be deleted|There was no time left/);
    expect(performance.now() - startedAtMs).toBeLessThan(2_500);
    expect(ids.filter((id) => cancelled.includes(id))).toEqual(deployed.cloud.deletedTaskIds.toSorted());
    expect(deployed.cloud.deletedTaskIds).toHaveLength(3);
    expect(rest).toContain('There was no answer in time, and it may have been deleted all the same.');
    expect(answer).toContain('To ask again: `/du cancel-all prod`');
    for (const id of ids) expect(answer.split(id)).toHaveLength(2);
  });

  test('deletes nothing when the list cannot be read whole', async () => {
    const deployed = await deployChat({ variables: { MAX_ATTEMPTS: '1' } });
    addRunning(deployed, 2);
    const question = await deployed.type('cancel-all prod');
    deployed.cloud.order({ operation: 'ListFsTasks', skip: 1, kind: { type: 'status', status: 500 } });

    const answer = renderSlack(await deployed.press(question, CONFIRM));

    expect(answer).toContain('Nothing was changed.');
    expect(answer).toContain('To try again: `/du cancel-all prod`');
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });
});

describe('its confirmation', () => {
  test('clicked twice cancels nothing else', async () => {
    const deployed = await deployChat();
    const ids = addRunning(deployed, 3);
    const question = await deployed.type('cancel-all prod');
    await deployed.press(question, CONFIRM);
    deployed.cloud.addTask(SHARE, { id: idOf(9), status: 'DOING' });

    const second = await deployed.press(question, CONFIRM);

    expect(renderSlack(second)).toContain('3 tasks were not running any more');
    expect(deployed.cloud.deletedTaskIds.toSorted()).toEqual(ids);
  });

  test.each([
    { ...ADA, user: 'U0002' },
    { ...ADA, channel: 'C0002' },
    { ...ADA, team: 'T0002' },
  ])('is worth nothing to %j', async (other) => {
    const deployed = await deployChat({ variables: { SLACK_ALLOWED: '*/*/*' } });
    addRunning(deployed, 2);
    const question = await deployed.type('cancel-all prod');

    const answer = await deployed.press(question, CONFIRM, other);

    expect(answer).toMatchObject({ text: 'Somebody else was asked', replace_original: false });
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('of one person in Feishu is worth nothing to another', async () => {
    const deployed = await deployChat();
    addRunning(deployed, 2);
    const card = await deployed.write('cancel-all prod');

    const answer = await deployed.tap(card, CONFIRM, { ...LIN, user: 'ou_another' });

    expect(answer).toEqual({ toast: { type: 'error', content: 'Somebody else was asked' } });
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('that names another task is not understood', async () => {
    const deployed = await deployChat();
    addRunning(deployed, 2);
    deployed.cloud.addTask(SHARE, { id: idOf(9), path: '/other', status: 'SUCCESS' });
    const [version, payload = '', mac] = confirmationIn(await deployed.type('cancel-all prod')).split('.');
    const changed = Buffer.from(payload, 'base64url').toString().replace(idOf(1), idOf(9));

    const answer = await deployed.click([version, Buffer.from(changed).toString('base64url'), mac].join('.'));

    expect(answer['text']).toBe('Not understood');
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('is good for two minutes and not longer', async () => {
    const deployed = await deployChat();
    addRunning(deployed, 2);
    const question = await deployed.type('cancel-all prod');
    deployed.advance(120_001);

    const late = await deployed.press(question, CONFIRM);

    expect(renderSlack(late)).toContain('Nothing was done. To ask again: `/du cancel-all prod`');
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('that is declined does nothing', async () => {
    const deployed = await deployChat();
    addRunning(deployed, 2);

    const kept = await deployed.press(await deployed.type('cancel-all prod'), 'Keep them');

    expect(renderSlack(kept)).toContain('Everything was left as it is.');
    expect(deployed.cloud.deletedTaskIds).toEqual([]);
  });

  test('needs CONFIRM_SECRET; without it nobody is asked', async () => {
    const deployed = await deployChat({ variables: { CONFIRM_SECRET: '' } });
    addRunning(deployed, 2);

    const answer = await deployed.type('cancel-all prod');

    expect(renderSlack(answer)).toContain('`CONFIRM_SECRET`');
    expect(slackButtons(answer)).toEqual([]);
    expect(deployed.cloud.requests).toEqual([]);
  });

  test('of a share that is not allowed any more does nothing', async () => {
    const deployed = await deployChat();
    addRunning(deployed, 2);
    const confirmation = confirmationIn(await deployed.type('cancel-all prod'));
    const { CONFIRM_SECRET = '' } = deployed.variables;
    const narrowed = await deployChat({ variables: { CONFIRM_SECRET, ALLOWED_SHARES: 'another-share' } });

    const answer = await narrowed.click(confirmation);

    expect(answer['text']).toBe('No such share here');
    expect(narrowed.cloud.requests).toEqual([]);
  });

  test('never cancels a task that its question did not name', { timeout: 60_000 }, async () => {
    const deployed = await deployChat();
    const { cloud, type, click } = deployed;
    const event = fc.record({ what: fc.constantFrom('add', 'remove', 'end'), at: fc.nat(20) });

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 15 }), fc.array(event, { maxLength: 12 }), async (count, events) => {
        for (const { id } of cloud.tasks(SHARE)) cloud.removeTask(SHARE, id);
        const before = cloud.deletedTaskIds.length;
        const ids = Array.from({ length: count }, () =>
          cloud.addTask(SHARE, { status: 'DOING', beginTime: '2026-03-01 10:00:00' }),
        );
        const question = await type('cancel-all prod');
        const named = ids.filter((id) => renderSlack(question).includes(id));
        const gone = new Set<string>();
        for (const { what, at } of events) {
          const id = ids[at % ids.length] ?? '';
          if (what === 'add') cloud.addTask(SHARE, { status: 'DOING', beginTime: '2026-03-01 09:00:00' });
          else gone.add(id);
          if (what !== 'add') cloud.removeTask(SHARE, id);
          if (what === 'end') cloud.addTask(SHARE, { id, status: 'SUCCESS' });
        }

        await click(confirmationIn(question));

        const deleted = cloud.deletedTaskIds.slice(before);
        expect(named).toHaveLength(Math.min(10, count));
        expect(deleted.toSorted()).toEqual(named.filter((id) => !gone.has(id)).toSorted());
      }),
      { numRuns: 20 },
    );
  });
});

test('no message of a cancel-all leaves a button that carries more than its limit', async () => {
  const deployed = await deployChat();
  addRunning(deployed, 10);

  const values = [
    ...slackButtons(await deployed.type('cancel-all prod')).map(({ value }) => value),
    ...feishuButtons(await deployed.write('cancel-all prod')).map(({ value }) => JSON.stringify(value)),
  ];

  for (const value of values) expect(value.length).toBeLessThanOrEqual(2_000);
});
