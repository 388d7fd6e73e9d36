import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { deployChat, SHARE } from '../support/chat-deployment.ts';
import { renderSlack } from '../support/chat-platforms/slack-blocks.ts';
import { prepareDesk } from '../support/command-line.ts';
import { ended, HOUR_MS } from '../support/sweep-instance.ts';
import { card } from './card.ts';
import { terminal } from './terminal.ts';

// `npm run pictures` makes them anew
const TASKS = [
  { path: '/builds/nightly', ...ended(9 * 24 * HOUR_MS), status: 'FAIL' },
  { path: '/projects', ...ended(72 * HOUR_MS) },
  { path: '/projects', ...ended(30 * HOUR_MS) },
  { path: '/home', ...ended(97 * HOUR_MS), endTime: '', status: 'DOING', runsForMs: 10_000 * HOUR_MS },
  { path: '/builds', ...ended(48 * HOUR_MS), status: 'FAIL' },
  { path: '/builds', ...ended(5 * HOUR_MS) },
  { path: '/archive', ...ended(240 * HOUR_MS) },
  { path: '/media', ...ended(2 * HOUR_MS), endTime: '', status: 'DOING', runsForMs: 10_000 * HOUR_MS },
];

const PICTURES = '../../docs/pictures';

test("the picture of a chat's question is what Slack is sent", async () => {
  const { cloud, type } = await deployChat();
  const task = { id: '2b31ed520a1b2c3d4e5f6e6db57a1b2c', path: '/home', beginTime: '2026-03-01 11:15:00' };
  cloud.addTask(SHARE, { ...task, runsForMs: 86_400_000 });

  const question = renderSlack(await type('cancel prod 2b31'));

  await expect(card("A chat's question before a cancel", question)).toMatchFileSnapshot(`${PICTURES}/question.svg`);
});

test('the picture of a sweep is what the command line prints of a dry run', async () => {
  const { cloud, shareId, du } = await prepareDesk();
  for (const [index, task] of TASKS.entries()) {
    const id = createHash('sha256').update(`${index}`).digest('hex').slice(0, 32);
    cloud.addTask(shareId, { ...task, id });
  }
  const variables = { SWEEP_SHARES: shareId, SWEEP_STATUSES: 'SUCCESS,FAIL,DOING', FORCE_COLOR: '1', COLUMNS: '110' };

  const { stdout } = await du(['sweep', '--dry-run'], variables);

  const shown = `$ npm run du -- sweep --dry-run\n\n${stdout.trim()}`;
  await expect(terminal('A dry run of the sweep', shown)).toMatchFileSnapshot(`${PICTURES}/sweep.svg`);
});
