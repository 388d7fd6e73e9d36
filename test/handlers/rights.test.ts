import { describe, expect, test } from 'vitest';
import { RIGHTS, type Right } from '../../lib/core/caller.ts';
import { signWebhook } from '../cloud/webhook-sender.ts';
import { cancelEvent, type Deployment, deploy, httpEvent } from '../support/deployment.ts';

interface Door {
  readonly name: string;
  readonly right: Right;
  readonly status: number;
  readonly toEvent: (deployment: Deployment, shareId: string, taskId: string) => Record<string, unknown>;
}

const keyOf = ({ callerKey }: Deployment) => ({ authorization: `Bearer ${callerKey}` });
const pathOf = ({ cloud }: Deployment, shareId: string) =>
  `/v1/${cloud.projectId}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks`;

function post(deployment: Deployment, path: string, body: object) {
  return httpEvent('POST', path, { 'content-type': 'application/json', ...keyOf(deployment) }, body);
}

const DOORS: readonly Door[] = [
  {
    name: 'list',
    right: 'read',
    status: 200,
    toEvent: (deployment, shareId) => httpEvent('GET', pathOf(deployment, shareId), keyOf(deployment)),
  },
  {
    name: 'show',
    right: 'read',
    status: 200,
    toEvent: (deployment, shareId, taskId) =>
      httpEvent('GET', `${pathOf(deployment, shareId)}/${taskId}`, keyOf(deployment)),
  },
  {
    name: 'cancel by path',
    right: 'cancel',
    status: 202,
    toEvent: (deployment, shareId, taskId) =>
      httpEvent('DELETE', `${pathOf(deployment, shareId)}/${taskId}`, keyOf(deployment)),
  },
  {
    name: 'cancel by ids',
    right: 'cancel',
    status: 202,
    toEvent: (deployment, shareId, taskId) => cancelEvent({ share_id: shareId, task_id: taskId }, keyOf(deployment)),
  },
  {
    name: 'cancel many, dry',
    right: 'cancel-many',
    status: 200,
    toEvent: (deployment, shareId) =>
      post(deployment, '/v1/tasks/cancel-many', { share_id: shareId, status: ['DOING'] }),
  },
  {
    name: 'cancel many',
    right: 'cancel-many',
    status: 200,
    toEvent: (deployment, shareId) =>
      post(deployment, '/v1/tasks/cancel-many', { share_id: shareId, status: ['DOING'], dry_run: false }),
  },
  {
    name: 'sweep now, dry',
    right: 'sweep',
    status: 200,
    toEvent: (deployment, shareId) => post(deployment, '/v1/sweeps', { shares: [shareId], dry_run: true }),
  },
  {
    name: 'sweep now',
    right: 'sweep',
    status: 200,
    toEvent: (deployment, shareId) => post(deployment, '/v1/sweeps', { shares: [shareId] }),
  },
];

const ALL = RIGHTS.join('+');
const SHARES = ['named by the key', 'allowed, but not named by the key', 'not allowed'] as const;
// a key of before there were rights may cancel, and nothing else
const KEYS = [undefined, ...RIGHTS, 'read+cancel', 'cancel-many+sweep', ALL];

const rightsOf = (key: string | undefined) => (key ?? 'cancel').split('+');
const cells = KEYS.flatMap((key) =>
  DOORS.flatMap((door) =>
    SHARES.map((share) => ({
      key,
      door,
      share,
      isLetIn:
        rightsOf(key).includes(door.right) && (share === SHARES[0] || (key === undefined && share === SHARES[1])),
    })),
  ),
);

/** Two shares are allowed; a key that has rights names the first of them, by its alias. */
async function deployWith(key: string | undefined) {
  const deployment = await deploy({
    ...(key !== undefined && { rights: `${key}@builds` }),
    variables: () => ({
      ...{ ALLOWED_SHARES: 'share-1,share-2', SHARE_ALIASES: 'builds=share-1' },
      ...{ SWEEP_SHARES: '*', SWEEP_DRY_RUN: 'false' },
    }),
  });
  const ids = ['share-1', 'share-2', 'share-3'];
  for (const id of ids) deployment.cloud.addTask(deployment.cloud.addShare({ id }), { id: 'task-1' });
  return { deployment, shareIdOf: (share: (typeof SHARES)[number]) => ids[SHARES.indexOf(share)] ?? '' };
}

describe('a key with its rights and shares', () => {
  test('is tried on every door with every right and each kind of share', () => {
    expect(cells).toHaveLength((RIGHTS.length + 4) * DOORS.length * SHARES.length);
    expect(cells.filter(({ isLetIn }) => isLetIn).length).toBeGreaterThan(10);
  });

  test.each(cells.filter(({ isLetIn }) => isLetIn))(
    '$key: $door.name on a share that is $share is let in',
    async (cell) => {
      const { deployment, shareIdOf } = await deployWith(cell.key);

      const answer = await deployment.invoke(cell.door.toEvent(deployment, shareIdOf(cell.share), 'task-1'));

      expect(answer.statusCode).toBe(cell.door.status);
      expect(deployment.cloud.requests.length).toBeGreaterThan(0);
    },
  );

  test.each(cells.filter(({ isLetIn }) => !isLetIn))(
    '$key: $door.name on a share that is $share is a 403, and no request goes out',
    async (cell) => {
      const { deployment, shareIdOf } = await deployWith(cell.key);

      const answer = await deployment.invoke(cell.door.toEvent(deployment, shareIdOf(cell.share), 'task-1'));

      expect(answer.statusCode).toBe(403);
      expect(JSON.parse(answer.body).errCode).toBe('FN.FORBIDDEN');
      expect(deployment.cloud.requests).toEqual([]);
      expect(deployment.cloud.connectionsOf('iam') + deployment.cloud.connectionsOf('sfs-turbo')).toBe(0);
      const hasRight = rightsOf(cell.key).includes(cell.door.right);
      const why = hasRight
        ? /^ci named a share that is not (among those of the key|in ALLOWED_SHARES)$/
        : `ci has no right to ${cell.door.right}`;
      expect(deployment.logged('http.request')).toMatchObject([
        { status: 403, err_code: 'FN.FORBIDDEN', reason: typeof why === 'string' ? why : expect.stringMatching(why) },
      ]);
    },
  );
});

describe('a sweep now', () => {
  const sweepAll = (deployment: Deployment) => deployment.invoke(post(deployment, '/v1/sweeps', {}));

  test('of a key with shares looks at no others', async () => {
    const { deployment } = await deployWith('sweep');

    const answer = await sweepAll(deployment);

    const listed = deployment.cloud.requestsOf('ListFsTasks').map(({ target }) => target);
    expect(JSON.parse(answer.body)).toMatchObject({ shares: 1, listed: 1 });
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.every((target) => target.includes('/share-1/'))).toBe(true);
  });

  test('of a key that may use none of the swept shares is a 403, and no request goes out', async () => {
    const deployment = await deploy({
      rights: 'sweep@share-2',
      variables: { ALLOWED_SHARES: 'share-1,share-2', SWEEP_SHARES: 'share-1' },
    });

    const answer = await sweepAll(deployment);

    expect(answer.statusCode).toBe(403);
    expect(deployment.cloud.requests).toEqual([]);
  });
});

test('a webhook has no key, and is held to ALLOWED_SHARES alone', async () => {
  const { cloud, shareId, webhookSecret, invoke } = await deploy({ rights: 'read@share-1' });
  const body = JSON.stringify({ share_id: shareId, task_id: cloud.addTask(shareId) });
  const headers = { 'content-type': 'application/json', ...signWebhook(webhookSecret, 'msg_1', body) };

  const answer = await invoke(httpEvent('POST', '/v1/webhooks/tasks', headers, body));

  expect(answer.statusCode).toBe(202);
});

describe('the order of checks', () => {
  const big = 'x'.repeat(65_537);

  test('has the right before the size, and the share last', async () => {
    const deployment = await deploy({ rights: 'read@share-1' });
    const { cloud, callerKey, invoke } = deployment;
    const headers = { authorization: `Bearer ${callerKey}` };
    const list = (query: string, body?: string, feature = 'dir-usage') => ({
      ...httpEvent('GET', `/v1/p/sfs-turbo/shares/foreign/fs/${feature}/tasks`, headers, body),
      rawQueryString: query,
    });

    const answers = await Promise.all([
      invoke(cancelEvent(big, headers)),
      invoke(list('limit=0', big)),
      invoke(list('limit=0', '', 'du')),
      invoke(list('', '', 'du')),
      invoke(list('')),
    ]);

    const codes = answers.map(({ body }) => JSON.parse(body).errCode);
    expect(codes).toEqual(['FN.FORBIDDEN', 'FN.BODY_TOO_LARGE', 'SFS.TURBO.0001', 'SFS.TURBO.0123', 'FN.FORBIDDEN']);
    expect(cloud.requests).toEqual([]);
  });

  test.each(['', '/task-1'])('an unknown key is a 401 at the tasks%s of a share', async (end) => {
    const { cloud, invoke } = await deploy({ rights: 'read' });
    const path = `/v1/${cloud.projectId}/sfs-turbo/shares/share-1/fs/dir-usage/tasks${end}`;

    const answer = await invoke(httpEvent('GET', path, { authorization: 'Bearer guessed' }));

    expect(answer.statusCode).toBe(401);
    expect(cloud.requests).toEqual([]);
  });
});
