import { describe, expect, test } from 'vitest';
import { askToken, tokenBody } from './caller.ts';
import {
  type EstateTarget,
  outcomeOf,
  sendSigned,
  sendWithToken,
  sharesUrl,
  startEstate,
  taskUrl,
  tokenFor,
} from './estate.ts';

const DELETE = { method: 'DELETE' };

describe('the key of an account', () => {
  test('deletes the tasks of all its projects, and of no other account', async () => {
    const { at, cloud, targets } = await startEstate();
    const key = at(0).account.user;
    const call = (target: EstateTarget) =>
      sendSigned(taskUrl(target), key, { ...DELETE, projectId: target.project.id });

    const outcomes = await Promise.all(targets.map(async (target) => outcomeOf(await call(target))));

    expect(outcomes).toEqual([...Array(4).fill('202'), ...Array(4).fill('403 APIGW.0302')]);
    expect(targets.map(({ project }) => project.deletedTaskIds.length)).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(cloud.deletedTaskIds.toSorted()).toEqual(
      targets
        .slice(0, 4)
        .map(({ taskId }) => taskId)
        .toSorted(),
    );
  });

  test('lists the shares of the project in the path alone', async () => {
    const { targets } = await startEstate();

    const replies = await Promise.all(
      targets.map((target) => sendSigned(sharesUrl(target), target.account.user, { projectId: target.project.id })),
    );

    const listed = replies.map(({ text }) => JSON.parse(text).shares.map(({ id }: { id: string }) => id));
    expect(listed).toEqual(targets.map(({ shareId }) => [shareId]));
  });

  test.each([
    { projectMismatch: undefined, refused: '403 APIGW.0302' },
    { projectMismatch: 'gateway', refused: '403 APIGW.0302' },
    { projectMismatch: 'service', refused: '400 SFS.TURBO.0001' },
    { projectMismatch: 'pass', refused: '200' },
  ] as const)('meets $refused where X-Project-Id is not the path, with $projectMismatch', async (row) => {
    const { projectMismatch, refused } = row;
    const { at } = await startEstate(projectMismatch === undefined ? {} : { projectMismatch });
    const [own, sub, east] = [at(0), at(1), at(2)];
    const call = (target: EstateTarget, projectId?: string) =>
      sendSigned(sharesUrl(target), target.account.user, { projectId });

    const replies = await Promise.all([call(own), call(own, sub.project.id), call(sub), call(own, east.project.id)]);

    expect(replies.map(outcomeOf)).toEqual(['200', refused, refused, refused]);
  });

  test.each(['gateway', 'service', 'pass'] as const)(
    'opens no project at the address of another region, and of no other account, with %s',
    async (projectMismatch) => {
      const { at } = await startEstate({ projectMismatch });
      const [north, east, foreign] = [at(0), at(2), at(4)];
      const call = async (target: EstateTarget, url: string) => {
        const options = { projectId: target.project.id };
        return outcomeOf(await sendSigned(sharesUrl({ ...target, url }), north.account.user, options));
      };

      const outcomes = [await call(east, north.url), await call(north, east.url), await call(foreign, foreign.url)];

      expect(outcomes).toEqual(Array(3).fill('403 APIGW.0302'));
    },
  );
});

describe('a token', () => {
  test('opens its project, none beside it, and no other region', async () => {
    const { at, cloud, targets } = await startEstate();
    const token = await tokenFor(cloud, at(0).account.user, at(0).project);

    const outcomes = await Promise.all(
      targets.map(async (target) => outcomeOf(await sendWithToken(taskUrl(target), token, DELETE))),
    );

    const otherProject = '403 APIGW.0302';
    // the region of the address is not the token's
    const otherRegion = '401 APIGW.0307';
    const [ofOne, ofTwo] = [
      ['202', otherProject],
      [otherProject, otherProject],
    ];
    expect(outcomes).toEqual([...ofOne, otherRegion, otherRegion, ...ofTwo, otherRegion, otherRegion]);
  });

  test('is issued for a project of the own account only', async () => {
    const { at, cloud, targets } = await startEstate();
    const { user } = at(0).account;
    const scopes = targets.map(({ project }) => ({ project: { id: project.id } }));

    const replies = await Promise.all(scopes.map((scope) => askToken(cloud, tokenBody(cloud, { scope, user }))));

    expect(replies.map(outcomeOf)).toEqual([...Array(4).fill('201'), ...Array(4).fill('400 IAM.1109')]);
  });

  test('dies with the password of its own user alone', async () => {
    const { at, cloud } = await startEstate();
    const [first, other] = [at(0), at(4)];
    const tokens = await Promise.all(
      [first, other].map((target) => tokenFor(cloud, target.account.user, target.project)),
    );

    first.account.user.changePassword('another one');
    const calls = [first, other].map((target, i) => sendWithToken(sharesUrl(target), tokens[i] ?? ''));

    expect((await Promise.all(calls)).map(outcomeOf)).toEqual(['401 APIGW.0307', '200']);
  });
});

describe('rights', () => {
  test('keep a user to the projects that were granted, at once', async () => {
    const { at } = await startEstate();
    const [north, team] = [at(0), at(1)];
    const user = north.account.addUser({ rights: { projectIds: [team.project.id] } });
    const call = async (target: EstateTarget) =>
      outcomeOf(await sendSigned(sharesUrl(target), user, { projectId: target.project.id }));

    const before = [await call(north), await call(team)];
    user.rights = { projectIds: [north.project.id] };
    const after = [await call(north), await call(team)];

    expect([before, after]).toEqual([
      ['403 APIGW.0302', '200'],
      ['200', '403 APIGW.0302'],
    ]);
  });

  test('tell a call that was not granted from a task that is not there', async () => {
    const { at } = await startEstate();
    const target = at(0);
    const reader = target.account.addUser({ rights: { denied: ['DeleteFsTask'] } });
    const url = taskUrl({ ...target, taskId: '0'.repeat(32) });

    const replies = [await sendSigned(url, reader, DELETE), await sendSigned(url, target.account.user, DELETE)];

    expect(replies.map(outcomeOf)).toEqual(['403 SFS.TURBO.9000', '404 SFS.TURBO.0124']);
  });

  test('do not open a suspended project', async () => {
    const { at } = await startEstate();
    const target = at(0);

    target.project.isSuspended = true;
    const reply = await sendSigned(sharesUrl(target), target.account.user);

    expect(outcomeOf(reply)).toBe('403 APIGW.0310');
  });
});

test('counts the rate of each account and region for itself', async () => {
  const { at } = await startEstate({ now: () => 1_700_000_000_000, rateLimitPerSecond: 2 });
  const call = async (index: number) => {
    const target = at(index);
    const options = { projectId: target.project.id, atMs: 1_700_000_000_000 };
    return outcomeOf(await sendSigned(sharesUrl(target), target.account.user, options));
  };

  const outcomes = [await call(0), await call(1), await call(0), await call(2), await call(4)];

  expect(outcomes).toEqual(['200', '200', '429 APIGW.0308', '200', '200']);
});

test('lists the projects of the own account, by name and by parent', async () => {
  const { at, cloud } = await startEstate();
  const north = at(0);
  const namesOf = async (path: string) => {
    const { text } = await sendSigned(`${cloud.iamUrl}${path}`, north.account.user);
    return JSON.parse(text).projects.map(({ name }: { name: string }) => name);
  };

  const lists = [
    await namesOf('/projects'),
    await namesOf('/projects?name=cn-north-4_team'),
    await namesOf(`/projects?parent_id=${north.account.domainId}`),
    await namesOf(`/projects?parent_id=${north.project.id}`),
    await namesOf('/projects?page=2&per_page=3'),
    await namesOf('/auth/projects'),
  ];

  const all = ['cn-north-4', 'cn-north-4_team', 'cn-east-3', 'cn-east-3_team'];
  expect(lists).toEqual([
    all,
    ['cn-north-4_team'],
    ['cn-north-4', 'cn-east-3'],
    ['cn-north-4_team'],
    ['cn-east-3_team'],
    all,
  ]);
});

test('lists no projects to a user who was not granted that', async () => {
  const { at, cloud } = await startEstate();
  const weak = at(0).account.addUser({ rights: { denied: ['ListProjects'] } });

  const replies = [
    await sendSigned(`${cloud.iamUrl}/projects`, weak),
    await sendSigned(`${cloud.iamUrl}/auth/projects`, weak),
  ];

  expect(replies.map(outcomeOf)).toEqual(['403 Forbidden', '200']);
});

test('shows in its record of a request who called, for which project and in which region', async () => {
  const { at, cloud } = await startEstate();
  const target = at(3);

  await sendSigned(taskUrl(target), target.account.user, { projectId: target.project.id });

  expect(cloud.requests).toMatchObject([
    { operation: 'ShowFsTask', caller: 'one/du-cleaner', projectId: target.project.id, region: 'cn-east-3' },
  ]);
});

test('strikes the requests that a fault is meant for, and slows the region that is told', async () => {
  const { at, cloud } = await startEstate();
  const [north, east] = [at(0), at(2)];
  const isEast = ({ path }: { readonly path: string }) => path.includes(east.project.id);
  cloud.order({ where: isEast, times: 2, kind: { type: 'throttle' } });
  cloud.regionOf('cn-east-3').latency(20);

  const replies = [north, east, north, east, east].map((target) => sendSigned(sharesUrl(target), north.account.user));

  const outcomes = (await Promise.all(replies)).map(outcomeOf);
  expect(outcomes.toSorted()).toEqual(['200', '200', '200', '429 APIGW.0308', '429 APIGW.0308']);
  expect(outcomes.filter((_, i) => i === 0 || i === 2)).toEqual(['200', '200']);
});
