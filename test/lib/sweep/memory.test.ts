import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startCloud } from '../../cloud/cloud.ts';
import { ended, HOUR_MS } from '../../support/sweep-instance.ts';

const run = promisify(execFile);
const TASKS_PER_SHARE = 100;
// a task as it is listed has some 600 bytes with this path, so that 8,000 of them could not hide
const PATH = `/projects/${'x'.repeat(200)}`;
const CAP = 300;

/** Sweeps so many shares in a process of its own. */
async function sweepInProcess(shares: number) {
  const cloud = await startCloud({ rateLimitPerSecond: Number.POSITIVE_INFINITY });
  onTestFinished(() => cloud.close());
  for (let share = 0; share < shares; share += 1) {
    const shareId = cloud.addShare();
    for (let task = 0; task < TASKS_PER_SHARE; task += 1) {
      cloud.addTask(shareId, { ...ended((25 + task) * HOUR_MS), path: `${PATH}/${task % 10}` });
    }
  }
  const options = {
    environment: cloud.environment(),
    variables: { SWEEP_MAX_DELETES: String(CAP), SWEEP_KEEP_LATEST: '1' },
    settings: { ratePerSecond: 100_000 },
  };
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    ...['--import', 'tsx', 'test/support/sweep-process.ts', JSON.stringify(options)],
  ]);
  const { summary, growthBytes, seen } = JSON.parse(stdout);
  return { cloud, summary, growthBytes, seen };
}

test('10,000 tasks over 100 shares take no more memory than 2,000 over 20', async () => {
  const [small, large] = [await sweepInProcess(20), await sweepInProcess(100)];

  // of each share's ten paths the newest result stays
  expect(large.summary).toMatchObject({
    shares: 100,
    listed: 10_000,
    due: 9_000,
    deleted: CAP,
    remaining: 9_000 - CAP,
  });
  expect(large.seen).toBe(10_000);
  expect(large.cloud.deletedTaskIds).toHaveLength(CAP);
  expect(large.growthBytes - small.growthBytes).toBeLessThan(1_500_000);
});
