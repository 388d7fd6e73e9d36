import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCommandLineApp } from '../../../lib/app.ts';
import type { Check } from '../../../lib/check/check.ts';
import type { CheckQuery } from '../../../lib/check/context.ts';
import { readCommandLineConfig } from '../../../lib/config/read-config.ts';
import { nodeRuntime } from '../../../lib/core/runtime.ts';
import { parseShareId } from '../../../lib/core/task.ts';
import { type Cloud, startCloud } from '../../cloud/cloud.ts';
import { addThreeTargets } from '../../cloud/three-targets.ts';

const MEI = { name: 'mei', shares: '*' } as const;
const DEAD = 'http://127.0.0.1:9';

async function startTestCloud(): Promise<Cloud & { readonly shareId: string }> {
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  cloud.addTask(shareId);
  return { ...cloud, shareId };
}

type CheckReport = Awaited<ReturnType<Check>>;
type Variables = Readonly<Record<string, string>>;

/** With the password as credentials and every share allowed, unless told. */
async function check(cloud: Cloud, variables: Variables = {}, query: Partial<CheckQuery> = {}): Promise<CheckReport> {
  const all: Variables = { ...cloud.environment(), ALLOWED_SHARES: '*', MAX_ATTEMPTS: '1', ...variables };
  const app = createCommandLineApp(
    readCommandLineConfig((name) => all[name]),
    { ...nodeRuntime, write: () => {} },
  );
  onTestFinished(() => app.close());
  const call = { requestId: randomUUID(), deadlineAtMs: Date.now() + 60_000, log: app.logs('check') };
  return app.check({ probeDelete: false, ...query }, MEI, call);
}

const resultsOf = ({ rows }: CheckReport) => Object.fromEntries(rows.map(({ check: name, result }) => [name, result]));
const rowOf = ({ rows }: CheckReport, name: string) => rows.find(({ check: each }) => each === name);

function withKey(cloud: Cloud): Variables {
  return {
    HW_USER_NAME: '',
    HW_USER_PASSWORD: '',
    HW_ACCESS_KEY: cloud.accessKey,
    HW_SECRET_KEY: cloud.secretKey,
  };
}

describe('when all is well', () => {
  test.each([
    { what: 'a password', variables: () => ({}) },
    { what: 'a password and the id of the project', variables: (cloud: Cloud) => ({ HW_PROJECT_ID: cloud.projectId }) },
    { what: 'an access key', variables: withKey },
    {
      what: 'an access key and the id of the project',
      variables: (cloud: Cloud) => ({ ...withKey(cloud), HW_PROJECT_ID: cloud.projectId }),
    },
  ])('every check is ok with $what', async ({ variables }) => {
    const cloud = await startTestCloud();

    const report = await check(cloud, variables(cloud), { probeDelete: true });

    expect(resultsOf(report)).toEqual({ credentials: 'ok', service: 'ok', shares: 'ok', tasks: 'ok', delete: 'ok' });
    expect(rowOf(report, 'credentials')?.found).toBe(`project ${cloud.projectId}`);
    expect(report.failed).toBe(false);
  });

  test('nothing is deleted, and without the probe GETs alone are sent', async () => {
    const cloud = await startTestCloud();

    await check(cloud);
    const methods = cloud.requests.filter(({ service }) => service === 'sfs-turbo').map(({ method }) => method);
    await check(cloud, {}, { probeDelete: true });

    expect(new Set(methods)).toEqual(new Set(['GET']));
    expect(cloud.deletedTaskIds).toEqual([]);
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(1);
  });

  test('the shares of ALLOWED_SHARES are looked at, or those that are named', async () => {
    const cloud = await startTestCloud();
    const other = cloud.addShare();
    const shares = { ALLOWED_SHARES: `${cloud.shareId},${other}` };

    const allowed = await check(cloud, shares);
    const named = await check(cloud, shares, { shares: [{ shareId: parseShareId(other) }] });

    expect(allowed.rows.filter(({ check: name }) => name === 'tasks').map(({ shareId }) => shareId)).toEqual([
      cloud.shareId,
      other,
    ]);
    expect(named.rows.filter(({ check: name }) => name === 'tasks')).toMatchObject([{ shareId: other, result: 'ok' }]);
  });

  test('with * a share without support for tasks is passed over', async () => {
    const cloud = await startTestCloud();
    const unsupported = { errCode: 'SFS.TURBO.0100', errMsg: 'not supported' };
    cloud.addShare();
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 400, body: unsupported } });

    const report = await check(cloud);

    expect(report.rows.filter(({ check: name }) => name === 'tasks')).toMatchObject([{ result: 'ok' }]);
  });
});

describe('what is wrong is said where it is, with what to do', () => {
  test.each([
    { what: 'the password', variables: () => ({ HW_USER_PASSWORD: 'wrong' }), remedy: /HW_USER_PASSWORD/ },
    {
      what: 'the password, beside the id of the project',
      variables: (cloud: Cloud) => ({ HW_USER_PASSWORD: 'wrong', HW_PROJECT_ID: cloud.projectId }),
      remedy: /HW_USER_PASSWORD/,
    },
    {
      what: 'the secret key',
      variables: (cloud: Cloud) => ({ ...withKey(cloud), HW_SECRET_KEY: 'wrong', HW_PROJECT_ID: cloud.projectId }),
      remedy: /HW_SECRET_KEY/,
    },
    {
      what: 'the name of the project',
      variables: (cloud: Cloud) => ({ ...withKey(cloud), HW_PROJECT_NAME: 'nowhere' }),
      remedy: /HW_PROJECT_NAME/,
    },
    { what: 'the URL of IAM', variables: () => ({ HW_AUTH_URL: DEAD }), remedy: /HW_AUTH_URL/ },
  ])('credentials: $what', async ({ variables, remedy }) => {
    const cloud = await startTestCloud();

    const report = await check(cloud, variables(cloud));

    expect(resultsOf(report)).toEqual({ credentials: 'failed', service: 'skipped', shares: 'skipped' });
    expect(rowOf(report, 'credentials')?.remedy).toMatch(remedy);
    expect(report.failed).toBe(true);
  });

  test('service: nobody listens there', async () => {
    const cloud = await startTestCloud();

    const report = await check(cloud, { SFS_TURBO_ENDPOINT: DEAD });

    expect(resultsOf(report)).toEqual({ credentials: 'ok', service: 'failed', shares: 'skipped' });
    expect(rowOf(report, 'service')?.found).toContain('ECONNREFUSED');
    expect(rowOf(report, 'service')?.remedy).toContain('SFS_TURBO_ENDPOINT');
  });

  test('service: a key that was never used is not called good', async () => {
    const cloud = await startTestCloud();
    const variables = { ...withKey(cloud), HW_PROJECT_ID: cloud.projectId, SFS_TURBO_ENDPOINT: DEAD };

    const report = await check(cloud, variables);

    expect(resultsOf(report)).toEqual({ credentials: 'skipped', service: 'failed', shares: 'skipped' });
  });

  test.each([
    { allowed: '*', result: 'failed', remedy: 'give the user sfsturbo:shares:getAllShares' },
    { allowed: 'named', result: 'skipped', remedy: undefined },
  ])('shares: they may not be listed, where $allowed shares are allowed', async ({ allowed, result, remedy }) => {
    const cloud = await startTestCloud();
    cloud.order({ operation: 'ListShares', kind: { type: 'status', status: 403 } });

    const report = await check(cloud, { ALLOWED_SHARES: allowed === '*' ? '*' : cloud.shareId });

    expect(rowOf(report, 'shares')).toMatchObject({ result });
    expect(rowOf(report, 'shares')?.remedy).toBe(remedy);
    expect(report.failed).toBe(allowed === '*');
  });

  test('tasks: the project has no such share', async () => {
    const cloud = await startTestCloud();

    const report = await check(cloud, { ALLOWED_SHARES: `${cloud.shareId},elsewhere` });

    expect(report.rows.filter(({ check: name }) => name === 'tasks')).toMatchObject([
      { result: 'ok' },
      { result: 'failed', remedy: 'check the id: the project has no such share' },
    ]);
  });

  test('delete: a 403 means that it is not allowed', async () => {
    const cloud = await startTestCloud();
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 403 } });

    const report = await check(cloud, {}, { probeDelete: true });

    expect(rowOf(report, 'delete')).toMatchObject({
      result: 'failed',
      remedy: 'give the user sfsturbo:shares:deleteFsAsyncTask',
    });
  });

  test('delete: an answer that says neither is no leave', async () => {
    const cloud = await startTestCloud();
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 500 } });

    const report = await check(cloud, {}, { probeDelete: true });

    expect(rowOf(report, 'delete')).toMatchObject({ result: 'failed', remedy: 'try again later' });
  });
});

describe('of a target', () => {
  async function checkNorth(shares: (ids: { readonly north: string; readonly others: readonly string[] }) => unknown) {
    const cloud = await startTestCloud();
    const others = [cloud.addShare({ tags: { clean: 'on' } }), cloud.addShare()];
    const { variables } = await addThreeTargets(cloud, cloud.shareId);
    const [north] = JSON.parse(String(variables['TARGETS']));
    const targets = [{ ...north, shares: shares({ north: cloud.shareId, others }) }];
    const report = await check(cloud, { ...variables, TARGETS: JSON.stringify(targets), ACCOUNTS: '' });
    return { cloud, others, report };
  }

  test('that names many shares one is read, and each that the project does not have', async () => {
    const { cloud, report } = await checkNorth(({ north, others }) => [north, ...others, 'elsewhere']);

    expect(report.rows.filter(({ check: name }) => name === 'tasks')).toMatchObject([
      { target: 'north', shareId: cloud.shareId, result: 'ok' },
      { target: 'north', shareId: 'elsewhere', result: 'failed' },
    ]);
    expect(cloud.requestsOf('ListFsTasks')).toHaveLength(2);
  });

  test('that chooses shares by tags these are counted, and one of them is read', async () => {
    const { others, report } = await checkNorth(() => ({ tags: { clean: ['on'] } }));

    expect(rowOf(report, 'shares')).toMatchObject({ result: 'ok', found: '3 in the project, 1 with the tags' });
    expect(rowOf(report, 'tasks')).toMatchObject({ result: 'ok', shareId: others[0] });
  });

  test('whose tags may not be read says so', async () => {
    const cloud = await startTestCloud();
    const { variables } = await addThreeTargets(cloud, cloud.shareId);
    const [north] = JSON.parse(String(variables['TARGETS']));
    const targets = [{ ...north, shares: { tags: { clean: ['on'] } } }];
    cloud.order({ operation: 'ListSharesByTag', kind: { type: 'status', status: 403 } });

    const report = await check(cloud, { ...variables, TARGETS: JSON.stringify(targets), ACCOUNTS: '' });

    expect(rowOf(report, 'shares')).toMatchObject({
      result: 'failed',
      remedy: 'give the user sfsturbo:shares:getAllTag',
    });
    expect(report.failed).toBe(true);
  });

  test('that nobody answers for the members of the target are named', async () => {
    const cloud = await startTestCloud();
    const { variables } = await addThreeTargets(cloud, cloud.shareId);
    const [north, ...others] = JSON.parse(String(variables['TARGETS']));
    const targets = [{ ...north, sfs_turbo_url: DEAD }, ...others];

    const report = await check(cloud, { ...variables, TARGETS: JSON.stringify(targets) });

    const service = report.rows.filter(({ check: name }) => name === 'service');
    expect(service.map(({ target, result }) => [target, result])).toEqual([
      ['north', 'failed'],
      ['east', 'ok'],
      ['partner', 'ok'],
    ]);
    expect(service[0]?.remedy).toContain('sfs_turbo_url');
  });
});
