import { afterAll, describe, expect, test } from 'vitest';
import { CONCURRENT, createLab } from './lab.ts';

const lab = createLab();
afterAll(() => lab.close());

describe.concurrent('a command that cannot work', CONCURRENT, () => {
  test('names every missing variable at once and sends nothing', async () => {
    const cloud = await lab.startCloud();

    const result = await lab.serverless(await lab.createService(), 'deploy', cloud, {
      ...{ HW_ACCESS_KEY: '', HW_SECRET_KEY: ' ', HW_PROJECT_ID: undefined },
    });

    expect(result.code).toBe(1);
    expect(result.output).toContain('Missing in the environment: HW_ACCESS_KEY, HW_SECRET_KEY, HW_PROJECT_ID');
    expect(cloud.requests).toEqual([]);
  });

  test('names every variable that a function misses or would refuse, and where it comes from, and sends nothing', async () => {
    const cloud = await lab.startCloud();
    const service = await lab.createService((settings) => {
      settings.custom.functiongraph.userData.ALLOWED_SHARES = '';
      settings.functions.timer.functiongraph.userData.SWEEP_RATE = 0;
      settings.custom.functiongraph.gateway.groupId = '';
    });

    const result = await lab.serverless(service, 'deploy', cloud, { CALLER_KEYS: 'no-digest', HW_PROJECT_ID: '' });

    expect(result.code).toBe(1);
    expect(result.output).toContain('Missing in the environment: HW_PROJECT_ID.');
    expect(result.output).toContain(
      'http, timer, chat: ALLOWED_SHARES is missing (it comes from the environment or .env, by userData in serverless.yml)',
    );
    expect(result.output).toContain('timer: SWEEP_RATE must be a whole number from 1 to 10000');
    expect(result.output).toMatch(
      /http: CALLER_KEYS must be name:sha256 or name:sha256:rights@shares entries.*by encryptedUserData in serverless\.yml/,
    );
    expect(result.output).toContain('http: it has routes, so custom.functiongraph.gateway must name a dedicated');
    expect(result.output).not.toContain('no-digest');
    expect(cloud.requests).toEqual([]);
  });

  test('has no default for the region', async () => {
    const service = await lab.createService((settings) => {
      settings.custom.functiongraph.region = '';
    });

    const result = await lab.serverless(service, 'info', { endpoint: 'http://127.0.0.1:1' });

    expect(result.code).toBe(1);
    expect(result.output).toContain('Missing in the environment: HW_REGION_NAME.');
  });

  test('warns of what is set and reaches no function, of slips, and of routes that nobody can call', async () => {
    const cloud = await lab.startCloud();

    const result = await lab.serverless(await lab.createService(), 'deploy', cloud, {
      ...{ CALLER_KEYS: '', CONFIRM_SECRET: 'x', HW_USER_NAME: 'du', SWEEP_DRYRUN: 'false', ALLOWED_SHARE: 'a' },
    });

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain('no function gets them: HW_USER_NAME, CONFIRM_SECRET.');
    expect(result.output).toContain('SWEEP_DRYRUN is set here, and no function reads it: SWEEP_DRY_RUN may be meant.');
    expect(result.output).toContain(
      'ALLOWED_SHARE is set here, and no function reads it: ALLOWED_SHARES may be meant.',
    );
    expect(result.output).toContain('http: neither CALLER_KEYS nor WEBHOOK_SECRETS is set');
  });

  test('says that the key is refused, even where the SDK would log the request', async () => {
    const cloud = await lab.startCloud();
    const wrongKey = 'a-secret-key-that-is-not-the-one-of-this-account';

    const result = await lab.serverless(await lab.createService(), 'info', cloud, {
      HW_SECRET_KEY: wrongKey,
      DEBUG: 'DEBUG',
    });

    expect(result.code).toBe(1);
    expect(result.output).toContain('APIGW.0301');
    expect(result.output).toContain('Check HW_ACCESS_KEY, HW_SECRET_KEY');
    expect(result.output).not.toContain(wrongKey);
    expect(result.output).not.toContain('Signature=');
    expect(cloud.requests).toHaveLength(1);
  });

  test('says that nobody answers at a dead endpoint', async () => {
    const cloud = await lab.startCloud();
    await cloud.close();

    const result = await lab.serverless(await lab.createService(), 'remove', cloud);

    expect(result.code).toBe(1);
    expect(result.output).toContain('List the functions: failed.');
    expect(result.output).toContain('ECONNREFUSED');
    expect(result.output).toContain('Check the network, HW_REGION_NAME');
    expect(result.output).toContain('Nothing was removed.');
  });

  test('refuses to send credentials over plain HTTP to another machine', async () => {
    const result = await lab.serverless(await lab.createService(), 'info', {
      endpoint: 'http://functiongraph.example.com',
    });

    expect(result.code).toBe(1);
    expect(result.output).toContain('FUNCTIONGRAPH_ENDPOINT must be an https: URL');
  });

  test('refuses a setting that does not exist', async () => {
    const service = await lab.createService((settings) => {
      Object.assign(settings.functions.http.functiongraph, { memoryMb: 256 });
    });

    const result = await lab.serverless(service, 'info', { endpoint: 'http://127.0.0.1:1' });

    expect(result.code).toBe(1);
    expect(result.output).toContain("unrecognized property 'memoryMb'");
  });

  test('stops before anything is changed where the region does not offer the runtime', async () => {
    const cloud = await lab.startCloud();
    const service = await lab.createService((settings) => {
      Object.assign(settings.custom.functiongraph, { runtime: 'Node.js99.1' });
    });

    const result = await lab.serverless(service, 'deploy', cloud);

    expect(result.code).toBe(1);
    expect(result.output).toContain(
      'This region does not offer Node.js99.1. Set custom.functiongraph.runtime to one of',
    );
    expect(result.output).toContain('Node.js20.15, Node.js22.18');
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['ListFunctions', 'ListRuntimes']);
  });

  test('names everything that FunctionGraph would refuse, before packaging and sending', async () => {
    const service = await lab.createService((settings) => {
      settings.functions.timer.functiongraph.timer.cron = 'cron(15 2 * * ? *)';
      settings.functions.http.functiongraph.routes.push({ method: 'POST', path: '/v1/tasks/cancel', auth: 'NONE' });
      Object.assign(settings.custom.functiongraph.userData, { LONG: 'x'.repeat(5000), CALLER_KEYS: 'in both' });
    });

    const result = await lab.serverless(service, 'deploy', { endpoint: 'http://127.0.0.1:1' });

    expect(result.code).toBe(1);
    expect(result.output).toContain('http: route POST /v1/tasks/cancel is there twice');
    expect(result.output).toContain('timer: timer: cron must be');
    expect(result.output).toContain('http: CALLER_KEYS is both in userData and in encryptedUserData');
    expect(result.output).toMatch(/chat: userData: 50\d\d characters of names and values; FunctionGraph takes 4096/);
  });
});
