import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { addThreeTargets } from '../../cloud/three-targets.ts';
import { prepareDesk } from '../../support/command-line.ts';
import { holds } from '../../support/commands.ts';
import { ended, HOUR_MS } from '../../support/sweep-instance.ts';
import { CTRL_C, duInTerminal, ENTER, plain, type TerminalOptions } from '../../support/terminal.ts';

const REAL = { SWEEP_SHARES: '*', SWEEP_DRY_RUN: 'false', SWEEP_KEEP_LATEST: '0' } as const;
const COLOR = '\u001b[32m';

/** Several tasks with paths longer than a terminal is wide. */
async function prepare(tasks = 3, cloudOptions = {}) {
  const desk = await prepareDesk(cloudOptions);
  const taskIds = Array.from({ length: tasks }, (_, at) =>
    desk.cloud.addTask(desk.shareId, { path: `/${'builds/'.repeat(12)}${at}`, ...ended((30 + at) * HOUR_MS) }),
  );
  const du = (args: readonly string[], { variables = {}, ...options }: TerminalOptions = {}) =>
    duInTerminal(args, { ...options, variables: { ...desk.variables, ...variables } });
  return { ...desk, taskIds, quiet: desk.du, du };
}

test('a narrow terminal gets each task as a block, without a colour where none is wanted', async () => {
  const { du, taskIds } = await prepare();

  const running = du(['list', 'prod'], { columns: 40, variables: { NO_COLOR: '1' } });

  expect(await running.ended).toBe(0);
  const lines = plain(running.output());
  expect(lines.filter((line) => taskIds.includes(line))).toEqual(taskIds);
  expect(lines.filter((line) => line.length > 40 && !line.endsWith('.'))).toEqual([]);
  expect(running.output()).not.toContain(COLOR);
});

describe('a question', () => {
  test('is asked before a cancel, about the task as it is; a yes deletes it', async () => {
    const {
      du,
      cloud,
      taskIds: [taskId = ''],
    } = await prepare(1);

    const running = du(['cancel', 'prod', taskId]);
    await running.until('Delete this result?');
    const before = cloud.requestsOf('DeleteFsTask').length;
    running.press(`y${ENTER}`);

    expect(await running.ended).toBe(0);
    expect(before).toBe(0);
    expect(plain(running.output()).join('\n')).toMatch(new RegExp(`task +${taskId}\nstatus +SUCCESS`));
    expect(running.output()).toContain(`: ${taskId} of prod`);
    expect(cloud.deletedTaskIds).toEqual([taskId]);
  });

  test.each([
    { keys: `n${ENTER}`, code: 0 },
    { keys: CTRL_C, code: 130 },
  ])('that is answered with $keys deletes nothing', async ({ keys, code }) => {
    const {
      du,
      cloud,
      taskIds: [taskId = ''],
    } = await prepare(1);

    const running = du(['cancel', 'prod', taskId]);
    await running.until('Delete this result?');
    running.press(keys);

    expect(await running.ended).toBe(code);
    expect(running.output()).toContain('Nothing was deleted.');
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('is asked before a sweep, with what is due; what becomes due meanwhile stays', async () => {
    const { du, cloud, shareId, taskIds } = await prepare(2);

    const running = du(['sweep'], { variables: REAL });
    await running.until('Delete 2 tasks?');
    cloud.addTask(shareId, ended(25 * HOUR_MS));
    running.press(`y${ENTER}`);

    expect(await running.ended).toBe(0);
    expect(running.output()).toContain('2 tasks deleted, 0 already gone, 0 failed, 1 left for the next run.');
    expect(cloud.deletedTaskIds.toSorted()).toEqual(taskIds.toSorted());
  });

  test('is asked before many are cancelled; what meets the filters meanwhile stays', async () => {
    const { du, cloud, shareId, taskIds } = await prepare(2);

    const running = du(['cancel-many', 'prod', '--status', 'SUCCESS', '--delete']);
    await running.until('Delete 2 tasks of prod?');
    cloud.addTask(shareId, ended(90 * HOUR_MS));
    running.press(`y${ENTER}`);

    expect(await running.ended).toBe(0);
    expect(running.output()).toContain('2 tasks met the filters: 2 deleted');
    expect(cloud.deletedTaskIds.toSorted()).toEqual(taskIds.toSorted());
  });

  test('is not asked by a sweep by which nothing is due', async () => {
    const { du, cloud } = await prepare(0);

    const running = du(['sweep'], { variables: REAL });

    expect(await running.ended).toBe(0);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });
});

test('the progress of a long run is shown, and nothing of it is left at the end', async () => {
  const { du } = await prepare(12);

  const running = du(['sweep', '--yes'], { variables: REAL });

  expect(await running.ended).toBe(0);
  expect(running.output()).toMatch(/Deleting \[=*-*\] \d+ of 12/);
  expect(plain(running.output()).join('\n')).not.toContain('Deleting [');
});

test('no log line disturbs a person, but what went wrong is said', async () => {
  const { du, cloud } = await prepare(1);
  cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 403 } });

  const running = du(['sweep', '--yes'], { variables: REAL });

  expect(await running.ended).toBe(1);
  expect(running.output()).not.toContain('{"level"');
  expect(running.output()).toMatch(/! share [0-9a-f-]{36}: .*SFS\.TURBO\.9000/);
  expect(running.output()).toContain('1 share could not be read.');
});

test('what went wrong in a target is said with its name', async () => {
  const { du, cloud, shareId } = await prepare(1);
  const { east, variables } = await addThreeTargets(cloud, shareId);
  cloud.order({
    operation: 'ListFsTasks',
    where: ({ path }) => path.includes(east.shareId),
    kind: { type: 'status', status: 403 },
  });
  cloud.order({
    operation: 'AssumeAgency',
    times: Number.POSITIVE_INFINITY,
    kind: { type: 'status', status: 403 },
  });

  const running = du(['sweep', '--dry-run'], { columns: 300, variables: { ...REAL, ...variables } });

  expect(await running.ended).toBe(1);
  expect(running.output()).toMatch(new RegExp(`! share east/${east.shareId}: .*SFS\\.TURBO\\.9000`));
  expect(running.output()).toMatch(/! target partner: STS refused the function the agency/);
});

test('a file of variables that is not there is named by the command, and not by Node', async () => {
  const { du } = await prepare(0);

  const running = du(['list', 'prod', '--env-file', 'nowhere.env'], { byNpm: true });

  expect(await running.ended).toBe(2);
  expect(running.output()).toMatch(/nowhere\.env cannot be read \(ENOENT\)/);
  expect(running.output()).not.toContain('node: ');
});

describe('Ctrl-C in the middle', () => {
  const SWEEP = ['sweep', '--yes'];
  const MANY = ['cancel-many', 'prod', '--status', 'SUCCESS', '--max', '30', '--delete', '--yes'];

  test.each([
    { args: SWEEP, byNpm: false },
    { args: SWEEP, byNpm: true },
    { args: MANY, byNpm: false },
  ])(
    'sends no more, waits for what is under way, and says what was deleted ($args, by npm: $byNpm)',
    async ({ args, byNpm }) => {
      const { du, cloud } = await prepare(30);
      cloud.latency('sfs-turbo', 300);

      const running = du(args, { byNpm, variables: { ...REAL, SWEEP_CONCURRENCY: '1' } });
      await running.until(/ [1-9] of 30/);
      running.press(CTRL_C);

      expect(await running.ended).toBe(130);
      const deleted = cloud.deletedTaskIds;
      expect(deleted.length).toBeLessThan(20);
      const text = plain(running.output()).join('\n');
      const [, told = ''] = text.split(/Stopped\. \d+ tasks? had been deleted:/);
      expect(
        told
          .match(/[0-9a-f]{32}/g)
          ?.toSorted()
          .slice(0, deleted.length),
      ).toEqual(deleted.toSorted());
    },
  );

  test('waits for the one DELETE of a cancel', async () => {
    const {
      du,
      cloud,
      taskIds: [taskId = ''],
    } = await prepare(1);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'latency', ms: 1_500 } });

    const running = du(['cancel', 'prod', taskId, '--yes']);
    await holds(() => cloud.requestsOf('DeleteFsTask').length > 0);
    running.press(CTRL_C);

    expect(await running.ended).toBe(130);
    expect(running.output()).toContain('Deleted');
    expect(plain(running.output()).join('\n')).toContain(`1 task had been deleted:\n  ${taskId} of share`);
    expect(cloud.deletedTaskIds).toEqual([taskId]);
  });

  describe('while a DELETE is not answered', () => {
    async function sweepThatHangs(variables: Readonly<Record<string, string>> = {}) {
      const { du, cloud, shareId } = await prepare(3);
      cloud.order({ operation: 'DeleteFsTask', skip: 1, times: 9, kind: { type: 'silence' } });
      const slow = { REQUEST_TIMEOUT_MS: '60000', SWEEP_CONCURRENCY: '1' };
      const running = du(['sweep', '--yes'], { variables: { ...REAL, ...slow, ...variables } });
      await running.until(' 1 of 3');
      running.press(CTRL_C);
      await running.until('Ctrl-C again ends at once');
      return { running, cloud, shareId };
    }

    test('a second one ends at once, and says what was deleted', async () => {
      const { running, cloud, shareId } = await sweepThatHangs();

      running.press(CTRL_C);

      expect(await running.ended).toBe(130);
      expect(plain(running.output()).join('\n')).toContain(
        `1 task had been deleted:\n  ${cloud.deletedTaskIds[0]} of share ${shareId}\nWhat was under way may be deleted, too.`,
      );
    });

    test('the next one by npm is the first, which npm passes on late, and the one after it ends at once', async () => {
      const { running } = await sweepThatHangs({ npm_lifecycle_event: 'du' });

      await sleep(800);
      running.press(CTRL_C);
      await sleep(800);
      const before = running.output();
      running.press(CTRL_C);

      expect(await running.ended).toBe(130);
      expect(before).not.toContain('had been deleted');
      expect(running.output()).toContain('What was under way may be deleted, too.');
    });
  });

  test('stops a list that is being read', async () => {
    const { du, cloud } = await prepare(150);
    cloud.latency('sfs-turbo', 500);

    const running = du(['list', 'prod', '--all']);
    await running.until('Tasks read: 100');
    running.press(CTRL_C);

    expect(await running.ended).toBe(130);
    expect(running.output()).toContain('Stopped. Nothing was deleted.');
    expect(running.output()).not.toContain('Failed');
  });
});
