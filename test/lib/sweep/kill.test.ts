import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../cloud/cloud.ts';
import { ended, HOUR_MS } from '../../support/sweep-instance.ts';
import { prepareSweep } from '../../support/sweeping.ts';

const TASKS = 4;
// a token, one page of shares and the end of them; for each of two shares a page of tasks and the end; the DELETEs
const REQUESTS = 1 + 2 + 2 * 2 + 2 * TASKS;

async function prepareStale(concurrency: number) {
  const sweeping = await prepareSweep({
    variables: { SWEEP_KEEP_LATEST: '1', SWEEP_CONCURRENCY: String(concurrency) },
  });
  const { cloud } = sweeping;
  const shares = [cloud.addShare(), cloud.addShare()];
  const stay = shares.map((shareId) => {
    for (let index = 0; index < TASKS; index += 1) {
      cloud.addTask(shareId, { ...ended((30 + index) * HOUR_MS), path: '/a' });
    }
    return cloud.addTask(shareId, { ...ended(25 * HOUR_MS), path: '/a' });
  });
  const left = () => shares.flatMap((shareId) => cloud.tasks(shareId).map(({ id }) => id));
  return { ...sweeping, stay, left };
}

// Between two requests a sweep changes nothing anywhere, so that where it is killed comes down to how many requests it has
// sent, and whether the last ones were carried out.
describe.each([
  { concurrency: 1, last: 'not carried out', kind: { type: 'silence', act: false } },
  { concurrency: 1, last: 'carried out', kind: { type: 'silence', act: true } },
  { concurrency: 4, last: 'carried out', kind: { type: 'silence', act: true } },
] satisfies { concurrency: number; last: string; kind: FaultKind }[])(
  'killed with $concurrency in flight, the last $last',
  ({ concurrency, kind }) => {
    test.each(Array.from({ length: REQUESTS }, (_, index) => index))(
      'after %i answers, the next run does the rest',
      async (answers) => {
        const { cloud, coldStart, stay, left } = await prepareStale(concurrency);
        const never = new Promise<void>(() => {});
        const victim = coldStart({ sleep: () => never });
        cloud.order({ kind, skip: answers, times: Number.POSITIVE_INFINITY });

        victim.sweep().catch(() => {});
        while (cloud.requests.length <= answers) await sleep(2);
        await sleep(10);
        await victim.app.close();
        cloud.clearFaults();
        const next = await coldStart().sweep();

        expect(next).toMatchObject({ failed: 0, failed_shares: 0, truncated: false, remaining: 0 });
        expect(left().sort()).toEqual([...stay].sort());
        expect(cloud.deletedTaskIds).toHaveLength(2 * TASKS);
      },
    );
  },
);

test.each([9, 15, 18])(
  'a process that gets SIGKILL after %i requests leaves a state that the next run finishes',
  async (requests) => {
    const { cloud, coldStart, stay, left } = await prepareStale(4);
    cloud.latency('sfs-turbo', 15);
    const options = { environment: cloud.environment(), variables: { SWEEP_KEEP_LATEST: '1' } };
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'test/support/sweep-process.ts', JSON.stringify(options)],
      {
        stdio: 'ignore',
      },
    );
    const ended = once(child, 'exit');

    while (cloud.requests.length < requests && child.exitCode === null) await sleep(1);
    child.kill('SIGKILL');
    const [, signal] = await ended;
    cloud.latency('sfs-turbo', 0);
    const next = await coldStart().sweep();

    expect(signal).toBe('SIGKILL');
    expect(next).toMatchObject({ failed: 0, failed_shares: 0, remaining: 0 });
    expect(left().sort()).toEqual([...stay].sort());
  },
);
