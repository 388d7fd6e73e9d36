import { describe, expect, test } from 'vitest';
import { ADA, type ChatDeployment, deployChat, SHARE } from '../../support/chat-deployment.ts';
import { faultOfCard, renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { faultOfSlackMessage, renderSlack, slackButtons } from '../../support/chat-platforms/slack-blocks.ts';
import { NAUGHTY_STRINGS } from '../../support/naughty-strings.ts';

const OTHER = '44444444-4b63-4895-8dbc-d9e21b79d34a';
const CONFIRM = 'Delete them now';
const SWEEP = {
  ALLOWED_SHARES: `${SHARE},${OTHER}`,
  SHARE_ALIASES: `prod=${SHARE},dev=${OTHER}`,
  SWEEP_SHARES: SHARE,
  SWEEP_KEEP_LATEST: '0',
  SWEEP_DRY_RUN: 'false',
  SWEEP_RATE: '200',
};

async function deploySweep(variables: Readonly<Record<string, string>> = {}, realTime = false) {
  const deployed = await deployChat({ realTime, variables: { ...SWEEP, ...variables } });
  deployed.cloud.addShare({ id: OTHER, name: 'dev' });
  return deployed;
}

/** Tasks that ended days ago, the first of them first. */
function addDue(
  { cloud }: ChatDeployment,
  count: number,
  shareId = SHARE,
  pathOf = (number: number) => `/old/${number}`,
) {
  return Array.from({ length: count }, (_, index) => {
    const time = `2026-02-0${1 + Math.floor(index / 600)} 09:${String(Math.floor(index / 60) % 60).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`;
    const times = { beginTime: time, endTime: time };
    return cloud.addTask(shareId, { path: pathOf(index + 1), status: 'SUCCESS', usedCapacityBytes: 1_024, ...times });
  });
}

describe('the sweep', () => {
  test('in Slack shows what is due, asks, and deletes it', async () => {
    const deployed = await deploySweep();
    const ids = addDue(deployed, 2);
    const young = deployed.cloud.addTask(SHARE, { path: '/young', status: 'SUCCESS' });

    const question = await deployed.type('sweep');
    const answer = await deployed.press(question, CONFIRM);

    const plain = (text: string) => ids.reduce((each, id, index) => each.replaceAll(id, `ID-${index + 1}`), text);
    expect(plain(renderSlack(question))).toMatchInlineSnapshot(`
      "# Run the sweep now?

      2 tasks of 1 share are due

      \`/old/1\`
      finished 28 days ago; found 1.0 KiB
      Share \`prod\`

      \`/old/2\`
      finished 28 days ago; found 1.0 KiB
      Share \`prod\`

      The button runs the sweep: it deletes what is due then, oldest first, 2 tasks at most.

      [! Delete them now] [Keep them]

      > This was a dry run: nothing was deleted.
      > This question is for you alone and is good for two minutes."
    `);
    expect(plain(renderSlack(answer))).toMatchInlineSnapshot(`
      "# The sweep has run

      2 tasks were deleted:

      \`/old/1\`, task \`ID-1\`, share \`prod\`
      \`/old/2\`, task \`ID-2\`, share \`prod\`

      > SFS Turbo's list may be up to five minutes behind."
    `);
    for (const message of [question, answer]) expect(message).toMatchObject({ response_type: 'ephemeral' });
    expect(deployed.cloud.deletedTaskIds.toSorted()).toEqual(ids.toSorted());
    expect(deployed.cloud.tasks(SHARE)).toMatchObject([{ id: young }]);
  });

  test('in Feishu does the same, of one share, in Chinese', async () => {
    const deployed = await deploySweep({ CHAT_LANGUAGE: 'zh', SWEEP_SHARES: '*' });
    const ids = addDue(deployed, 1);
    addDue(deployed, 1, OTHER);

    const question = await deployed.write('/du sweep prod');
    const answer = await deployed.tap(question, '立即删除');

    const plain = (text: string) => text.replaceAll(ids[0] ?? '', 'ID-1');
    expect(plain(renderCard(question))).toMatchInlineSnapshot(`
      "# 现在执行清理？ (orange)

      1 个文件系统中有 1 个任务到期

      /old/1
      已完成，28 天前，用量 1.0 KiB
      文件系统 prod

      按钮将执行清理：从最早的开始删除届时到期的任务，最多 1 个。

      [! 立即删除] [全部保留]

      ---

      文件系统 prod
      这是一次试运行：没有删除任何任务。
      此确认仅对您有效，有效期两分钟。"
    `);
    expect(answer.toast).toEqual({ type: 'success', content: '清理已执行' });
    expect(plain(renderCard(answer.card?.data ?? {}))).toMatchInlineSnapshot(`
      "# 清理已执行 (green)

      已删除 1 个任务：

      /old/1，任务 ID-1

      ---

      文件系统 prod
      SFS Turbo 的列表最多可能滞后五分钟。"
    `);
    expect(deployed.cloud.deletedTaskIds).toEqual(ids);
  });

  test('leaves an audit line for each, and its last line, with the person as the caller', async () => {
    const deployed = await deploySweep();
    const [id] = addDue(deployed, 1);

    await deployed.press(await deployed.type('sweep'), CONFIRM);

    expect(deployed.logged('audit')).toMatchObject([{ caller: 'slack:T0001/C0001/U0001', task_id: id }]);
    expect(deployed.logged('sweep.done')).toMatchObject([{ dry_run: true }, { dry_run: false, deleted: 1 }]);
  });

  test('that the configuration keeps dry says so, and has no button', async () => {
    const deployed = await deploySweep({ SWEEP_DRY_RUN: 'true' });
    addDue(deployed, 1);

    const answer = await deployed.type('sweep');

    expect(renderSlack(answer)).toContain('1 task of 1 share is due');
    expect(renderSlack(answer)).toContain('`SWEEP_DRY_RUN` is on here: no sweep deletes anything');
    expect(slackButtons(answer)).toEqual([]);
  });

  test('that was made dry after the question stays dry', async () => {
    const deployed = await deploySweep();
    addDue(deployed, 1);
    const confirmation = slackButtons(await deployed.type('sweep'))[0]?.value ?? '';
    const { CONFIRM_SECRET = '' } = deployed.variables;
    const dry = await deploySweep({ CONFIRM_SECRET, SWEEP_DRY_RUN: 'true' });
    addDue(dry, 1);

    const answer = await dry.click(confirmation);

    expect(renderSlack(answer)).toContain('`SWEEP_DRY_RUN` is on here');
    expect(dry.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('of a share that is left out of it, not allowed, or not there is refused', async () => {
    const deployed = await deploySweep();
    addDue(deployed, 1, OTHER);

    const answers = [await deployed.type('sweep dev'), await deployed.type('sweep prdo')];

    expect(renderSlack(answers[0] ?? {})).toContain('The sweep leaves `dev` alone: it is not in `SWEEP_SHARES`.');
    expect(renderSlack(answers[1] ?? {})).toContain('Did you mean `prod`?');
    expect(deployed.cloud.requests).toEqual([]);
  });

  test('has no button when nothing is due, or nothing can be confirmed', async () => {
    const open = await deploySweep();
    const closed = await deploySweep({ CONFIRM_SECRET: '' });
    addDue(closed, 1);

    const [nothing, unconfirmed] = [await open.type('sweep'), await closed.type('sweep')];

    expect(renderSlack(nothing)).toContain('Nothing is due in 1 share.');
    expect(renderSlack(unconfirmed)).toContain('1 task of 1 share is due');
    expect(renderSlack(unconfirmed)).toContain('set `CONFIRM_SECRET`');
    for (const message of [nothing, unconfirmed]) expect(slackButtons(message)).toEqual([]);
  });

  test('says in plain words that none is set up', async () => {
    const { type } = await deployChat();

    expect(renderSlack(await type('sweep'))).toContain('No sweep is set up here');
  });

  test('deletes at most fifty of a thousand, and names each, with any path', async () => {
    const deployed = await deploySweep({ SWEEP_MAX_DELETES: '200' });
    const ids = addDue(deployed, 1_000, SHARE, (n) => `${NAUGHTY_STRINGS[n % NAUGHTY_STRINGS.length]}${n}`);

    const [question, card] = [await deployed.type('sweep'), await deployed.write('sweep')];
    const answer = await deployed.press(question, CONFIRM);
    const later = await deployed.tap(card, CONFIRM);

    const text = renderSlack(answer);
    expect([faultOfSlackMessage(question), faultOfSlackMessage(answer)]).toEqual([undefined, undefined]);
    expect([faultOfCard(card), faultOfCard(later.card?.data ?? {})]).toEqual([undefined, undefined]);
    expect(renderSlack(question)).toContain('and 40 more');
    expect(renderSlack(question)).toContain('950 more are due and would wait for a later run.');
    expect(renderSlack(question)).toContain('it deletes what is due then, oldest first, 50 tasks at most');
    expect(ids.filter((id) => text.includes(id)).toSorted()).toEqual(
      deployed.cloud.deletedTaskIds.slice(0, 50).toSorted(),
    );
    expect(deployed.cloud.deletedTaskIds.slice(0, 50).toSorted()).toEqual(ids.slice(0, 50).toSorted());
    expect(text).toContain('950 tasks are still due.');
    expect(deployed.cloud.deletedTaskIds).toHaveLength(100);
  });

  test('deletes no more than its question counted, whatever becomes due', async () => {
    const deployed = await deploySweep();
    const ids = addDue(deployed, 2);
    const question = await deployed.type('sweep');
    const later = addDue(deployed, 5);
    for (const id of ids) deployed.cloud.removeTask(SHARE, id);

    await deployed.press(question, CONFIRM);

    expect(deployed.cloud.deletedTaskIds).toHaveLength(2);
    for (const id of deployed.cloud.deletedTaskIds) expect(later).toContain(id);
  });

  test('tells each failure with its reason, and what remains', async () => {
    const deployed = await deploySweep({ MAX_ATTEMPTS: '1' });
    addDue(deployed, 2);
    deployed.cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 409 } });

    const answer = await deployed.press(await deployed.type('sweep'), CONFIRM);

    const text = renderSlack(answer);
    expect(answer).toMatchObject({ text: 'The sweep could not do everything' });
    expect(text).toContain('1 task was deleted:');
    expect(text).toMatch(
      /1 task could not be deleted:\n\n`[^`]+`, task `\w+`, share `prod`: SFS Turbo did not delete it. Code `/,
    );
    expect(text).toContain('To ask again: `/du sweep`');
  });

  test('tells exactly what was deleted when time runs out', async () => {
    const deployed = await deploySweep({ MAX_ATTEMPTS: '1' }, true);
    const ids = addDue(deployed, 12);
    const question = await deployed.type('sweep prod');
    const silence = { type: 'silence' } as const;
    deployed.cloud.order({ operation: 'DeleteFsTask', skip: 3, kind: silence, times: Number.POSITIVE_INFINITY });

    const startedAtMs = performance.now();
    const text = renderSlack(await deployed.press(question, CONFIRM));

    const [deleted = '', rest = ''] = text.split('could not be deleted');
    expect(performance.now() - startedAtMs).toBeLessThan(2_500);
    expect(ids.filter((id) => deleted.includes(id)).toSorted()).toEqual(deployed.cloud.deletedTaskIds.toSorted());
    expect(deployed.cloud.deletedTaskIds).toHaveLength(3);
    expect(rest).toContain('There was no answer in time, and it may have been deleted all the same.');
    expect(rest).toContain('There was no time for everything.');
    expect(rest).toContain('To ask again: `/du sweep prod`');
  });

  test('says when a share could not be read', async () => {
    const deployed = await deploySweep({ SWEEP_SHARES: '*', MAX_ATTEMPTS: '1' });
    addDue(deployed, 1);
    const question = await deployed.type('sweep');
    deployed.cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 500 }, times: 2 });

    const text = renderSlack(await deployed.press(question, CONFIRM));

    expect(text).toContain('Nothing was deleted.');
    expect(text).toContain('2 shares could not be read and were left alone.');
  });
});

describe('its confirmation', () => {
  test('clicked twice runs the sweep once, and gets the same answer', async () => {
    const deployed = await deploySweep();
    addDue(deployed, 2);
    const question = await deployed.type('sweep');
    const first = await deployed.press(question, CONFIRM);
    addDue(deployed, 2);

    const second = await deployed.press(question, CONFIRM);

    expect(second).toEqual(first);
    expect(deployed.cloud.deletedTaskIds).toHaveLength(2);
  });

  test.each([
    { ...ADA, user: 'U0002' },
    { ...ADA, channel: 'C0002' },
    { ...ADA, team: 'T0002' },
  ])('is worth nothing to %j', async (other) => {
    const deployed = await deploySweep({ SLACK_ALLOWED: '*/*/*' });
    addDue(deployed, 1);
    const question = await deployed.type('sweep');

    const answer = await deployed.press(question, CONFIRM, other);

    expect(answer).toMatchObject({ text: 'Somebody else was asked', replace_original: false });
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test.each([
    ['maxDeletes', '"maxDeletes":1', '"maxDeletes":9'],
    ['scope', SHARE, OTHER],
  ])('whose %s was changed is not understood', async (_, from, to) => {
    const deployed = await deploySweep();
    addDue(deployed, 1);
    const [version, payload = '', mac] = String(slackButtons(await deployed.type('sweep prod'))[0]?.value).split('.');
    const content = Buffer.from(payload, 'base64url').toString();
    const changed = Buffer.from(content.replace(from, to)).toString('base64url');

    const answer = await deployed.click([version, changed, mac].join('.'));

    expect(content).toContain(from);
    expect(answer['text']).toBe('Not understood');
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('is good for two minutes and not longer', async () => {
    const deployed = await deploySweep();
    addDue(deployed, 1);
    const question = await deployed.type('sweep');
    deployed.advance(120_001);

    const late = await deployed.press(question, CONFIRM);

    expect(renderSlack(late)).toContain('Nothing was done. To ask again: `/du sweep`');
    expect(deployed.cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });
});

describe('a share in which ten tasks are running', () => {
  test('is said so in every list, also beyond the page that is shown', async () => {
    const deployed = await deploySweep({ CHAT_LANGUAGE: 'en' });
    for (let number = 0; number < 10; number += 1) {
      deployed.cloud.addTask(SHARE, { status: 'DOING', beginTime: '2026-02-01 00:00:00' });
    }
    addDue(deployed, 15);

    const messages = [
      await deployed.type('list prod'),
      await deployed.press(await deployed.type('list prod'), 'Older'),
      await deployed.type('cancel-all prod'),
      await deployed.type('preview'),
      await deployed.type('sweep'),
    ];

    const full = 'Ten tasks are running in `prod`, the most that SFS Turbo allows: the next measurement is refused.';
    for (const message of messages) expect(renderSlack(message)).toContain(full);
    expect(renderSlack(messages[0] ?? {})).toContain('To cancel them: `/du cancel-all prod`');
  });

  test('is not one with nine', async () => {
    const deployed = await deploySweep();
    for (let number = 0; number < 9; number += 1) deployed.cloud.addTask(SHARE, { status: 'DOING' });

    const texts = ['list prod', 'cancel-all prod', 'preview', 'sweep'];

    for (const text of texts) expect(renderSlack(await deployed.type(text))).not.toContain('Ten tasks');
  });
});
