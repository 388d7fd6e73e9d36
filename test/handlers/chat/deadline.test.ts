import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../handlers/chat.ts';
import { ADA, deployChat, LIN, PATHS, SHARE } from '../../support/chat-deployment.ts';
import { feishuMessage } from '../../support/chat-platforms/feishu.ts';
import { renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { slackClick, slackCommand } from '../../support/chat-platforms/slack.ts';
import { renderSlack } from '../../support/chat-platforms/slack-blocks.ts';
import { lambdaContext } from '../../support/contexts.ts';
import { httpEvent } from '../../support/deployment.ts';
import { onlyApp } from '../../support/only-app.ts';

const TASK = '2b31ed520a1b2c3d4e5f6e6db57a1b2c';

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
    const texts = ['list prod', `status prod ${TASK}`, 'cancel prod 2b31', 'cancel-all prod', 'preview', 'sweep'];

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

  test('is kept by a click that cancels many tasks or sweeps while SFS Turbo is silent', async () => {
    const variables = { SWEEP_SHARES: SHARE, SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false' };
    const { cloud, type, press, write, tap } = await deployChat({ realTime: true, variables });
    for (let number = 0; number < 10; number += 1) cloud.addTask(SHARE, { status: 'DOING' });
    cloud.addTask(SHARE, { status: 'FAIL', beginTime: '2024-01-01 00:00:00' });
    const inSlack = [await type('cancel-all prod'), await type('sweep')];
    const inFeishu = [await write('cancel-all prod'), await write('sweep')];
    cloud.order({ kind: { type: 'silence' }, times: Number.POSITIVE_INFINITY });

    const answers = await Promise.all(
      ['Stop and delete these', 'Delete them now'].flatMap((label, index) => [
        timed(() => press(inSlack[index] ?? {}, label)),
        timed(() => tap(inFeishu[index] ?? {}, label)),
      ]),
    );

    for (const { result, tookMs } of answers) {
      expect(tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
      expect(JSON.stringify(result)).toMatch(/did not answer in time|no time for everything|could not be read/);
    }
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test('is enough for ten tasks and a sweep of a service that is not quick', async () => {
    const variables = { SWEEP_SHARES: SHARE, SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false' };
    const { cloud, type, press } = await deployChat({ realTime: true, variables });
    for (let number = 0; number < 10; number += 1) cloud.addTask(SHARE, { status: 'DOING' });
    for (let number = 0; number < 4; number += 1) {
      cloud.addTask(SHARE, { path: `/${number}`, status: 'FAIL', beginTime: '2024-01-01 00:00:00' });
    }
    cloud.latency('sfs-turbo', 60);

    const cancelled = await press(await type('cancel-all prod'), 'Stop and delete these');
    const swept = await press(await type('sweep'), 'Delete them now');

    expect(renderSlack(cancelled)).toContain('10 tasks were stopped and deleted:');
    expect(renderSlack(swept)).toContain('4 tasks were deleted:');
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
    // the time of the attempt and that of the event end together
    expect(replies.toSorted()).toEqual([
      expect.stringMatching(/^feishu: Feishu did not answer in time( \(127\.0\.0\.1:\d+: timeout\))?$/),
      `slack: ${new URL(slack.origin).host}: timeout`,
    ]);
  });

  test('that the platform has less of is less', async () => {
    const { cloud, invoke, nowMs, signingSecret } = await deployChat({ realTime: true });
    cloud.order({ kind: { type: 'silence' }, times: Number.POSITIVE_INFINITY });
    const request = slackCommand('list prod', ADA, { secret: signingSecret, nowMs: nowMs() });

    const { result, tookMs } = await timed(() => invoke(PATHS.commands, request, lambdaContext(1_000)));

    expect(tookMs).toBeLessThan(1_000);
    expect(renderSlack(JSON.parse(result.body))).toContain('did not answer in time');
  });

  test('that is over ends the wait without a word of a DELETE', async () => {
    const { app, nowMs, signingSecret } = await deployChat();
    const invoke = createHandler(onlyApp({ ...app, command: () => new Promise<never>(() => {}) }));
    const { headers, body } = slackCommand('list prod', ADA, { secret: signingSecret, nowMs: nowMs() });

    const answer = await invoke(httpEvent('POST', PATHS.commands, headers, body), lambdaContext(150));

    expect(answer.statusCode).toBe(504);
    expect(JSON.parse(answer.body)).toMatchObject({ errMsg: 'no answer in time' });
  });
});
