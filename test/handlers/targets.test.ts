import { describe, expect, test } from 'vitest';
import type { EstateTarget } from '../cloud/estate.ts';
import { type TargetEstate, toEntry } from '../support/target-estate.ts';
import { deployTargets, nameOf } from '../support/targets-deployment.ts';

const bodyOf = ({ shareId, taskId }: EstateTarget) => ({ share_id: shareId, task_id: taskId });
const deletedIn = ({ targets }: TargetEstate) => targets.map(({ project }) => project.deletedTaskIds.length);

describe('the project in a path', () => {
  test('picks the target', async () => {
    const deployment = await deployTargets();

    const answers = [];
    for (const target of deployment.targets) answers.push(await deployment.cancelByPath(target));

    expect(answers.map(({ status }) => status)).toEqual(new Array(8).fill(202));
    expect(deletedIn(deployment)).toEqual(new Array(8).fill(1));
    expect(deployment.logged('audit').map(({ target }) => target)).toEqual(deployment.targets.map(nameOf));
  });

  test('lists the tasks of that target', async () => {
    const deployment = await deployTargets();

    const answers = await Promise.all(deployment.targets.map(deployment.list));

    expect(answers.map(({ body }) => body.tasks[0].task_id)).toEqual(deployment.targets.map(({ taskId }) => taskId));
  });

  test('that is no target’s is forbidden, and nothing is asked', async () => {
    const deployment = await deployTargets({
      entries: (estate) => [toEntry(estate, estate.at(0)), toEntry(estate, estate.at(1))],
    });

    const answers = [await deployment.cancelByPath(deployment.at(2)), await deployment.list(deployment.at(2))];

    const body = { errCode: 'FN.FORBIDDEN', errMsg: 'project_id names no target of this function' };
    expect(answers).toEqual([
      { status: 403, body },
      { status: 403, body },
    ]);
    expect(deployment.cloud.requests).toEqual([]);
    expect(deployment.logged('audit')).toMatchObject([
      { caller: 'ci', project_id: deployment.at(2).project.id, outcome: 'forbidden', attempts: 0 },
    ]);
  });

  test('of a target that has a name alone is looked up once', async () => {
    const deployment = await deployTargets({
      entries: (estate) => [toEntry(estate, estate.at(0)), toEntry(estate, estate.at(1), true)],
    });
    const looked = () => deployment.cloud.requestsOf('ListProjects').length;

    const known = await deployment.list(deployment.at(0));
    const withoutLookUp = looked();
    const answers = [
      await deployment.list(deployment.at(2)),
      await deployment.list(deployment.at(1)),
      await deployment.list(deployment.at(3)),
    ];

    expect([known, ...answers].map(({ status }) => status)).toEqual([200, 403, 200, 403]);
    expect([withoutLookUp, looked()]).toEqual([0, 1]);
  });

  test('that may be of a target which cannot be asked is not said to be forbidden', async () => {
    const deployment = await deployTargets({
      entries: (estate) => [toEntry(estate, estate.at(0)), toEntry(estate, estate.at(1), true)],
    });
    deployment.cloud.order({ operation: 'ListProjects', kind: { type: 'status', status: 503 } });

    const answers = [await deployment.list(deployment.at(1)), await deployment.list(deployment.at(0))];

    expect(answers.map(({ status }) => status)).toEqual([503, 200]);
  });
});

describe('a body', () => {
  test('names its target by project or by name', async () => {
    const deployment = await deployTargets();
    const [first, second, third] = [deployment.at(0), deployment.at(3), deployment.at(6)];

    const answers = [
      await deployment.cancel({ ...bodyOf(first), project_id: first.project.id }),
      await deployment.cancel({ ...bodyOf(second), target: nameOf(second) }),
      await deployment.cancel({ ...bodyOf(third), target: nameOf(third), project_id: third.project.id }),
    ];

    expect(answers.map(({ status, body }) => [status, body.project_id])).toEqual(
      [first, second, third].map(({ project }) => [202, project.id]),
    );
    expect(deletedIn(deployment)).toEqual([1, 0, 0, 1, 0, 0, 1, 0]);
  });

  test.each<[string, object, number, string]>([
    ['no target', {}, 400, 'project_id is missing: this function has several targets'],
    ['another target', { target: 'nobody' }, 403, 'target names no target of this function'],
    ['a target that is no text', { target: 7 }, 400, 'target must be the name of a target'],
    [
      'a target and the project of another',
      { target: 'one-cn-north-4', project_id: 'p' },
      403,
      "project_id is not the project of the function's credentials",
    ],
  ])('that names %s is refused', async (_what, naming, status, errMsg) => {
    const deployment = await deployTargets();

    const answer = await deployment.cancel({ ...bodyOf(deployment.at(0)), ...naming });

    expect({ status: answer.status, errMsg: answer.body.errMsg }).toEqual({ status, errMsg });
    expect(deployment.cloud.requests).toEqual([]);
  });

  test('may leave the only target out, and has no such field without TARGETS', async () => {
    const deployment = await deployTargets({ entries: (estate) => [toEntry(estate, estate.at(0))] });

    const answers = [
      await deployment.cancel({ ...bodyOf(deployment.at(0)), target: 'other' }),
      await deployment.cancel(bodyOf(deployment.at(0))),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 202]);
  });

  test('of many tasks names the target, and the share by an alias of it', async () => {
    const deployment = await deployTargets({
      entries: (estate) =>
        [2, 5].map((index) => ({ ...toEntry(estate, estate.at(index)), aliases: { big: estate.at(index).shareId } })),
    });
    const target = deployment.at(5);
    deployment.runtime.advance(120_000);

    const body = { share_id: 'Big', target: nameOf(target), status: ['SUCCESS'], dry_run: false };
    const answer = await deployment.post('/v1/tasks/cancel-many', body);

    expect(answer).toMatchObject({ status: 200, body: { cancelled: 1 } });
    expect(deletedIn(deployment)).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
  });
});

test('a share that is not among those of its target is forbidden, whatever another target allows', async () => {
  const deployment = await deployTargets({
    entries: (estate) => [
      { ...toEntry(estate, estate.at(0)), shares: [estate.at(1).shareId] },
      { ...toEntry(estate, estate.at(1)), shares: [estate.at(0).shareId] },
    ],
  });

  const answers = [await deployment.cancelByPath(deployment.at(0)), await deployment.cancelByPath(deployment.at(1))];

  expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  expect(deployment.cloud.requests).toEqual([]);
});

test('a share that has not the tags of its target is forbidden, and none is touched while nobody can tell', async () => {
  const deployment = await deployTargets({
    entries: (estate) => [{ ...toEntry(estate, estate.at(0)), shares: { tags: { 'du-cleaner': ['on'] } } }],
  });
  const [{ project, ...untagged }] = [deployment.at(0)];
  const shareId = project.addShare({ tags: { 'du-cleaner': 'on' } });
  const tagged = { ...untagged, project, shareId, taskId: project.addTask(shareId) };
  deployment.cloud.order({ operation: 'ListSharesByTag', kind: { type: 'status', status: 503 } });

  const answers = [
    await deployment.cancelByPath(tagged),
    await deployment.cancelByPath(deployment.at(0)),
    await deployment.cancelByPath(tagged),
  ];

  expect(answers.map(({ status }) => status)).toEqual([503, 403, 202]);
  expect(deployment.logged('audit').map(({ outcome }) => outcome)).toEqual([
    'upstream_unavailable',
    'forbidden',
    'accepted',
  ]);
});

describe('a key', () => {
  const statusesWith = async (rights: (estate: TargetEstate) => string, aliases: Record<string, unknown> = {}) => {
    const deployment = await deployTargets({
      rights,
      entries: (estate) => [0, 1, 4].map((index) => ({ ...toEntry(estate, estate.at(index)), ...aliases })),
    });
    const answers = await Promise.all([0, 1, 4].map((index) => deployment.list(deployment.at(index))));
    return answers.map(({ status }) => status);
  };

  test.each<[string, (estate: TargetEstate) => string, readonly number[]]>([
    ['no shares', () => 'read', [200, 200, 200]],
    ['a share', ({ at }) => `read@${at(1).shareId}`, [403, 200, 403]],
    ['all shares of a target', () => 'read@one-cn-north-4/*', [200, 403, 403]],
    ['a share of a target', ({ at }) => `read@two-cn-north-4/${at(4).shareId}`, [403, 403, 200]],
    ['a share of another target', ({ at }) => `read@one-cn-north-4/${at(4).shareId}`, [403, 403, 403]],
    ['shares of several', ({ at }) => `read@one-cn-north-4/*|two-cn-north-4/*|${at(1).shareId}`, [200, 200, 200]],
  ])('that names %s is for them alone', async (_what, rights, expected) => {
    expect(await statusesWith(rights)).toEqual(expected);
  });

  test.each(['read@nobody/*', 'read@one-cn-north-4/a/b', 'read@*', 'read@one-cn-north-4/a.b'])(
    'that names %s is a fault',
    async (rights) => {
      const deploying = deployTargets({ rights: () => rights });

      await expect(deploying).rejects.toMatchObject({
        faults: [expect.stringMatching(/^CALLER_KEYS must name shares/)],
      });
    },
  );
});

describe('a key without the share', () => {
  test('does not make the function look for the project', async () => {
    const deployment = await deployTargets({
      rights: () => 'read+cancel@elsewhere|one-cn-north-4/*',
      entries: (estate) => [toEntry(estate, estate.at(0)), toEntry(estate, estate.at(1), true)],
    });

    const answers = [await deployment.list(deployment.at(1)), await deployment.cancelByPath(deployment.at(1))];

    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(deployment.cloud.requests).toEqual([]);
    expect(deployment.logged('audit')).toMatchObject([{ outcome: 'forbidden', attempts: 0 }]);
  });

  test('does not make the function ask for the tags', async () => {
    const deployment = await deployTargets({
      rights: () => 'read+cancel@elsewhere',
      entries: (estate) => [{ ...toEntry(estate, estate.at(0)), shares: { tags: { 'du-cleaner': ['on'] } } }],
    });

    const answers = [await deployment.list(deployment.at(0)), await deployment.cancelByPath(deployment.at(0))];

    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(deployment.cloud.requests).toEqual([]);
    expect(deployment.logged('audit')).toMatchObject([{ outcome: 'forbidden', attempts: 0 }]);
  });
});

test('a key for one target is told why the target cannot be used', async () => {
  const deployment = await deployTargets({
    rights: () => 'cancel@one-cn-north-4/*',
    entries: (estate) => [{ ...toEntry(estate, estate.at(0)), shares: { tags: { 'du-cleaner': ['on'] } } }],
  });
  deployment.cloud.order({ operation: 'ListSharesByTag', kind: { type: 'status', status: 503 } });

  const answer = await deployment.cancelByPath(deployment.at(0));

  expect(answer.status).toBe(503);
  expect(deployment.logged('audit')).toMatchObject([{ caller: 'ci', outcome: 'upstream_unavailable' }]);
});
