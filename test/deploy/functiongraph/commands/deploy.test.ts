import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import JSZip from 'jszip';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FunctionGraphCloud } from '../cloud/cloud.ts';
import { comparable, functionNamed, operations, triggersOf } from '../cloud/contents.ts';
import type { CloudState } from '../cloud/state.ts';
import { ACCOUNT, CONCURRENT, createLab, type Result, SECRETS } from '../lab.ts';
import { CANCEL_PATH } from '../service.ts';

const lab = createLab();
/** The first deployment of the service; tests work on copies of what it leaves. */
let first: { readonly result: Result; readonly cloud: FunctionGraphCloud };
let deployed: CloudState;

beforeAll(async () => {
  first = await lab.deployFirst();
  deployed = first.cloud.state;
});
afterAll(() => lab.close());

describe.concurrent('functiongraph deploy', CONCURRENT, () => {
  test('creates the functions, their settings and triggers in an empty project', () => {
    const { result, cloud } = first;

    expect(result.output).toContain('is deployed to FunctionGraph, stage test');
    expect(result.code).toBe(0);
    expect(operations(cloud, 'Create')).toEqual([
      'CreateFunction',
      'CreateFunctionTrigger',
      'CreateFunctionTrigger',
      'CreateFunction',
      'CreateFunctionTrigger',
      'CreateFunction',
      'CreateFunctionTrigger',
      'CreateThrottle',
    ]);
    expect(functionNamed(cloud.state, 'timer')).toMatchObject({
      urn: `urn:fss:cn-north-4:${ACCOUNT.projectId}:function:default:du-test-timer`,
      config: {
        runtime: 'Node.js20.15',
        handler: 'timer.handler',
        memory_size: 256,
        timeout: 900,
        xrole: 'du-agency',
        app_xrole: 'du-agency',
        description: 'Deployed by Serverless: service du, stage test',
        user_data: '{"HW_REGION_NAME":"cn-north-4","ALLOWED_SHARES":"*","SWEEP_SHARES":"*","SWEEP_RATE":"10"}',
        encrypted_user_data: JSON.stringify({ CALLER_KEYS: SECRETS.callerKeys }),
      },
      maxInstances: 1,
      asyncInvocation: { max_async_retry_attempts: 0, max_async_event_age_in_seconds: 3600 },
    });
    expect(triggersOf(cloud.state, 'timer')).toEqual([
      {
        triggerType: 'TIMER',
        status: 'ACTIVE',
        name: 'sweep',
        schedule_type: 'Cron',
        schedule: 'CRON_TZ=Asia/Shanghai 0 15 2 * * ?',
        user_event: '{}',
      },
    ]);
    expect(triggersOf(cloud.state, 'http')).toMatchObject([
      {
        triggerType: 'DEDICATEDGATEWAY',
        type: 1,
        req_method: 'DELETE',
        path: CANCEL_PATH,
        auth: 'NONE',
        match_mode: 'SWA',
        instance_id: 'gateway-1',
        group_id: 'group-1',
        env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
        env_name: 'RELEASE',
        func_info: { timeout: 30_000 },
      },
      { req_method: 'POST', path: '/v1/tasks/cancel', match_mode: 'NORMAL', func_info: { timeout: 10_000 } },
    ]);
  });

  test('ends with the URLs and the state of each function', () => {
    const { output } = first.result;

    expect(output).toContain(`DELETE https://group-1.apic.example.com${CANCEL_PATH} (NONE)`);
    expect(output).toContain('timer sweep: CRON_TZ=Asia/Shanghai 0 15 2 * * ? (ACTIVE)');
    expect(output).toContain('Node.js20.15, 256 MB, 900 s, modified 2026-01-01');
  });

  test('uploads a zip whose handler is in its root, readable by other programs', async () => {
    const directory = await lab.createDirectory();
    const zip = await JSZip.loadAsync(functionNamed(deployed, 'http').code, { base64: true, checkCRC32: true });

    const source = await zip.file('http.js')?.async('text');
    await writeFile(join(directory, 'http.js'), source ?? '');
    const { handler } = createRequire(import.meta.url)(join(directory, 'http.js'));

    expect(Object.keys(zip.files)).toEqual(['http.js']);
    expect(await handler({})).toEqual({ statusCode: 200, body: 'from lib: http' });
  });

  test('changes nothing when it is repeated', async () => {
    const cloud = await lab.startCloud(deployed);

    const result = await lab.serverless(await lab.createService(), 'deploy', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain('du-test-http: code unchanged');
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
    expect(
      cloud.requests.filter(({ operation }) => operation === 'UpdateFunctionCode').map(({ status }) => status),
    ).toEqual([409, 409, 409]);
    expect(operations(cloud, 'Create', 'Delete', 'UpdateTrigger')).toEqual([]);
  });

  test('brings changed code, variables, schedule and routes over, and deletes what is no longer wanted', async () => {
    const cloud = await lab.startCloud(deployed);
    const service = await lab.createService((settings) => {
      settings.custom.functiongraph.userData.HW_REGION_NAME = 'cn-east-3';
      settings.functions.http.functiongraph.routes = [
        { method: 'DELETE', path: CANCEL_PATH, match: 'prefix', auth: 'IAM' }, // was NONE
        { method: 'GET', path: '/healthz', auth: 'NONE' }, // new; POST /v1/tasks/cancel is gone
      ];
      settings.functions.timer.functiongraph.timer.cron = '0 30 3 * * ?';
      settings.functions.chat.functiongraph.timer.enabled = false;
    });
    await writeFile(join(service, 'lib.ts'), `export const greet = (name: string) => 'changed: ' + name;`);

    const result = await lab.serverless(service, 'deploy --force', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain('code updated');
    expect(functionNamed(cloud.state, 'http').code).not.toBe(functionNamed(deployed, 'http').code);
    expect(functionNamed(cloud.state, 'http').config.user_data).toContain('cn-east-3');
    expect(triggersOf(cloud.state, 'http')).toMatchObject([
      { req_method: 'DELETE', path: CANCEL_PATH, auth: 'IAM' },
      { req_method: 'GET', path: '/healthz' },
    ]);
    // those of the two routes that were deleted are gone
    expect([...cloud.state.apis.values()].map(({ method, path }) => `${method} ${path}`)).toEqual([
      `DELETE ${CANCEL_PATH}`,
      'GET /healthz',
    ]);
    expect(triggersOf(cloud.state, 'timer')).toMatchObject([{ schedule: 'CRON_TZ=Asia/Shanghai 0 30 3 * * ?' }]);
    expect(triggersOf(cloud.state, 'chat')).toMatchObject([{ status: 'DISABLED', schedule: '1d' }]);
    // the chat function's timer was paused in place
    expect(operations(cloud, 'CreateFunctionTrigger', 'DeleteFunctionTrigger', 'UpdateTrigger')).toEqual([
      'DeleteFunctionTrigger',
      'DeleteFunctionTrigger',
      'CreateFunctionTrigger',
      'CreateFunctionTrigger',
      'DeleteFunctionTrigger',
      'CreateFunctionTrigger',
      'UpdateTrigger',
    ]);
  });

  test('names the variables that would vanish or change, and changes nothing without --force', async () => {
    const cloud = await lab.startCloud(deployed);
    const service = await lab.createService((settings) => {
      settings.custom.functiongraph.userData.HW_REGION_NAME = 'cn-east-3';
      Reflect.deleteProperty(settings.functions.timer.functiongraph.userData, 'SWEEP_RATE');
      Object.assign(settings.functions.timer.functiongraph.userData, { SWEEP_MAX_DELETES: 5 });
      // encrypted from now on, and another one
      Reflect.deleteProperty(settings.custom.functiongraph.userData, 'ALLOWED_SHARES');
      Object.assign(settings.custom.functiongraph.encryptedUserData, { ALLOWED_SHARES: 'other-share' });
    });

    const refused = await lab.serverless(service, 'deploy', cloud, { CALLER_KEYS: '' });
    const before = comparable(cloud.state);
    const forced = await lab.serverless(service, 'deploy --force', cloud, { CALLER_KEYS: '' });

    expect(refused.code).toBe(1);
    expect(refused.output).toContain('du-test-http: would vanish: CALLER_KEYS\n');
    expect(refused.output).toContain('du-test-http: would change: HW_REGION_NAME, ALLOWED_SHARES\n');
    expect(refused.output).toContain('du-test-timer: would vanish: SWEEP_RATE, CALLER_KEYS\n');
    expect(refused.output).not.toMatch(/cn-(north-4|east-3)\n|SWEEP_MAX_DELETES/);
    expect(refused.output).toContain('Nothing was deployed.');
    expect(refused.output).toContain('deploy with --force');
    expect(before).toEqual(comparable(deployed));
    expect(forced.code, forced.output).toBe(0);
    expect(forced.output).toContain('du-test-http: would vanish: CALLER_KEYS');
    expect(functionNamed(cloud.state, 'http').config.encrypted_user_data).toBe('{"ALLOWED_SHARES":"other-share"}');
  });

  test('does not take a secret into the open without --force', async () => {
    const cloud = await lab.startCloud(deployed);
    const chat = functionNamed(cloud.state, 'chat');
    chat.config = {
      ...chat.config,
      user_data: '',
      encrypted_user_data: JSON.stringify({ HW_REGION_NAME: 'r', ALLOWED_SHARES: '*', CALLER_KEYS: 'ci:hash' }),
    };
    const before = comparable(cloud.state);

    const result = await lab.serverless(await lab.createService(), 'deploy', cloud);

    expect(result.code).toBe(1);
    expect(result.output).toContain('du-test-chat: would no longer be encrypted: HW_REGION_NAME, ALLOWED_SHARES\n');
    expect(comparable(cloud.state)).toEqual(before);
  });

  test('leaves a function alone that is no longer in serverless.yml, and says so', async () => {
    const cloud = await lab.startCloud(deployed);
    const service = await lab.createService((settings) => {
      Reflect.deleteProperty(settings.functions, 'chat');
    });

    const result = await lab.serverless(service, 'deploy', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain('du-test-chat is of this service and stage, but no longer in serverless.yml');
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
  });

  test('touches no function that another service and stage deployed under the same name', async () => {
    const cloud = await lab.startCloud(deployed);
    const foreign = functionNamed(cloud.state, 'chat');
    foreign.config = { ...foreign.config, description: 'Deployed by Serverless: service du-test, stage chat' };
    const before = comparable(cloud.state);

    const result = await lab.serverless(await lab.createService(), 'deploy', cloud);

    expect(result.code).toBe(1);
    expect(result.output).toContain('du-test-chat: not deployed by this service and stage');
    expect(comparable(cloud.state)).toEqual(before);
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['ListFunctions']);
  });
});
