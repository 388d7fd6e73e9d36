import { describe, expect, test } from 'vitest';
import { accountedFor } from '../../../support/accounts.ts';
import { ended, HOUR_MS } from '../../../support/sweep-instance.ts';
import { prepareTargets, type TargetsSweep } from '../../../support/targets-sweep.ts';

const deletedIn = ({ targets }: TargetsSweep) => targets.map(({ project }) => project.deletedTaskIds.length);

describe('a sweep over projects in two regions and two accounts', () => {
  test('deletes what is due in each, and nothing else', async () => {
    const estate = await prepareTargets();
    const due = estate.targets.map((_, at) => estate.addDue(at, 2));

    const summary = await estate.start().sweep();

    expect(summary).toMatchObject({ targets: 8, failed_targets: 0, shares: 8, due: 16, deleted: 16, remaining: 0 });
    for (const [at, { project, shareId, taskId }] of estate.targets.entries()) {
      expect(new Set(project.deletedTaskIds)).toEqual(new Set(due[at]));
      expect(project.task(shareId, taskId)).toBeDefined();
    }
  });

  test('writes a line for each target, and a last one that adds up', async () => {
    const estate = await prepareTargets();
    for (const at of [0, 3, 5]) estate.addDue(at, at + 1);
    const { sweep, logged } = estate.start();

    const summary = await sweep();

    const lines = logged('sweep.target');
    expect(new Set(lines.map(({ target }) => target))).toEqual(new Set(estate.names));
    expect(lines.every(({ outcome }) => outcome === 'done')).toBe(true);
    for (const name of ['shares', 'listed', 'due', 'deleted', 'remaining'] as const) {
      expect(lines.reduce((sum, line) => sum + Number(line[name]), 0)).toBe(summary[name]);
    }
    expect(accountedFor(summary)).toBe(summary.listed);
    expect(logged('sweep.done')).toEqual([expect.objectContaining({ targets: 8, failed_targets: 0, deleted: 11 })]);
    expect(logged('sweep.done')[0]).not.toHaveProperty('target');
  });

  test('takes nothing from its cap for targets that are dry', async () => {
    const estate = await prepareTargets({
      count: 2,
      entry: (at) => (at === 0 ? { sweep: { dry_run: true } } : {}),
      variables: { SWEEP_MAX_DELETES: '3' },
    });
    estate.addDue(0, 5);
    estate.addDue(1, 3);

    // whichever comes first
    for (const random of [0, 0.9]) await estate.start({}, { random: () => random }).sweep();

    expect(deletedIn(estate).slice(0, 2)).toEqual([0, 3]);
  });

  test('names the target in its audit lines', async () => {
    const estate = await prepareTargets();
    const [taskId] = estate.addDue(6, 1);
    const { sweep, logged } = estate.start();

    await sweep();

    expect(logged('audit')).toEqual([expect.objectContaining({ target: estate.names[6], task_id: taskId })]);
  });

  test('asks for an agency of the other account once', async () => {
    const estate = await prepareTargets();

    await estate.start().sweep();

    expect(estate.cloud.requestsOf('AssumeAgency')).toHaveLength(1);
  });
});

describe('settings of one target', () => {
  test('hold for it alone: a dry run, an age, a cap, and a rule', async () => {
    const settings = [
      { sweep: { dry_run: true } },
      { sweep: { min_age: '50h' } },
      { sweep: { max_deletes: 1 } },
      { sweep: { rules: [{ path_prefix: '/', protect: true }] } },
    ];
    const estate = await prepareTargets({ count: 5, entry: (at) => settings[at] ?? {} });
    for (const at of [0, 1, 2, 3, 4]) estate.addDue(at, 4);

    const summary = await estate.start().sweep();

    expect(deletedIn(estate).slice(0, 5)).toEqual([0, 2, 1, 0, 4]);
    expect(summary).toMatchObject({ dry_run: false, deleted: 7, remaining: 7 });
  });

  test('a run of dry targets alone is dry', async () => {
    const estate = await prepareTargets({ count: 2, variables: { SWEEP_DRY_RUN: 'true' } });
    estate.addDue(1, 3);

    const summary = await estate.start().sweep({ dry_run: false });

    expect(summary).toMatchObject({ dry_run: true, due: 3, remaining: 3, deleted: 0 });
    expect(summary.reason).toContain('SWEEP_DRY_RUN');
  });

  test('tags choose its shares', async () => {
    const estate = await prepareTargets({
      count: 2,
      entry: (at) => (at === 1 ? { shares: { tags: { 'du-cleaner': ['on'] } } } : {}),
    });
    const { project } = estate.at(1);
    const tagged = project.addShare({ tags: { 'du-cleaner': 'on' } });
    const taskId = project.addTask(tagged, ended(48 * HOUR_MS));
    estate.addDue(1, 3);

    const summary = await estate.start().sweep();

    expect(project.deletedTaskIds).toEqual([taskId]);
    expect(summary).toMatchObject({ failed_targets: 0, deleted: 1 });
  });

  test('a share that loses its tags during the run keeps what has not been deleted', async () => {
    const estate = await prepareTargets({
      count: 1,
      entry: () => ({ shares: { tags: { 'du-cleaner': ['on'] } } }),
      variables: { SWEEP_CONCURRENCY: '1' },
    });
    const { project } = estate.at(0);
    const tagged = project.addShare({ tags: { 'du-cleaner': 'on' } });
    for (const hours of [50, 60]) project.addTask(tagged, ended(hours * HOUR_MS));
    const lines: string[] = [];
    let aheadMs = 0;
    const untagAfterFirstDelete = (line: string): void => {
      lines.push(line);
      if (aheadMs > 0 || JSON.parse(line).event !== 'audit') return;
      aheadMs = 61_000;
      const body = { resources: [], total_count: 0 };
      estate.cloud.order({ operation: 'ListSharesByTag', kind: { type: 'status', status: 200, body } });
    };
    const { sweep } = estate.start({}, { now: () => Date.now() + aheadMs, write: untagAfterFirstDelete });

    const summary = await sweep({}, 600_000);

    expect(project.deletedTaskIds).toHaveLength(1);
    expect(summary).toMatchObject({ due: 2, deleted: 1, remaining: 1, failed_shares: 1 });
    expect(lines.join('')).toContain('the share no longer has the tags of its target');
  });

  test('none of the shares that it sweeps has the tags: it has failed', async () => {
    const estate = await prepareTargets({
      count: 2,
      entry: (at, { shareId }) =>
        at === 1 ? { shares: { tags: { 'du-cleaner': ['on'] } }, sweep: { shares: [shareId] } } : {},
    });
    const { sweep, logged } = estate.start();

    const summary = await sweep();

    expect(summary).toMatchObject({ failed_targets: 1, failed_shares: 1 });
    expect(logged('sweep.share')).toEqual([
      expect.objectContaining({
        target: estate.names[1],
        reason: 'none of the shares to sweep has the tags of the target',
      }),
    ]);
  });

  test('where no share has the tags the target has failed', async () => {
    const estate = await prepareTargets({
      count: 2,
      entry: (at) => (at === 1 ? { shares: { tags: { 'du-cleaner': ['on'] } } } : {}),
    });
    const { sweep, logged } = estate.start();

    const summary = await sweep();

    expect(summary).toMatchObject({ failed_targets: 1, failed_shares: 1 });
    expect(logged('sweep.share')).toEqual([
      expect.objectContaining({ target: estate.names[1], reason: 'the project has no share with the tags' }),
    ]);
  });
});

describe('the cap of the run', () => {
  test('holds over all targets, whatever each may delete', async () => {
    const estate = await prepareTargets({
      variables: { SWEEP_MAX_DELETES: '5' },
      entry: () => ({ sweep: { max_deletes: 3 } }),
    });
    for (const at of estate.targets.keys()) estate.addDue(at, 4);

    const summary = await estate.start().sweep();

    expect(summary).toMatchObject({ due: 32, deleted: 5, remaining: 27 });
    expect(Math.max(...deletedIn(estate))).toBeLessThanOrEqual(3);
  });

  test('is that of the event where it is lower', async () => {
    const estate = await prepareTargets({ count: 3 });
    for (const at of [0, 1, 2]) estate.addDue(at, 4);

    const summary = await estate.start().sweep({ max_deletes: 2 });

    expect(summary).toMatchObject({ due: 12, deleted: 2, remaining: 10 });
  });

  test('in a dry run limits what is said to be deleted', async () => {
    const estate = await prepareTargets({ count: 3, variables: { SWEEP_DRY_RUN: 'true', SWEEP_MAX_DELETES: '5' } });
    for (const at of [0, 1, 2]) estate.addDue(at, 4);
    const { sweep, logged } = estate.start();

    await sweep();

    const verdicts = logged('sweep.task').map(({ reason }) => reason);
    expect(verdicts.filter((reason) => reason === 'due')).toHaveLength(5);
    expect(verdicts.filter((reason) => reason === 'over_cap')).toHaveLength(7);
  });
});

describe('an event', () => {
  test('narrows the run to targets', async () => {
    const estate = await prepareTargets();
    for (const at of estate.targets.keys()) estate.addDue(at, 1);

    const summary = await estate.start().sweep({ targets: [estate.names[2], estate.names[7]] });

    expect(deletedIn(estate)).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
    expect(summary).toMatchObject({ targets: 2, shares: 2 });
  });

  test('names a share with its target, and the other targets are not swept', async () => {
    const estate = await prepareTargets();
    const { project } = estate.at(3);
    const other = project.addShare();
    const taskId = project.addTask(other, ended(48 * HOUR_MS));
    for (const at of estate.targets.keys()) estate.addDue(at, 1);

    const summary = await estate.start().sweep({ shares: [`${estate.names[3]}/${other}`] });

    expect(summary).toMatchObject({ targets: 1, shares: 1, deleted: 1 });
    expect(project.deletedTaskIds).toEqual([taskId]);
  });

  test('names a share alone where one target says that it has it', async () => {
    const estate = await prepareTargets({
      count: 3,
      entry: (at, { shareId }) => (at === 1 ? { shares: [shareId] } : {}),
    });
    for (const at of [0, 1, 2]) estate.addDue(at, 1);

    const summary = await estate.start().sweep({ shares: [estate.at(1).shareId] });

    expect(deletedIn(estate).slice(0, 3)).toEqual([0, 1, 0]);
    expect(summary).toMatchObject({ targets: 1 });
  });

  test('is refused where it names a share without the tags of its target, and no task is listed', async () => {
    const estate = await prepareTargets({
      count: 2,
      entry: (at) => (at === 1 ? { shares: { tags: { 'du-cleaner': ['on'] } } } : {}),
    });
    const { project, shareId } = estate.at(1);
    const tagged = project.addShare({ tags: { 'du-cleaner': 'on' } });
    const taskId = project.addTask(tagged, ended(48 * HOUR_MS));
    const shares = [
      `${estate.names[1]}/${tagged}`,
      `${estate.names[1]}/${shareId}`,
      `${estate.names[0]}/${estate.at(0).shareId}`,
    ];
    const { sweep, logged } = estate.start();

    const outcome = await sweep({ shares }).catch((error: unknown) => error);

    expect(outcome).toMatchObject({
      code: 'forbidden',
      message: 'shares names a share that does not have the tags of its target',
      reason: shares[1],
    });
    expect(logged('sweep.done')).toEqual([]);
    expect(estate.cloud.requestsOf('ListFsTasks')).toEqual([]);
    expect(project.task(tagged, taskId)).toBeDefined();
  });

  test('that names a share, while the service does not tell which have the tags, fails in that target alone', async () => {
    const estate = await prepareTargets({
      count: 2,
      entry: (at) => (at === 1 ? { shares: { tags: { 'du-cleaner': ['on'] } } } : {}),
    });
    estate.addDue(0, 2);
    estate.cloud.order({
      operation: 'ListSharesByTag',
      times: Number.POSITIVE_INFINITY,
      kind: { type: 'status', status: 403 },
    });
    const shares = [0, 1].map((at) => `${estate.names[at]}/${estate.at(at).shareId}`);

    const summary = await estate.start().sweep({ shares });

    expect(summary).toMatchObject({ targets: 2, failed_targets: 1, deleted: 2 });
  });

  test.each([
    { event: { targets: ['nowhere'] }, says: 'nowhere' },
    { event: { targets: [] }, says: 'targets' },
    { event: { targets: 'own-cn-east-3' }, says: 'targets' },
    { event: { targets: [7] }, says: 'targets' },
    { event: { shares: ['nowhere/a'] }, says: 'shares[0]' },
    { event: { shares: ['a', 'own-cn-east-3/a b'] }, says: 'shares[1]' },
    { event: { targets: ['own-cn-north-4'], shares: ['own-cn-east-3/a'] }, says: 'shares[0]' },
    { event: { shares: ['a'] }, says: 'target/share' },
    { event: { target: 'own-cn-east-3' }, says: '"target"' },
  ])('is refused before anything is sent: $event', async ({ event, says }) => {
    const estate = await prepareTargets();
    const { sweep } = estate.start();

    const outcome = await Promise.resolve()
      .then(() => sweep(event))
      .catch((error: unknown) => error);

    expect(outcome).toMatchObject({ code: 'invalid_input', message: expect.stringContaining(says) });
    expect(estate.cloud.requests).toEqual([]);
  });
});
