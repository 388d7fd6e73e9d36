import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import JSZip from 'jszip';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { signSlack } from '../support/chat-platforms/slack.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK, exampleVariables } from '../support/examples.ts';
import { BUNDLE_NODE, type BundleContext, packageService, type RunningBundle, startBundle } from './bundles.ts';

const FUNCTIONS = ['http', 'timer', 'chat'] as const;
// chat, the largest, has 350 KiB, of which targets and the sweep are 30; undici's second HTTP parser would add 72, its index would double it
const MAX_BUNDLE_BYTES = 360_000;
const PACKAGES = [
  ...['@middy/core', '@middy/secrets-manager', '@middy/util', '@pinojs/redact'],
  ...['pino', 'quick-format-unescaped', 'undici', 'valibot'],
] as const;
const PACKAGES_OF = {
  http: ['@middy/http-json-body-parser', 'p-map'],
  timer: ['p-map'],
  chat: ['fastest-levenshtein', 'p-map'],
} as const;
let packaged: Awaited<ReturnType<typeof packageService>>;

/** The files of a function's package. */
async function filesOf(name: string): Promise<readonly { readonly name: string; readonly data: Buffer }[]> {
  const zip = await JSZip.loadAsync(readFileSync(join(packaged.folder, `${name}.zip`)), { checkCRC32: true });
  const entries = Object.values(zip.files).filter(({ dir }) => !dir);
  return Promise.all(entries.map(async (entry) => ({ name: entry.name, data: await entry.async('nodebuffer') })));
}

beforeAll(async () => {
  packaged = await packageService();
  for (const name of FUNCTIONS) {
    for (const file of await filesOf(name)) {
      mkdirSync(dirname(join(packaged.folder, file.name)), { recursive: true });
      writeFileSync(join(packaged.folder, file.name), file.data);
    }
  }
});
afterAll(() => packaged?.remove());

describe.each(FUNCTIONS)('the package of %s', (name) => {
  test('is one small CommonJS file, at the path of its handler, and the notices of what it holds', async () => {
    const files = await filesOf(name);

    expect(files.map((file) => file.name)).toEqual([`handlers/${name}.js`, `handlers/${name}.notices.txt`]);
    expect(files[0]?.data.length).toBeLessThan(MAX_BUNDLE_BYTES);
    expect(files[0]?.data.toString()).toMatch(/module\.exports\s*=|exports\./);
  });

  test('has the licence of every package in it', async () => {
    const notices = (await filesOf(name))[1]?.data.toString() ?? '';
    const titles = [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \(\S+\)$/gm)].map(([, title = '']) => title);

    expect(titles).toEqual([...PACKAGES, ...PACKAGES_OF[name]].toSorted());
    expect(notices.match(/copyright \(c\)/gi)?.length).toBeGreaterThanOrEqual(titles.length);
    expect(notices).not.toContain(process.cwd());
  });

  test('leaves only the AWS SDK outside, which Lambda has and which is loaded only for SECRETS_ID', async () => {
    const text = (await filesOf(name))[0]?.data.toString() ?? '';
    const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, module = '']) => module);
    const foreign = required.filter((module) => !module.startsWith('node:') && !isBuiltin(module));

    expect(new Set(foreign)).toEqual(new Set(['@aws-sdk/client-secrets-manager']));
  });
});

interface Running {
  readonly cloud: Cloud;
  readonly bundle: RunningBundle;
  readonly context: BundleContext;
}

async function start(
  platform: BundleContext['platform'],
  name: (typeof FUNCTIONS)[number] = 'http',
  variables: Readonly<Record<string, string>> = exampleVariables,
): Promise<Running> {
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  cloud.addShare({ id: EXAMPLE_SHARE });
  cloud.addTask(EXAMPLE_SHARE, { id: EXAMPLE_TASK });
  const { HW_DOMAIN_NAME, HW_USER_NAME, HW_USER_PASSWORD, ...endpoints } = cloud.environment();
  const file = join(packaged.folder, `handlers/${name}.js`);
  if (platform === 'lambda') {
    const password = {
      HW_DOMAIN_NAME: HW_DOMAIN_NAME ?? '',
      HW_USER_NAME: HW_USER_NAME ?? '',
      HW_USER_PASSWORD: HW_USER_PASSWORD ?? '',
    };
    const bundle = startBundle(file, {
      AWS_LAMBDA_FUNCTION_NAME: 'http',
      ...endpoints,
      ...password,
      ...variables,
    });
    onTestFinished(() => bundle.stop());
    return { cloud, bundle, context: { platform } };
  }
  const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
  const bundle = startBundle(file);
  onTestFinished(() => bundle.stop());
  return {
    cloud,
    bundle,
    context: {
      platform,
      userData: { ...endpoints, ...variables },
      projectId: cloud.projectId,
      securityAccessKey: accessKey,
      securitySecretKey: secretKey,
      securityToken,
    },
  };
}

describe(`the bundle, on ${BUNDLE_NODE === process.execPath ? 'this Node' : BUNDLE_NODE.replace(/.*node_modules/, '')}`, () => {
  const examples = readdirSync('test/events').filter((name) =>
    /^(http-api|rest-api|function-url|functiongraph)-(post|delete|named-stage)/.test(name),
  );

  test.each(examples)('cancels the task of %s', async (name) => {
    const { cloud, bundle, context } = await start(name.startsWith('functiongraph') ? 'functiongraph' : 'lambda');
    const text = readFileSync(`test/events/${name}`, 'utf8').replaceAll(
      'aa2d97d7e62c4b7da3ffdfc11551f878',
      cloud.projectId,
    );

    const { answer, error } = await bundle.invoke(JSON.parse(text), context);

    expect(error).toBeUndefined();
    expect(answer).toMatchObject({ statusCode: 202, isBase64Encoded: false });
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ outcome: 'accepted', task_id: EXAMPLE_TASK });
    expect(cloud.deletedTaskIds).toEqual([EXAMPLE_TASK]);
    expect(bundle.output.map((line) => JSON.parse(line).event)).toEqual(['audit']);
  });

  test('on Lambda has opened its connections before the first call comes, and has sent nothing', async () => {
    const { cloud, bundle, context } = await start('lambda');
    const deadlineAtMs = Date.now() + 10_000;
    while (cloud.connectionsOf('sfs-turbo') === 0 && Date.now() < deadlineAtMs)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const [connections, requests] = [cloud.connectionsOf('sfs-turbo'), cloud.requests.length];
    const event = JSON.parse(readFileSync('test/events/http-api-post.json', 'utf8'));

    const { answer } = await bundle.invoke(event, context);

    expect([connections, requests]).toEqual([1, 0]);
    expect(answer?.statusCode).toBe(202);
    expect(cloud.requestsOf('CreateToken')).toHaveLength(1);
  });

  test('on FunctionGraph needs no stored credentials, and asks for no token', async () => {
    const { cloud, bundle, context } = await start('functiongraph');
    const event = JSON.parse(readFileSync('test/events/functiongraph-post.json', 'utf8'));

    const { answer } = await bundle.invoke(event, context);

    expect(answer?.statusCode).toBe(202);
    expect(cloud.requests.map(({ operation }) => operation)).toEqual(['DeleteFsTask']);
  });

  test.each(['lambda', 'functiongraph'] as const)(
    'on %s answers before its time is over, whatever SFS Turbo does',
    async (platform) => {
      const { cloud, bundle, context } = await start(platform);
      cloud.order({ operation: 'DeleteFsTask', times: Number.POSITIVE_INFINITY, kind: { type: 'silence' } });
      const event = JSON.parse(
        readFileSync(`test/events/${platform === 'lambda' ? 'http-api' : 'functiongraph'}-post.json`, 'utf8'),
      );
      const startedAtMs = performance.now();

      const { answer } = await bundle.invoke(event, { ...context, remainingMs: 1_500 });

      expect(answer?.statusCode).toBe(504);
      expect(performance.now() - startedAtMs).toBeLessThan(1_500);
    },
  );

  test.each([
    { event: 'timer-scheduler', platform: 'lambda' as const },
    { event: 'timer-eventbridge-rule', platform: 'lambda' as const },
    { event: 'timer-functiongraph', platform: 'functiongraph' as const },
  ])('of timer sweeps by $event', async ({ event, platform }) => {
    const variables = { ALLOWED_SHARES: EXAMPLE_SHARE, SWEEP_SHARES: EXAMPLE_SHARE, SWEEP_DRY_RUN: 'false' };
    const { cloud, bundle, context } = await start(platform, 'timer', variables);
    const old = cloud.addTask(EXAMPLE_SHARE, {
      status: 'FAIL',
      beginTime: '2024-01-01 00:00:00',
      endTime: '2024-01-01 00:00:01',
    });
    const input = JSON.parse(readFileSync(`test/events/${event}.json`, 'utf8'));
    const isDryRun = JSON.stringify(input).includes('dry_run');

    const { answer, error } = await bundle.invoke(input, context);

    expect(error).toBeUndefined();
    expect(answer).toMatchObject({ event: 'sweep.done', dry_run: isDryRun, due: 1, deleted: isDryRun ? 0 : 1 });
    expect(cloud.deletedTaskIds).toEqual(isDryRun ? [] : [old]);
  });

  test.each(['lambda', 'functiongraph'] as const)('of chat answers a command of Slack on %s', async (platform) => {
    const variables = {
      ALLOWED_SHARES: EXAMPLE_SHARE,
      SLACK_SIGNING_SECRETS: 'signing-secret-of-the-test',
      SLACK_ALLOWED: 'T1/C1/U1',
      CONFIRM_SECRET: 'confirm-secret-of-the-test-0123456789',
    };
    const { bundle, context } = await start(platform, 'chat', variables);
    const form = { command: '/du', text: `list ${EXAMPLE_SHARE}`, team_id: 'T1', channel_id: 'C1', user_id: 'U1' };
    const body = new URLSearchParams({ ...form, response_url: 'https://hooks.slack.com/commands/T1/1/x' }).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...signSlack(body, variables.SLACK_SIGNING_SECRETS, Date.now()),
    };
    const isBase64Encoded = platform === 'functiongraph';
    const event = {
      httpMethod: 'POST',
      path: '/v1/slack/commands',
      headers,
      body: isBase64Encoded ? btoa(body) : body,
      isBase64Encoded,
    };

    const { answer } = await bundle.invoke(event, context);

    expect(answer?.statusCode).toBe(200);
    expect(answer?.body).toContain(EXAMPLE_TASK.slice(0, 8));
  });
});
