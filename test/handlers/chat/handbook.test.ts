import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ADA, type ChatDeployment, deployChat, type Message, SHARE } from '../../support/chat-deployment.ts';
import { renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { renderSlack } from '../../support/chat-platforms/slack-blocks.ts';

const PAGE = readFileSync('docs/chat.md', 'utf8');
const HOME = '2b31ed520a1b2c3d4e5f6e6db57a1b2c';
const BUILDS = '7c0aed520a1b2c3d4e5f6e6db57a1b2c';
const OLD = '99c0ed520a1b2c3d4e5f6e6db57a1b2c';

const SWEEP = { SWEEP_SHARES: SHARE, SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false', MAX_ATTEMPTS: '1' };

/** Two tasks that run, and a result of two days ago. */
async function deploy(variables: Readonly<Record<string, string>> = {}): Promise<ChatDeployment> {
  const deployed = await deployChat({ variables: { ...SWEEP, ...variables } });
  const { cloud } = deployed;
  const times = { beginTime: '2026-02-27 09:00:00', endTime: '2026-02-27 09:30:00' };
  cloud.addTask(SHARE, { id: OLD, path: '/home/old', status: 'SUCCESS', usedCapacityBytes: 5_368_709_120, ...times });
  cloud.addTask(SHARE, { id: HOME, path: '/home', status: 'DOING', beginTime: '2026-03-01 08:00:00' });
  cloud.addTask(SHARE, { id: BUILDS, path: '/builds', status: 'DOING', beginTime: '2026-03-01 11:15:00' });
  return deployed;
}

async function deployFull(): Promise<ChatDeployment> {
  const deployed = await deploy();
  for (let number = 0; number < 8; number += 1) deployed.cloud.addTask(SHARE, { status: 'DOING' });
  return deployed;
}

/** The message that a command is answered with, after the buttons of these labels. */
const inSlack =
  (text: string, ...labels: readonly string[]) =>
  async (deployed: ChatDeployment): Promise<string> => {
    let message: Message = await deployed.type(text);
    for (const label of labels) message = await deployed.press(message, label);
    return renderSlack(message);
  };

async function afterTwoMinutes(deployed: ChatDeployment): Promise<string> {
  const question = await deployed.type('cancel-all prod');
  deployed.advance(120_001);
  return renderSlack(await deployed.press(question, 'Stop and delete these'));
}

async function inPart(deployed: ChatDeployment): Promise<string> {
  const question = await deployed.type('cancel-all prod');
  const body = { errCode: 'SFS.TURBO.0011', errMsg: 'busy' };
  deployed.cloud.removeTask(SHARE, BUILDS);
  deployed.cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 409, body } });
  return renderSlack(await deployed.press(question, 'Stop and delete these'));
}

describe('docs/chat.md', () => {
  test.each<[string, (deployed: ChatDeployment) => Promise<string>]>([
    ['help', inSlack('help')],
    ['a list', inSlack('list prod')],
    ['one task', inSlack('status prod 99c0')],
    ['the question before a cancel', inSlack('cancel prod 2b31')],
    ['the question before a cancel of all', inSlack('cancel-all prod')],
    ['a cancel of all', inSlack('cancel-all prod', 'Stop and delete these')],
    ['a cancel of all that failed in part', inPart],
    ['a question that has expired', afterTwoMinutes],
    ['the question before a sweep', inSlack('sweep')],
    ['a sweep', inSlack('sweep', 'Delete them now')],
    ['a person who is not listed', async ({ type }) => renderSlack(await type('help', { ...ADA, channel: 'C0002' }))],
  ])('shows %s as it is', async (_, shown) => {
    const deployed = await deploy();

    expect(PAGE).toContain(`\`\`\`text\n${await shown(deployed)}\n\`\`\``);
  });

  test('shows a sweep that stays dry as it is', async () => {
    const deployed = await deploy({ SWEEP_DRY_RUN: 'true' });

    expect(PAGE).toContain(`\`\`\`text\n${await inSlack('sweep')(deployed)}\n\`\`\``);
  });

  test('shows what is said of a full share', async () => {
    const deployed = await deployFull();

    const [, , full = ''] = (await inSlack('list prod')(deployed)).split('\n\n');

    expect(PAGE).toContain(`\`\`\`text\n${full}\n\`\`\``);
  });

  test('shows a card of Feishu in Chinese as it is', async () => {
    const deployed = await deploy({ CHAT_LANGUAGE: 'zh' });

    expect(PAGE).toContain(`\`\`\`text\n${renderCard(await deployed.write('/du cancel-all prod'))}\n\`\`\``);
  });

  test('fits a page', () => {
    const lines = PAGE.split('\n');

    expect(lines.length).toBeLessThanOrEqual(300);
    expect(lines.filter((line) => line.length > 160)).toEqual([]);
  });
});
