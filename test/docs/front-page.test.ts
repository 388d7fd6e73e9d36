import { expect, test } from 'vitest';
import { formatTaskTime } from '../cloud/shares.ts';
import { prepareDesk } from '../support/command-line.ts';
import { blocksOf, page } from '../support/handbook.ts';
import { DAY_MS, HOUR_MS } from '../support/sweep-instance.ts';
import { prepareSweep } from '../support/sweeping.ts';

const blocks = blocksOf(page('README.md'));

/** The block behind the one that holds a text. */
function blockAfter(text: string): string {
  const at = blocks.findIndex((block) => block.text.includes(text));
  return blocks[at + 1]?.text ?? '';
}

test('the front page shows what the command line prints', async () => {
  const { cloud, shareId, du } = await prepareDesk();
  const running = (ageMs: number) => ({ beginTime: formatTaskTime(Date.now() - ageMs), runsForMs: 99 * DAY_MS });
  cloud.addTask(shareId, { id: 'e43df92fc9c3498a744275b097b953be', path: '/projects', ...running(0.5 * HOUR_MS) });
  cloud.addTask(shareId, { id: '5507ca9501d18cfbcfa02cc0a1989272', path: '/archive', ...running(100.5 * HOUR_MS) });

  const { stdout, stderr } = await du(['list', 'prod', '--status', 'DOING']);

  expect(`${stdout}${stderr}`.trim()).toBe(blockAfter('npm run du -- list prod').trim());
});

test('the front page shows the last line of a sweep', async () => {
  const { cloud, sweep, logged } = await prepareSweep();
  cloud.addShare();

  await sweep();

  const line = blocks.find(({ text }) => text.includes('"event":"sweep.done"'));
  const { level, timestamp, request_id, ...members } = logged('sweep.done')[0] ?? {};
  expect([level, typeof timestamp, typeof request_id]).toEqual(['INFO', 'string', 'string']);
  expect(Object.keys(JSON.parse(line?.text ?? '{}'))).toEqual(Object.keys(members));
});
