import { describe, expect, test } from 'vitest';
import type { FunctionGraphCloud } from './cloud/cloud.ts';
import { comparable, functionNamed, operations, triggersOf } from './cloud/contents.ts';
import { deployTo, removeFrom, startCloudFor } from './rolling.ts';
import type { Settings } from './service.ts';

const FORBIDDEN = { status: 403, error_code: 'APIG.1005', error_msg: 'No permissions to request this method' };
const BY_HAND = {
  func_vpc: { vpc_id: 'vpc-1', subnet_id: 'subnet-1', vpc_name: 'inner' },
  mount_config: { mount_user: { user_id: 1, user_group_id: 1 }, func_mounts: [{ mount_type: 'sfs_turbo' }] },
  strategy_config: { concurrency: 7, concurrent_num: 3 },
  initializer_handler: 'http.start',
  initializer_timeout: 20,
  log_config: { group_id: 'group-1', stream_id: 'stream-1' },
  enterprise_project_id: 'project-1',
};

/** The routes whose APIs exist at the gateway. */
const apisOf = ({ state }: FunctionGraphCloud) =>
  [...state.apis.values()].map(({ method, path }) => `${method} ${path}`);
const setHttp = (change: (http: Settings['functions']['http']['functiongraph']) => void) => (settings: Settings) =>
  change(settings.functions.http.functiongraph);

describe('what fails keeps nothing else from being deployed', () => {
  test('a refused route is named, and all others and all functions are there', async () => {
    const cloud = await startCloudFor();
    cloud.refuseNext('CreateFunctionTrigger', { status: 400, error_code: 'APIG.2026', error_msg: 'not defined' });

    const { failure, states } = await deployTo(cloud);

    expect(failure).toContain('du-test-http: create route DELETE /v1: failed.\n  APIG.2026 not defined (HTTP 400');
    expect(states).toEqual([
      '  du-test-http: deployed, but failed to create route DELETE /v1',
      '  du-test-timer: deployed',
      '  du-test-chat: deployed',
    ]);
    expect(apisOf(cloud)).toEqual(['POST /v1/tasks/cancel']);
  });

  test('a function without its whole configuration gets no trigger, and the next ones are deployed', async () => {
    const cloud = await startCloudFor();
    cloud.refuseNext('UpdateFunctionConfig', { status: 500, error_code: 'FSS.0500', error_msg: 'internal error' });

    const { failure, states } = await deployTo(cloud);

    expect(failure).toContain('du-test-http: complete the configuration: failed.');
    expect(states).toContain('  du-test-timer: deployed');
    expect(triggersOf(cloud.state, 'http')).toEqual([]);
  });

  test('every failure is told, and the next deployment does what is missing', async () => {
    const [cloud, whole] = [await startCloudFor(), await startCloudFor()];
    cloud.refuseNext('CreateFunctionTrigger', FORBIDDEN, 2);
    cloud.refuseNext('CreateThrottle', FORBIDDEN);

    const failed = await deployTo(
      cloud,
      setHttp((http) => http.routes.push(HEALTH)),
    );
    const again = await deployTo(cloud);
    await deployTo(whole);

    expect(failed.failure.match(/: failed\./g)).toHaveLength(3);
    expect(again.failure).toBe('');
    expect(comparable(cloud.state)).toEqual(comparable(whole.state));
  });

  test('a refused key ends all, because five refusals lock it', async () => {
    const cloud = await startCloudFor();
    cloud.refuseNext('CreateFunction', { status: 401, error_code: 'APIGW.0301', error_msg: 'expired' });

    const { failure } = await deployTo(cloud);

    expect(failure).toContain('Five refusals in a row lock the key');
    expect(operations(cloud, 'Create')).toEqual(['CreateFunction']);
  });
});

const HEALTH = { method: 'GET', path: '/healthz', auth: 'NONE' };

test('what was set in the console survives a deployment', async () => {
  const cloud = await startCloudFor();
  await deployTo(cloud);
  const http = functionNamed(cloud.state, 'http');
  http.config = { ...http.config, ...BY_HAND };

  await deployTo(cloud);

  expect(functionNamed(cloud.state, 'http').config).toEqual({ ...http.config, ...BY_HAND });
});

test('an enterprise project, logs and the subdomain of the group are sent where they are set', async () => {
  const cloud = await startCloudFor();

  await deployTo(cloud, ({ custom: { functiongraph } }) => {
    Object.assign(functiongraph, { enterpriseProjectId: '0', ltsLogs: true });
    Object.assign(functiongraph.gateway, { subdomain: 'group-1.apic.example.com' });
  });

  expect(functionNamed(cloud.state, 'http').config).toMatchObject({ enterprise_project_id: '0', enable_lts_log: true });
  expect(triggersOf(cloud.state, 'http')).toMatchObject([
    { sl_domain: 'group-1.apic.example.com' },
    { sl_domain: 'group-1.apic.example.com' },
  ]);
});

describe('the API that a deleted route leaves at the gateway', () => {
  test('is deleted, so that the path is free for the route that takes its place', async () => {
    const cloud = await startCloudFor();
    await deployTo(cloud);

    const { failure } = await deployTo(
      cloud,
      setHttp((http) => Object.assign(http.routes[0] ?? {}, { auth: 'IAM' })),
    );

    expect(failure).toBe('');
    expect(apisOf(cloud)).toEqual(['POST /v1/tasks/cancel', 'DELETE /v1']);
  });

  test('is named where it cannot be deleted, and the removal goes on', async () => {
    const cloud = await startCloudFor();
    await deployTo(cloud);
    const [api] = cloud.state.apis.values();
    cloud.refuseNext('DeleteApi', FORBIDDEN);

    const { lines, failure } = await removeFrom(cloud);

    expect(failure).toBe('');
    expect(lines.join('\n')).toContain(
      `removed du-test-http: route DELETE /v1; its API ${api?.name} (${api?.id}) may still be published: take it offline and`,
    );
    expect(lines.join('\n')).toContain('APIG.1005 No permissions');
    expect(cloud.state.functions.size).toBe(0);
    expect(apisOf(cloud)).toEqual(['DELETE /v1']);
  });

  test('may be offline or deleted already', async () => {
    const cloud = await startCloudFor();
    await deployTo(cloud);
    const [first, second] = cloud.state.apis.values();
    if (first) first.published = false;
    cloud.state.apis.delete(second?.id ?? '');

    const { lines } = await removeFrom(cloud);

    expect(lines.join('\n')).not.toContain('may still be published');
    expect(apisOf(cloud)).toEqual([]);
  });
});

describe('what is deleted counts as deleted', () => {
  test.each([
    { status: 404, error_code: 'FSS.1051', error_msg: 'Not found' },
    { status: 410, error_code: 'FSS.0410', error_msg: 'Gone' },
  ])('when the answer is $status $error_code', async (refusal) => {
    const cloud = await startCloudFor();
    await deployTo(cloud);
    cloud.refuseNext('DeleteFunction', refusal);

    const { failure } = await removeFrom(cloud);

    expect(failure).toBe('');
  });

  test.each([
    { status: 401, error_code: 'FSS.0401', error_msg: 'Unauthorized' },
    { status: 500, error_code: 'FSS.0500', error_msg: 'Internal error' },
  ])('when the answer is $status $error_code and it is no longer listed', async (refusal) => {
    const cloud = await startCloudFor();
    await deployTo(cloud);
    cloud.answerAfterNext('DeleteFunctionTrigger', refusal);

    const { failure } = await removeFrom(cloud);

    expect(failure).toBe('');
    expect(cloud.state.functions.size).toBe(0);
  });

  test('but not when it is still listed', async () => {
    const cloud = await startCloudFor();
    await deployTo(cloud);
    cloud.refuseNext('DeleteFunctionTrigger', { status: 500, error_code: 'FSS.0500', error_msg: 'internal error' });

    const { failure } = await removeFrom(cloud);

    expect(failure).toContain('du-test-http: delete route DELETE /v1: failed.\n  FSS.0500 internal error');
  });
});

describe('the throttling policy', () => {
  const policiesOf = ({ state }: FunctionGraphCloud) => [...state.throttles.values()];

  test('is bound to the public routes alone', async () => {
    const cloud = await startCloudFor();

    await deployTo(
      cloud,
      setHttp((http) => http.routes.push({ ...HEALTH, auth: 'IAM' })),
    );

    expect(policiesOf(cloud)).toMatchObject([
      {
        name: 'du_test_throttle',
        type: 1,
        api_call_limits: 20,
        ip_call_limits: 10,
        time_interval: 1,
        time_unit: 'SECOND',
      },
    ]);
    expect([...cloud.state.apis.values()].map(({ throttleId }) => throttleId !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('is changed where it differs, and left alone where it does not', async () => {
    const cloud = await startCloudFor();
    await deployTo(cloud);

    await deployTo(cloud);
    await deployTo(cloud, ({ custom: { functiongraph } }) => {
      functiongraph.gateway.throttle.requests = 50;
    });

    expect(policiesOf(cloud)).toMatchObject([{ api_call_limits: 50 }]);
    expect(operations(cloud, 'UpdateThrottle', 'CreateThrottle', 'BindThrottle')).toEqual([
      'CreateThrottle',
      'BindThrottle',
      'UpdateThrottle',
    ]);
  });

  test('takes the place of none that was bound in the console', async () => {
    const cloud = await startCloudFor();
    await deployTo(cloud, ({ custom: { functiongraph } }) => Reflect.deleteProperty(functiongraph.gateway, 'throttle'));
    const [api] = cloud.state.apis.values();
    if (api) api.throttleId = 'by-hand';

    await deployTo(cloud);

    expect(api?.throttleId).toBe('by-hand');
  });
});
