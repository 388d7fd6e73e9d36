import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import JSZip from 'jszip';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CloudOptions, type CloudState, type FunctionGraphCloud, startFunctionGraphCloud } from './cloud.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SECRETS = {
  secretKey: 'SKexample0000000000000000000000000000000',
  securityToken: 'temporary-security-token-of-the-deployer',
  callerKeys: 'ci:5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9',
};
const ACCOUNT: CloudOptions = {
  region: 'cn-north-4',
  projectId: 'aa2d97d7e62c4b7da3ffdfc11551f878',
  accessKey: 'AKEXAMPLE0000000000',
  secretKey: SECRETS.secretKey,
  securityToken: SECRETS.securityToken,
};
const CREDENTIALS = {
  HW_ACCESS_KEY: ACCOUNT.accessKey,
  HW_SECRET_KEY: SECRETS.secretKey,
  HW_SECURITY_TOKEN: SECRETS.securityToken,
  HW_PROJECT_ID: ACCOUNT.projectId,
};
const CANCEL_PATH = '/v1/{project_id}/sfs-turbo/shares/{share_id}/fs/{feature}/tasks/{task_id}';

/** The cloud as the first deployment of the fixture leaves it; tests work on copies. */
let deployed: CloudState;
let firstDeploy: { result: Result; cloud: FunctionGraphCloud };
// removed and closed at the end, for these tests run at the same time
const directories = new Set<string>();
const clouds = new Set<FunctionGraphCloud>();

// every run of Serverless takes seconds of processor time, most of it to load itself
const CONCURRENT = { timeout: 120_000 };
const atOnce = createGate(2);

beforeAll(async () => {
  const cloud = await startFunctionGraphCloud(ACCOUNT);
  const result = await serverless(await createService(), 'deploy', cloud);
  await cloud.close();
  firstDeploy = { result, cloud };
  deployed = cloud.state;
}, 60_000);

afterAll(async () => {
  for (const cloud of clouds) await cloud.close();
  for (const directory of directories) await rm(directory, { recursive: true });
});

describe.concurrent('functiongraph deploy', CONCURRENT, () => {
  test('creates the functions, their settings and triggers in an empty project', () => {
    const { result, cloud } = firstDeploy;

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
    ]);
    expect(functionNamed(cloud.state, 'timer')).toMatchObject({
      urn: `urn:fss:cn-north-4:${ACCOUNT.projectId}:function:default:du-test-timer`,
      config: {
        runtime: 'Node.js20.15',
        handler: 'timer.handler',
        memory_size: 256,
        timeout: 900,
        app_xrole: 'du-agency',
        description: 'Deployed by Serverless: service du, stage test',
        user_data: '{"HW_REGION_NAME":"cn-north-4","SWEEP_RATE":"10"}',
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
        match_mode: 'NORMAL',
        instance_id: 'gateway-1',
        group_id: 'group-1',
        env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
        env_name: 'RELEASE',
        func_info: { timeout: 30_000 },
      },
      { req_method: 'POST', path: '/v1/tasks/cancel', func_info: { timeout: 10_000 } },
    ]);
  });

  test('ends with the URLs and the state of each function', () => {
    const { output } = firstDeploy.result;

    expect(output).toContain(`DELETE https://group-1.apic.example.com${CANCEL_PATH} (NONE)`);
    expect(output).toContain('timer sweep: CRON_TZ=Asia/Shanghai 0 15 2 * * ? (ACTIVE)');
    expect(output).toContain('Node.js20.15, 256 MB, 900 s, modified 2026-01-01');
  });

  test('uploads a zip whose handler is in its root, readable by other programs', async () => {
    const directory = await createDirectory();
    const zip = await JSZip.loadAsync(functionNamed(deployed, 'http').code, { base64: true, checkCRC32: true });

    const source = await zip.file('http.js')?.async('text');
    await writeFile(join(directory, 'http.js'), source ?? '');
    const { handler } = createRequire(import.meta.url)(join(directory, 'http.js'));

    expect(Object.keys(zip.files)).toEqual(['http.js']);
    expect(await handler({})).toEqual({ statusCode: 200, body: 'from lib: http' });
  });

  test('changes nothing when it is repeated', async () => {
    const cloud = await startCloud(deployed);

    const result = await serverless(await createService(), 'deploy', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain('du-test-http: code unchanged');
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
    expect(
      cloud.requests.filter(({ operation }) => operation === 'UpdateFunctionCode').map(({ status }) => status),
    ).toEqual([409, 409, 409]);
    expect(operations(cloud, 'Create', 'Delete', 'UpdateTrigger')).toEqual([]);
  });

  test('brings changed code, variables, schedule and routes over, and deletes what is no longer wanted', async () => {
    const cloud = await startCloud(deployed);
    const service = await createService((settings) => {
      settings.custom.functiongraph.userData.HW_REGION_NAME = 'cn-east-3';
      settings.functions.http.functiongraph.routes = [
        { method: 'DELETE', path: CANCEL_PATH, auth: 'IAM' }, // was NONE
        { method: 'GET', path: '/healthz', auth: 'NONE' }, // new; POST /v1/tasks/cancel is gone
      ];
      settings.functions.timer.functiongraph.timer.cron = '0 30 3 * * ?';
      settings.functions.chat.functiongraph.timer.enabled = false;
    });
    await writeFile(join(service, 'lib.ts'), `export const greet = (name: string) => 'changed: ' + name;`);

    const result = await serverless(service, 'deploy', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain('code updated');
    expect(functionNamed(cloud.state, 'http').code).not.toBe(functionNamed(deployed, 'http').code);
    expect(functionNamed(cloud.state, 'http').config.user_data).toContain('cn-east-3');
    expect(triggersOf(cloud.state, 'http')).toMatchObject([
      { req_method: 'DELETE', path: CANCEL_PATH, auth: 'IAM' },
      { req_method: 'GET', path: '/healthz' },
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

  test('leaves a function alone that is no longer in serverless.yml, and says so', async () => {
    const cloud = await startCloud(deployed);
    const service = await createService((settings) => {
      Reflect.deleteProperty(settings.functions, 'chat');
    });

    const result = await serverless(service, 'deploy', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain('du-test-chat is of this service and stage, but no longer in serverless.yml');
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
  });

  test('names the failed step, the answer and what exists, and goes on from there when run again', async () => {
    const cloud = await startCloud();
    const service = await createService();
    const refusal = { status: 500, error_code: 'FSS.0500', error_msg: `internal error for ${SECRETS.callerKeys}` };
    cloud.refuseNext('UpdateFunctionMaxInstanceConfig', refusal);

    const failed = await serverless(service, 'deploy', cloud);
    const again = await serverless(service, 'deploy', cloud);

    expect(failed.code).toBe(1);
    expect(failed.output).toContain('du-test-timer: set the maximum of instances: failed.');
    expect(failed.output).toMatch(/FSS\.0500 internal error for \*\*\* \(HTTP 500, request id [0-9a-f]{32}\)/);
    expect(failed.output).toContain('du-test-http: deployed');
    expect(failed.output).toContain('du-test-timer: created; its triggers are not all there yet');
    expect(failed.output).toContain('du-test-chat: does not exist');
    expect(failed.output).toContain('run the same command again');
    expect(failed.output).not.toMatch(/\n\s+at .*:\d+/);
    expect(again.code, again.output).toBe(0);
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
  });

  test('converges after an answer that was lost on its way', async () => {
    const cloud = await startCloud();
    const service = await createService();
    cloud.loseNextAnswer('CreateFunctionTrigger');

    const failed = await serverless(service, 'deploy', cloud);
    const again = await serverless(service, 'deploy', cloud);

    expect(failed.code).toBe(1);
    expect(failed.output).toContain(`du-test-http: create route DELETE ${CANCEL_PATH}: failed.`);
    expect(failed.output).toContain('no answer from FunctionGraph');
    expect(again.code, again.output).toBe(0);
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
  });

  test('waits and repeats a throttled request', async () => {
    const cloud = await startCloud(deployed);
    const throttled = { status: 429, error_code: 'FSS.0429', error_msg: 'api is busy now' };
    cloud.refuseNext('UpdateFunctionConfig', throttled, 2);

    const result = await serverless(await createService(), 'deploy', cloud);

    expect(result.code, result.output).toBe(0);
    expect(cloud.requests.filter(({ operation }) => operation === 'UpdateFunctionConfig')).toHaveLength(2 + 3);
  });

  test('gives up on endless throttling and says so', async () => {
    const cloud = await startCloud(deployed);
    cloud.refuseNext(
      'ListFunctions',
      { status: 429, error_code: 'APIGW.0308', error_msg: 'The throttling threshold has been reached' },
      9,
    );

    const result = await serverless(await createService(), 'info', cloud);

    expect(result.code).toBe(1);
    expect(result.output).toContain('APIGW.0308 The throttling threshold has been reached (HTTP 429');
    expect(cloud.requests).toHaveLength(4);
  });

  test('touches no function that another service and stage deployed under the same name', async () => {
    const cloud = await startCloud(deployed);
    const foreign = functionNamed(cloud.state, 'chat');
    foreign.config = { ...foreign.config, description: 'Deployed by Serverless: service du-test, stage chat' };
    const before = comparable(cloud.state);

    const result = await serverless(await createService(), 'deploy', cloud);

    expect(result.code).toBe(1);
    expect(result.output).toContain('du-test-chat: not deployed by this service and stage');
    expect(comparable(cloud.state)).toEqual(before);
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['ListFunctions']);
  });
});

describe.concurrent('functiongraph info', CONCURRENT, () => {
  test('shows functions, triggers, URLs and what is not deployed, and changes nothing', async () => {
    const cloud = await startCloud(deployed);
    cloud.state.functions.delete(functionNamed(cloud.state, 'chat').urn);

    const result = await serverless(await createService(), 'info', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain(functionNamed(deployed, 'http').urn);
    expect(result.output).toContain('POST https://group-1.apic.example.com/v1/tasks/cancel (NONE)');
    expect(result.output).toMatch(/du-test-chat\n\s+not deployed/);
    expect(cloud.requests.every(({ operation }) => operation.startsWith('List'))).toBe(true);
  });
});

describe.concurrent('functiongraph remove', CONCURRENT, () => {
  test('deletes triggers, then functions, of this service and stage only, and may be repeated', async () => {
    const cloud = await startCloud(deployed);
    const other = functionNamed(deployed, 'chat');
    const otherUrn = other.urn.replace('du-test-chat', 'du-test-prod-chat');
    const description = 'Deployed by Serverless: service du-test, stage prod';
    const config = { ...other.config, func_name: 'du-test-prod-chat', description };
    cloud.state.functions.set(otherUrn, { ...structuredClone(other), urn: otherUrn, config });
    const service = await createService();

    const first = await serverless(service, 'remove', cloud);
    const second = await serverless(service, 'remove', cloud);

    expect(first.code, first.output).toBe(0);
    expect(first.output).toContain(`removed du-test-http: route DELETE ${CANCEL_PATH}`);
    expect(first.output).toContain('removed du-test-http\n');
    expect(second.code, second.output).toBe(0);
    expect(second.output).toContain('There is nothing to remove');
    expect([...cloud.state.functions.keys()]).toEqual([otherUrn]);
    expect(operations(cloud, 'Delete')).toEqual([
      'DeleteFunctionTrigger',
      'DeleteFunctionTrigger',
      'DeleteFunction',
      'DeleteFunctionTrigger',
      'DeleteFunction',
      'DeleteFunctionTrigger',
      'DeleteFunction',
    ]);
  });
});

describe.concurrent('a command that cannot work', CONCURRENT, () => {
  test('names every missing variable at once and sends nothing', async () => {
    const cloud = await startCloud();

    const result = await serverless(await createService(), 'deploy', cloud, {
      ...{ HW_ACCESS_KEY: '', HW_SECRET_KEY: ' ', HW_PROJECT_ID: undefined },
    });

    expect(result.code).toBe(1);
    expect(result.output).toContain('Missing in the environment: HW_ACCESS_KEY, HW_SECRET_KEY, HW_PROJECT_ID');
    expect(cloud.requests).toEqual([]);
  });

  test('says that the key is refused, even where the SDK would log the request', async () => {
    const cloud = await startCloud();
    const wrongKey = 'a-secret-key-that-is-not-the-one-of-this-account';

    const result = await serverless(await createService(), 'info', cloud, { HW_SECRET_KEY: wrongKey, DEBUG: 'DEBUG' });

    expect(result.code).toBe(1);
    expect(result.output).toContain('APIGW.0301');
    expect(result.output).toContain('Check HW_ACCESS_KEY, HW_SECRET_KEY');
    expect(result.output).not.toContain(wrongKey);
    expect(result.output).not.toContain('Signature=');
    expect(cloud.requests).toHaveLength(1);
  });

  test('says that nobody answers at a dead endpoint', async () => {
    const cloud = await startCloud();
    await cloud.close();

    const result = await serverless(await createService(), 'remove', cloud);

    expect(result.code).toBe(1);
    expect(result.output).toContain('List the functions: failed.');
    expect(result.output).toContain('ECONNREFUSED');
    expect(result.output).toContain('Nothing was removed.');
  });

  test('refuses to send credentials over plain HTTP to another machine', async () => {
    const result = await serverless(await createService(), 'info', { endpoint: 'http://functiongraph.example.com' });

    expect(result.code).toBe(1);
    expect(result.output).toContain('FUNCTIONGRAPH_ENDPOINT must be an https: URL');
  });

  test('refuses a setting that does not exist', async () => {
    const service = await createService((settings) => {
      Object.assign(settings.functions.http.functiongraph, { memoryMb: 256 });
    });

    const result = await serverless(service, 'info', { endpoint: 'http://127.0.0.1:1' });

    expect(result.code).toBe(1);
    expect(result.output).toContain("unrecognized property 'memoryMb'");
  });

  test('names everything that FunctionGraph would refuse, before packaging and sending', async () => {
    const service = await createService((settings) => {
      settings.functions.timer.functiongraph.timer.cron = 'cron(15 2 * * ? *)';
      settings.functions.http.functiongraph.routes.push({ method: 'POST', path: '/v1/tasks/cancel', auth: 'NONE' });
      Object.assign(settings.custom.functiongraph.userData, { LONG: 'x'.repeat(5000), CALLER_KEYS: 'in both' });
    });

    const result = await serverless(service, 'deploy', { endpoint: 'http://127.0.0.1:1' });

    expect(result.code).toBe(1);
    expect(result.output).toContain('http: route POST /v1/tasks/cancel is there twice');
    expect(result.output).toContain('timer: timer: cron must be');
    expect(result.output).toContain('http: CALLER_KEYS is both in userData and in encryptedUserData');
    expect(result.output).toMatch(/chat: userData: 50\d\d characters of names and values; FunctionGraph takes 4096/);
  });
});

interface Result {
  readonly code: number;
  readonly output: string;
}

/** Runs the real command in a process of its own; neither output nor packaged files may hold a secret, whatever happens. */
async function serverless(
  directory: string,
  command: 'deploy' | 'info' | 'remove',
  { endpoint }: { readonly endpoint: string },
  env: NodeJS.ProcessEnv = {},
): Promise<Result> {
  const bin = join(ROOT, 'node_modules/serverless/bin/serverless.js');
  const { PATH, HOME } = process.env;
  const child = atOnce(() =>
    promisify(execFile)(process.execPath, [bin, 'functiongraph', command, '--stage', 'test'], {
      cwd: directory,
      env: { PATH, HOME, FUNCTIONGRAPH_ENDPOINT: endpoint, CALLER_KEYS: SECRETS.callerKeys, ...CREDENTIALS, ...env },
    }),
  );
  const result = await child.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error) => ({ code: error.code, output: `${error.stdout}${error.stderr}` }),
  );
  // written by packaging, uploaded by a deployment to AWS
  const files = ['serverless-state.json', 'cloudformation-template-update-stack.json'];
  const written = await Promise.all(
    files.map((file) => readFile(join(directory, '.serverless', file), 'utf8').catch(() => '')),
  );
  for (const secret of Object.values(SECRETS)) {
    for (const text of [result.output, ...written]) expect(text).not.toContain(secret);
  }
  return result;
}

function createSettings() {
  const settings = {
    service: 'du',
    frameworkVersion: '4',
    provider: { name: 'aws', runtime: 'nodejs24.x' },
    plugins: ['serverless-esbuild', './deploy/functiongraph/plugin.cjs'],
    package: { individually: true },
    custom: {
      esbuild: { bundle: true, target: 'node20' },
      functiongraph: {
        region: ACCOUNT.region,
        agency: 'du-agency',
        gateway: { instanceId: 'gateway-1', groupId: 'group-1' },
        userData: { HW_REGION_NAME: 'cn-north-4' },
        encryptedUserData: { CALLER_KEYS: fromEnv('CALLER_KEYS'), WEBHOOK_SECRETS: fromEnv('WEBHOOK_SECRETS') },
        asyncInvocation: { maxRetries: 0, maxAgeSeconds: 3600 },
      },
    },
    functions: {
      http: {
        handler: 'handlers/http.handler',
        functiongraph: {
          memoryMB: 256,
          timeoutSeconds: 30,
          routes: [
            { method: 'DELETE', path: CANCEL_PATH, auth: 'NONE' },
            { method: 'POST', path: '/v1/tasks/cancel', auth: 'NONE', timeoutMs: 10_000 },
          ] as { method: string; path: string; auth: string; timeoutMs?: number }[],
        },
      },
      timer: {
        handler: 'handlers/timer.handler',
        functiongraph: {
          memoryMB: 256,
          timeoutSeconds: 900,
          maxInstances: 1,
          userData: { SWEEP_RATE: 10 },
          timer: { name: 'sweep', cron: '0 15 2 * * ?', timezone: 'Asia/Shanghai', userEvent: '{}' },
        },
      },
      chat: {
        handler: 'handlers/chat.handler',
        functiongraph: { memoryMB: 128, timeoutSeconds: 10, timer: { name: 'warm', rate: '1d', enabled: true } },
      },
      onAwsOnly: { handler: 'handlers/http.handler' },
    },
  };
  return settings;
}

/** A variable of serverless.yml. */
function fromEnv(name: string): string {
  return ['$', `{env:${name}, ''}`].join('');
}

/** A service with three tiny handlers in a directory of its own. */
async function createService(
  change: (settings: ReturnType<typeof createSettings>) => void = () => {},
): Promise<string> {
  const directory = await createDirectory();
  const settings = createSettings();
  change(settings);
  // JSON is YAML
  await writeFile(join(directory, 'serverless.yml'), JSON.stringify(settings));
  await writeFile(join(directory, 'package.json'), '{"private":true}');
  await writeFile(join(directory, 'lib.ts'), `export const greet = (name: string) => 'from lib: ' + name;`);
  await mkdir(join(directory, 'handlers'));
  for (const name of ['http', 'timer', 'chat']) {
    const source = `import { greet } from '../lib.ts';\nexport const handler = async () => ({ statusCode: 200, body: greet('${name}') });`;
    await writeFile(join(directory, `handlers/${name}.ts`), source);
  }
  for (const name of ['node_modules', 'deploy']) await symlink(join(ROOT, name), join(directory, name));
  return directory;
}

async function createDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'functiongraph-'));
  directories.add(directory);
  return directory;
}

async function startCloud(state?: CloudState): Promise<FunctionGraphCloud> {
  const cloud = await startFunctionGraphCloud({ ...ACCOUNT, ...(state && { state: structuredClone(state) }) });
  clouds.add(cloud);
  return cloud;
}

function functionNamed({ functions }: CloudState, key: string) {
  const fn = [...functions.values()].find(({ config }) => config.func_name === `du-test-${key}`);
  if (!fn) throw new Error(`${key} does not exist`);
  return fn;
}

function triggersOf(state: CloudState, key: string): Record<string, unknown>[] {
  return [...functionNamed(state, key).triggers.values()].map(({ type, status, eventData }) => ({
    triggerType: type,
    status,
    ...eventData,
  }));
}

/** What a deployment decides, without ids and times. */
function comparable({ functions }: CloudState): unknown {
  return [...functions.values()].map(({ triggers, lastModified: _time, ...fn }) => ({
    ...fn,
    triggers: [...triggers.values()].map(({ id: _id, ...trigger }) => trigger),
  }));
}

function operations({ requests }: FunctionGraphCloud, ...prefixes: string[]): string[] {
  return requests
    .map(({ operation }) => operation)
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
}

/** Lets `limit` tasks run at the same time; the others wait in line. */
function createGate(limit: number) {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async <Value>(task: () => Promise<Value>): Promise<Value> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
