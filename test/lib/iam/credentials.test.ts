import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../cloud/cloud.ts';
import { FunctionGraphContext } from '../../support/contexts.ts';
import { type DeploymentOptions, deploy } from '../../support/deployment.ts';

const noPassword = { HW_DOMAIN_NAME: '', HW_USER_NAME: '', HW_USER_PASSWORD: '' };
const withKey = (cloud: Cloud) => ({ ...noPassword, HW_ACCESS_KEY: cloud.accessKey, HW_SECRET_KEY: cloud.secretKey });

async function deployWithTask(options: DeploymentOptions) {
  const deployment = await deploy(options);
  const taskId = deployment.cloud.addTask(deployment.shareId);
  return { ...deployment, taskId, body: { share_id: deployment.shareId, task_id: taskId } };
}

describe('a token', () => {
  test('goes with the DELETE, beside the headers that every request has', async () => {
    const { cloud, cancel, body } = await deployWithTask({});

    const answer = await cancel(body);

    expect(answer.statusCode).toBe(202);
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['CreateToken', 'DeleteFsTask']);
    expect(cloud.requests[1]?.headers).toMatchObject({
      'x-auth-token': expect.any(String),
      'content-type': 'application/json',
    });
  });

  test('that has died is renewed, and the DELETE sent once more with the new one', async () => {
    const { cloud, cancel, body } = await deployWithTask({});
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 401 } });

    const answer = await cancel(body);

    expect(answer.statusCode).toBe(202);
    const [firstToken, firstDelete, secondToken, secondDelete] = cloud.requests;
    expect([firstToken, firstDelete, secondToken, secondDelete].map((request) => request?.operation)).toEqual([
      ...['CreateToken', 'DeleteFsTask'],
      ...['CreateToken', 'DeleteFsTask'],
    ]);
    expect(secondDelete?.headers['x-auth-token']).not.toBe(firstDelete?.headers['x-auth-token']);
  });
});

describe('a fresh token that SFS Turbo refuses', () => {
  test('is remembered for a minute: no login and no DELETE until then', async () => {
    let nowMs = Date.now();
    const { cloud, cancel, body } = await deployWithTask({ runtime: { now: () => nowMs } });
    cloud.order({ operation: 'DeleteFsTask', times: 100, kind: { type: 'status', status: 401 } });
    const counts = () => [cloud.requestsOf('CreateToken').length, cloud.requestsOf('DeleteFsTask').length];

    const statuses = [(await cancel(body)).statusCode];
    const afterFirst = counts();
    nowMs += 59_999;
    statuses.push((await cancel(body)).statusCode);
    const withinTheMinute = counts();
    nowMs += 1;
    statuses.push((await cancel(body)).statusCode);

    expect(statuses).toEqual([502, 502, 502]);
    expect([afterFirst, withinTheMinute, counts()]).toEqual([
      [2, 2],
      [2, 2],
      [3, 3],
    ]);
  });

  test('is forgotten once a token is accepted', async () => {
    let nowMs = Date.now();
    const { cloud, cancel, body } = await deployWithTask({ runtime: { now: () => nowMs } });
    cloud.order({ operation: 'DeleteFsTask', times: 2, kind: { type: 'status', status: 401 } });

    const statuses = [(await cancel(body)).statusCode];
    nowMs += 60_000;
    statuses.push((await cancel(body)).statusCode);
    cloud.revokeTokens();
    statuses.push((await cancel(body)).statusCode);

    expect(statuses).toEqual([502, 202, 404]);
  });
});

test.each(['password', 'key'])(
  'a clock that is set back does not lengthen a remembered refusal of a %s',
  async (kind) => {
    let [nowMs, monotonicMs] = [Date.now(), 0];
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) =>
        kind === 'password'
          ? { HW_USER_PASSWORD: 'wrong' }
          : { ...withKey(cloud), HW_SECRET_KEY: 'wrong', HW_PROJECT_ID: cloud.projectId },
      runtime: { now: () => nowMs, monotonicNow: () => monotonicMs },
    });
    await cancel(body);
    const before = cloud.requests.length;
    nowMs -= 3_600_000;
    monotonicMs += 15 * 60_000;

    await cancel(body);

    expect(cloud.requests.length).toBe(before + 1);
  },
);

describe('an access key', () => {
  test('signs the DELETE, and no token is asked for', async () => {
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), HW_PROJECT_ID: cloud.projectId }),
    });

    const answer = await cancel(body);

    expect(answer.statusCode).toBe(202);
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['DeleteFsTask']);
    expect(cloud.requests[0]?.headers['x-auth-token']).toBeUndefined();
  });

  test('finds its project by name, once', async () => {
    const { cloud, cancel, body, shareId } = await deployWithTask({ variables: withKey });

    const answers = [await cancel(body), await cancel({ ...body, task_id: cloud.addTask(shareId) })];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['ListProjects', 'DeleteFsTask', 'DeleteFsTask']);
  });

  test('of a project that is not there is a fault of the configuration', async () => {
    const { cancel, body, logged } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), HW_PROJECT_NAME: 'nowhere' }),
    });

    const answer = await cancel(body);

    expect(answer.statusCode).toBe(503);
    expect(JSON.parse(answer.body).errCode).toBe('FN.MISCONFIGURED');
    expect(logged('config.faults')[0]?.['faults']).toEqual([expect.stringContaining('HW_PROJECT_ID')]);
  });

  test('that is temporary goes with its security token', async () => {
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) => {
        const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
        const key = { HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey, HW_SECURITY_TOKEN: securityToken };
        return { ...noPassword, ...key, HW_PROJECT_ID: cloud.projectId };
      },
    });

    const answer = await cancel(body);

    expect(answer.statusCode).toBe(202);
    expect(cloud.requests[0]?.headers['x-security-token']).toEqual(expect.any(String));
  });

  test('that is wrong is refused once, and then not shown again for a minute, so that it is not locked', async () => {
    let nowMs = Date.now();
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), HW_SECRET_KEY: 'wrong', HW_PROJECT_ID: cloud.projectId }),
      runtime: { now: () => nowMs },
    });

    const first = await cancel(body);
    nowMs += 59_999;
    const second = await cancel(body);
    const sentWithinTheMinute = cloud.requests.length;
    nowMs += 1;
    const third = await cancel(body);

    for (const answer of [first, second, third]) {
      expect(answer.statusCode).toBe(502);
      expect(JSON.parse(answer.body).errCode).toBe('FN.IAM_REJECTED');
    }
    expect([sentWithinTheMinute, cloud.requests.length]).toEqual([1, 2]);
    expect([first, second, third].map((answer) => JSON.parse(answer.body).errMsg)).toEqual([
      expect.stringContaining('(401)'),
      expect.stringContaining('has just been refused'),
      expect.stringContaining('(401)'),
    ]);
  });

  test('that is wrong is shown less often from the third time on, as long as a lock would take', async () => {
    let nowMs = Date.now();
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), HW_SECRET_KEY: 'wrong', HW_PROJECT_ID: cloud.projectId }),
      runtime: { now: () => nowMs },
    });

    const sent: number[] = [];
    for (const minute of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
      const before = cloud.requests.length;
      await cancel(body);
      if (cloud.requests.length > before) sent.push(minute);
      nowMs += 60_000;
    }

    expect(sent).toEqual([0, 1, 2, 7]);
  });

  test('that was refused and then let in starts again with a minute', async () => {
    let nowMs = Date.now();
    const { cloud, cancel, body, shareId } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), HW_PROJECT_ID: cloud.projectId }),
      runtime: { now: () => nowMs },
    });
    const refusal = { operation: 'DeleteFsTask', kind: { type: 'status', status: 401 } } as const;

    const statuses: number[] = [];
    for (const isRefused of [true, true, false, true, true, false]) {
      if (isRefused) cloud.order(refusal);
      statuses.push((await cancel({ ...body, task_id: cloud.addTask(shareId) })).statusCode);
      nowMs += 60_000;
    }

    expect(statuses).toEqual([502, 502, 202, 502, 502, 202]);
  });

  test('that is wrong is shown once also where the project must be looked up first, by however many callers', async () => {
    let nowMs = Date.now();
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), HW_SECRET_KEY: 'wrong' }),
      runtime: { now: () => nowMs },
    });

    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(body)));
    await cancel(body);
    const sentWithinTheMinute = cloud.requests.map(({ operation }) => operation);
    nowMs += 60_000;
    await cancel(body);

    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([502]));
    expect(sentWithinTheMinute).toEqual(['ListProjects']);
    expect(cloud.requests).toHaveLength(2);
  });

  test('whose project cannot be looked up for a fault of IAM is not taken for a wrong one', async () => {
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), MAX_ATTEMPTS: '1' }),
    });
    cloud.order({ operation: 'ListProjects', kind: { type: 'status', status: 503 } });

    const answers = [await cancel(body), await cancel(body)];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 202]);
  });

  test('signed by a clock that is twenty minutes off is refused, and not retried', async () => {
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), HW_PROJECT_ID: cloud.projectId }),
      runtime: { now: () => Date.now() - 20 * 60_000 },
    });

    const answer = await cancel(body);

    expect(JSON.parse(answer.body).errCode).toBe('FN.IAM_REJECTED');
    expect(cloud.requests).toHaveLength(1);
  });

  test('is signed anew for each attempt', async () => {
    let nowMs = Date.now();
    const { cloud, cancel, body } = await deployWithTask({
      variables: (cloud) => ({ ...withKey(cloud), HW_PROJECT_ID: cloud.projectId }),
      runtime: { now: () => (nowMs += 1_000), sleep: async () => {} },
    });
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 503 } });

    const answer = await cancel(body);

    expect(answer.statusCode).toBe(202);
    const [first, second] = cloud.requests.map(({ headers }) => headers['x-sdk-date']);
    expect(second).not.toBe(first);
  });
});

describe("FunctionGraph's agency", () => {
  test('lets the function in without any stored credentials', async () => {
    const { cloud, cancel, body } = await deployWithTask({ variables: noPassword, hasAgency: true });
    const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
    const agency = { securityAccessKey: accessKey, securitySecretKey: secretKey, securityToken };

    const answer = await cancel(body, new FunctionGraphContext({ ...agency, projectId: cloud.projectId }));

    expect(answer.statusCode).toBe(202);
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['DeleteFsTask']);
  });

  test('is asked anew at each invocation', async () => {
    const { cloud, cancel, body, shareId } = await deployWithTask({ variables: noPassword, hasAgency: true });
    const contexts = [1, 2].map(() => {
      const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
      const agency = { securityAccessKey: accessKey, securitySecretKey: secretKey, securityToken };
      return new FunctionGraphContext({ ...agency, projectId: cloud.projectId });
    });

    const answers = [
      await cancel(body, contexts[0]),
      await cancel({ ...body, task_id: cloud.addTask(shareId) }, contexts[1]),
    ];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
    const [first, second] = cloud.requests.map(({ headers }) => headers['x-security-token']);
    expect(second).not.toBe(first);
  });

  test('stays refused when another key of its is let in', async () => {
    const { cloud, cancel, body, shareId } = await deployWithTask({ variables: noPassword, hasAgency: true });
    const [wrong, right] = ['wrong', undefined].map((wrongKey) => {
      const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
      const agency = { securityAccessKey: accessKey, securitySecretKey: wrongKey ?? secretKey, securityToken };
      return new FunctionGraphContext({ ...agency, projectId: cloud.projectId });
    });

    const answers = [
      await cancel(body, wrong),
      await cancel(body, right),
      await cancel({ ...body, task_id: cloud.addTask(shareId) }, wrong),
    ];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([502, 202, 502]);
    expect(cloud.requests).toHaveLength(2);
  });

  test('that is missing is a fault of the configuration, said in the log', async () => {
    const { cloud, cancel, body, logged } = await deployWithTask({ variables: noPassword, hasAgency: true });

    const answer = await cancel(body, new FunctionGraphContext());

    expect(JSON.parse(answer.body)).toEqual({
      errCode: 'FN.MISCONFIGURED',
      errMsg: expect.stringContaining('its log names the variables'),
    });
    expect(logged('config.faults')[0]?.['faults']).toEqual([expect.stringContaining('agency')]);
    expect(cloud.requests).toEqual([]);
  });
});
