import { describe, expect, test } from 'vitest';
import { deployChat, SHARE } from '../../support/chat-deployment.ts';
import { renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { renderSlack } from '../../support/chat-platforms/slack-blocks.ts';

const RUNNING = '2b31ed520a1b2c3d4e5f6e6db57a1b2c';
const FINISHED = '99c0ffee0a1b2c3d4e5f6e6db57a1b2c';

async function deployWithTasks(variables: Readonly<Record<string, string>> = {}) {
  const deployed = await deployChat({ variables });
  deployed.cloud.addTask(SHARE, {
    id: FINISHED,
    path: '/home/old',
    status: 'SUCCESS',
    beginTime: '2026-02-27 09:00:00',
    endTime: '2026-02-27 09:30:00',
    usedCapacityBytes: 5_368_709_120,
  });
  deployed.cloud.addTask(SHARE, {
    id: RUNNING,
    path: '/home',
    beginTime: '2026-03-01 11:15:00',
    runsForMs: 86_400_000,
  });
  return deployed;
}

describe('in Slack', () => {
  test('a person lists, is asked, and cancels', async () => {
    const { cloud, type, press } = await deployWithTasks();

    const list = await type('list prod');
    const question = await press(list, 'Cancel…');
    const answer = await press(question, 'Stop and delete it');

    expect(renderSlack(list)).toMatchInlineSnapshot(`
      "# Directory-usage tasks

      2 tasks of \`prod\`, newest first

      \`/home\`
      running for 45 minutes
      Task \`2b31ed520a1b2c3d4e5f6e6db57a1b2c\`
      [Cancel…]

      \`/home/old\`
      finished 2 days ago; found 5.0 GiB
      Task \`99c0ffee0a1b2c3d4e5f6e6db57a1b2c\`
      [Cancel…]

      > SFS Turbo's list may be up to five minutes behind."
    `);
    expect(list).toMatchObject({ response_type: 'ephemeral' });
    expect(renderSlack(question)).toMatchInlineSnapshot(`
      "# Cancel this task?

      \`/home\`
      running for 45 minutes
      Task \`2b31ed520a1b2c3d4e5f6e6db57a1b2c\`
      Share \`prod\`

      The task is running. Cancelling stops and deletes it.

      [! Stop and delete it] [Keep it]

      > This question is for you alone and is good for two minutes."
    `);
    expect(question).toMatchObject({ response_type: 'ephemeral', replace_original: false });
    expect(renderSlack(answer)).toMatchInlineSnapshot(`
      "# Cancelled

      The task that measured \`/home\` was stopped and deleted.

      > Task \`2b31ed520a1b2c3d4e5f6e6db57a1b2c\`
      > Share \`prod\`
      > SFS Turbo's list may be up to five minutes behind.

      [Show the list]"
    `);
    expect(answer).toMatchObject({ response_type: 'ephemeral', replace_original: true });
    expect(cloud.deletedTaskIds).toEqual([RUNNING]);
  });

  test('a finished task is found by the beginning of its id', async () => {
    const { cloud, type, press } = await deployWithTasks();

    const status = await type('status prod 99C0');
    const question = await type('cancel prod 99c0');
    const answer = await press(question, 'Delete its result');

    expect(renderSlack(status)).toMatchInlineSnapshot(`
      "# Directory-usage task

      \`/home/old\`
      finished 2 days ago; found 5.0 GiB
      Task \`99c0ffee0a1b2c3d4e5f6e6db57a1b2c\`
      [Cancel…]

      Share \`prod\`
      Began 2026-02-27 09:00 UTC
      Ended 2026-02-27 09:30 UTC

      > SFS Turbo's list may be up to five minutes behind."
    `);
    expect(renderSlack(question)).toMatchInlineSnapshot(`
      "# Cancel this task?

      \`/home/old\`
      finished 2 days ago; found 5.0 GiB
      Task \`99c0ffee0a1b2c3d4e5f6e6db57a1b2c\`
      Share \`prod\`

      The task has ended. Cancelling deletes its result.

      [! Delete its result] [Keep it]

      > This question is for you alone and is good for two minutes."
    `);
    expect(renderSlack(answer)).toMatchInlineSnapshot(`
      "# Cancelled

      The task that had measured \`/home/old\` was deleted together with its result.

      > Task \`99c0ffee0a1b2c3d4e5f6e6db57a1b2c\`
      > Share \`prod\`
      > SFS Turbo's list may be up to five minutes behind.

      [Show the list]"
    `);
    expect(cloud.deletedTaskIds).toEqual([FINISHED]);
  });

  test('help names the commands and the shares', async () => {
    const { type } = await deployChat();

    expect(renderSlack(await type('help'))).toMatchInlineSnapshot(`
      "# Directory-usage tasks

      \`/du list <share>\`  a share's tasks, newest first
      \`/du status <share> <task>\`  one task
      \`/du cancel <share> <task>\`  cancel a task; you are asked first
      \`/du cancel-all <share>\`  cancel its running tasks; you are asked first
      \`/du preview\`  what the next sweep would delete; deletes nothing
      \`/du sweep [<share>]\`  the preview, with a button that deletes what is due
      \`/du help\`  this

      Shares: \`prod\`. A share's id is taken too.

      > A task is given by its id or the first characters of it, four at least."
    `);
  });
});

describe('in Feishu', () => {
  test('a person lists, is asked, and cancels', async () => {
    const { cloud, write, tap } = await deployWithTasks({ CHAT_LANGUAGE: 'zh' });

    const list = await write('/du list prod');
    const question = await tap(list, '取消…');
    const answer = await tap(question.card?.data ?? {}, '停止并删除');

    expect(renderCard(list)).toMatchInlineSnapshot(`
      "# 目录用量任务 (blue)

      prod 共有 2 个任务，最新的在前

      /home
      运行中，已运行 45 分钟
      任务 2b31ed520a1b2c3d4e5f6e6db57a1b2c
      [取消…]

      /home/old
      已完成，2 天前，用量 5.0 GiB
      任务 99c0ffee0a1b2c3d4e5f6e6db57a1b2c
      [取消…]

      ---

      SFS Turbo 的列表最多可能滞后五分钟。"
    `);
    expect(question.toast).toEqual({ type: 'warning', content: '取消这个任务？' });
    expect(renderCard(question.card?.data ?? {})).toMatchInlineSnapshot(`
      "# 取消这个任务？ (orange)

      /home
      运行中，已运行 45 分钟
      任务 2b31ed520a1b2c3d4e5f6e6db57a1b2c
      文件系统 prod

      任务正在运行，取消将停止并删除它。

      [! 停止并删除] [保留]

      ---

      此确认仅对您有效，有效期两分钟。"
    `);
    expect(answer.toast).toEqual({ type: 'success', content: '已取消' });
    expect(renderCard(answer.card?.data ?? {})).toMatchInlineSnapshot(`
      "# 已取消 (green)

      统计 /home 的任务已停止并删除。

      ---

      任务 2b31ed520a1b2c3d4e5f6e6db57a1b2c
      文件系统 prod
      SFS Turbo 的列表最多可能滞后五分钟。

      [查看列表]"
    `);
    expect(cloud.deletedTaskIds).toEqual([RUNNING]);
  });

  test('a finished task is found by the beginning of its id', async () => {
    const { cloud, write, tap } = await deployWithTasks();

    const status = await write('status prod 99c0');
    const question = await write('/du cancel prod 99c0');
    const answer = await tap(question, 'Delete its result');

    expect(renderCard(status)).toMatchInlineSnapshot(`
      "# Directory-usage task (blue)

      /home/old
      finished 2 days ago; found 5.0 GiB
      Task 99c0ffee0a1b2c3d4e5f6e6db57a1b2c
      [Cancel…]

      Share prod
      Began 2026-02-27 09:00 UTC
      Ended 2026-02-27 09:30 UTC

      ---

      SFS Turbo's list may be up to five minutes behind."
    `);
    expect(renderCard(question)).toMatchInlineSnapshot(`
      "# Cancel this task? (orange)

      /home/old
      finished 2 days ago; found 5.0 GiB
      Task 99c0ffee0a1b2c3d4e5f6e6db57a1b2c
      Share prod

      The task has ended. Cancelling deletes its result.

      [! Delete its result] [Keep it]

      ---

      This question is for you alone and is good for two minutes."
    `);
    expect(renderCard(answer.card?.data ?? {})).toMatchInlineSnapshot(`
      "# Cancelled (green)

      The task that had measured /home/old was deleted together with its result.

      ---

      Task 99c0ffee0a1b2c3d4e5f6e6db57a1b2c
      Share prod
      SFS Turbo's list may be up to five minutes behind.

      [Show the list]"
    `);
    expect(cloud.deletedTaskIds).toEqual([FINISHED]);
  });

  test('help names the commands and the shares', async () => {
    const { write } = await deployChat({ variables: { CHAT_LANGUAGE: 'zh' } });

    expect(renderCard(await write(''))).toMatchInlineSnapshot(`
      "# 目录用量任务 (blue)

      /du list <share>  列出文件系统的任务，最新的在前
      /du status <share> <task>  查看一个任务
      /du cancel <share> <task>  取消一个任务，执行前会先向您确认
      /du cancel-all <share>  取消文件系统中运行的任务，执行前会先向您确认
      /du preview  预览下次清理将删除的任务，不会真正删除
      /du sweep [<share>]  预览，并可点击按钮删除到期的任务
      /du help  显示本帮助

      文件系统：prod。也可以直接使用文件系统 ID。

      ---

      任务用 ID 或 ID 的开头部分（至少四个字符）指定。"
    `);
  });
});
