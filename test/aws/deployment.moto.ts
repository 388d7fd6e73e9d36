import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProject } from '../bundles/bundles.ts';
import { documentedRoutes } from '../openapi.ts';
import { type Account, type Found, openAccount } from './account.ts';
import { stepsOf } from './steps.ts';

const SERVICE = 'sfs-turbo-du-cleaner-prod';
const FUNCTIONS = ['http', 'chat', 'timer'];
const SECRETS = FUNCTIONS.map((name) => `sfs-turbo-du-cleaner/prod/${name}`).toSorted();
const [SECRETS_STEP = '', DEPLOY_STEP = ''] = stepsOf('docs/deploy-aws.md', [
  ['"ci:…"', `"ci:${'0123456789abcdef'.repeat(4)}"`],
  ['"whsec_…"', `"whsec_${'A'.repeat(43)}="`],
  ['HW_PROJECT_ID=…', `HW_PROJECT_ID=${'0'.repeat(32)}`],
  ['ALARM_EMAIL=…', 'ALARM_EMAIL=duty@example.com'],
]);

// the tests follow each other as the days of a deployment do
let account: Account;
let project: ReturnType<typeof copyProject>;
let deployed: Found;
beforeAll(async () => {
  project = copyProject();
  account = await openAccount();
});
afterAll(() => {
  account?.close();
  project?.remove();
});

/** Runs lines of a shell beside `serverless.yml`, and expects them to do well. */
async function shell(lines: string, variables?: Readonly<Record<string, string>>): Promise<string> {
  const { code, output } = await account.shell(lines, project.folder, variables);
  expect(code, output).toBe(0);
  return output;
}

const named = (part: string): unknown => expect.stringMatching(`^${SERVICE}-${part}-[A-Z0-9]+$`);

describe('the steps of the handbook, in an empty account', () => {
  test('put the secrets where the functions read them', async () => {
    await shell(SECRETS_STEP);

    const { secrets, stacks } = await account.found();
    expect(secrets).toEqual(SECRETS);
    expect(stacks).toEqual([]);
  });

  test('deploy, and print the URL', async () => {
    const output = await shell(DEPLOY_STEP);

    deployed = await account.found();
    const [stack] = deployed.stacks;
    expect(output).toContain(`POST - ${stack?.outputs['HttpApiUrl']}/v1/tasks/cancel`);
  });

  test('leave three functions, each with a role and a secret of its own', () => {
    const { functions, roles } = deployed;

    expect(functions.map(({ name }) => name).toSorted()).toEqual(
      FUNCTIONS.map((name) => `${SERVICE}-${name}`).toSorted(),
    );
    for (const { name, role, environment } of functions) {
      const own = name.replace(`${SERVICE}-`, '');
      expect(environment).toMatchObject({
        SECRETS_ID: `sfs-turbo-du-cleaner/prod/${own}`,
        HW_REGION_NAME: 'cn-north-4',
        ALLOWED_SHARES: '77ba6f4b-6365-4895-8dda-bc7142af4dde',
      });
      expect(role).toEqual(named(`${own[0]?.toUpperCase()}${own.slice(1)}Role`));
      expect(roles[role]).toEqual({
        for: ['lambda.amazonaws.com'],
        may: {
          'logs:CreateLogStream': expect.stringContaining(`:log-group:/aws/lambda/${name}`),
          'logs:PutLogEvents': expect.stringContaining(`:log-group:/aws/lambda/${name}`),
          'secretsmanager:GetSecretValue': expect.stringMatching(`:secret:sfs-turbo-du-cleaner/prod/${own}-\\?{6}$`),
        },
      });
    }
  });

  test("leave the code that was packaged, which the test of the runtimes runs under AWS's own client", () => {
    for (const { name, codeSha256 } of deployed.functions) {
      const zip = readFileSync(join(project.folder, `.serverless/${name.replace(`${SERVICE}-`, '')}.zip`));
      expect(codeSha256, name).toBe(createHash('sha256').update(zip).digest('base64'));
    }
  });

  test('leave a schedule that may invoke the sweep, which nobody else may', () => {
    const [schedule] = deployed.schedules;

    expect(deployed.schedules).toHaveLength(1);
    expect(schedule).toEqual({
      expression: 'rate(1 hour)',
      function: `${SERVICE}-timer`,
      role: named('SchedulerRole'),
      input: '{}',
    });
    expect(deployed.roles[schedule?.role ?? '']).toEqual({
      for: ['scheduler.amazonaws.com'],
      may: { 'lambda:InvokeFunction': expect.stringMatching(`:function:${SERVICE}-timer$`) },
    });
    expect(deployed.functions.map(({ name, mayInvoke }) => [name, mayInvoke])).toEqual(
      expect.arrayContaining([
        [`${SERVICE}-http`, ['apigateway.amazonaws.com']],
        [`${SERVICE}-chat`, ['apigateway.amazonaws.com']],
        [`${SERVICE}-timer`, []],
      ]),
    );
    expect(Object.keys(deployed.roles)).toHaveLength(FUNCTIONS.length + 1);
  });

  test('leave every documented route, throttled by itself, at its function, and an access log', () => {
    const keys = documentedRoutes.map(({ method, path }) => `${method} ${path}`);
    const ofChat = /slack|feishu/;

    expect(deployed.routes).toEqual({
      ...Object.fromEntries(keys.map((key) => [key, `${SERVICE}-${ofChat.test(key) ? 'chat' : 'http'}`])),
      $default: `${SERVICE}-http`,
    });
    expect(deployed.stages).toEqual([
      {
        name: '$default',
        throttles: Object.fromEntries(keys.map((key) => [key, 50])),
        otherwise: 5,
        accessLog: expect.stringContaining(`:log-group:/aws/http-api/${SERVICE}`),
      },
    ]);
  });

  test('leave logs that end, with what is counted in them', () => {
    const functionGroups = FUNCTIONS.map((name) => `/aws/lambda/${SERVICE}-${name}`);
    const api = `/aws/http-api/${SERVICE}`;

    expect(deployed.logGroups).toEqual(Object.fromEntries([...functionGroups, api].map((group) => [group, 90])));
    expect(deployed.filters).toEqual({
      ...Object.fromEntries(functionGroups.map((group) => [group, ['IamRejected-prod']])),
      [api]: ['ThrottledRequests-prod', 'UnauthenticatedRequests-prod'],
    });
  });

  test('leave alarms that tell the address, and a dashboard', () => {
    const [topic] = deployed.topics;

    expect(deployed.topics).toEqual([
      { arn: deployed.stacks[0]?.outputs['SweepAlarmTopicArn'], subscriptions: ['duty@example.com'] },
    ]);
    expect(deployed.alarms.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining([
        'SweepSucceeded',
        'SweepFailures',
        'LongestDueSeconds',
        'MostRunningTasks',
        '5xx',
        'IamRejected-prod',
      ]),
    );
    expect(deployed.alarms).toHaveLength(9);
    for (const { name, actions } of deployed.alarms) expect(actions, name).toEqual([topic?.arn]);
    expect(deployed.dashboards).toEqual([`${SERVICE}-eu-central-1`]);
  });

  test('can be looked at again', async () => {
    const output = await shell('npx serverless info --verbose --stage prod --region eu-central-1');

    for (const name of FUNCTIONS) expect(output).toContain(`${name}: ${SERVICE}-${name}`);
    expect(output).toContain(`SweepAlarmTopicArn: ${deployed.topics[0]?.arn}`);
  });
});

describe('a second deployment', () => {
  test('of the same changes nothing', async () => {
    const output = await shell(DEPLOY_STEP);

    expect(output).toContain('No changes to deploy');
    expect(await account.found()).toEqual(deployed);
  });

  test('with another variable changes that variable, and nothing else', async () => {
    await shell(DEPLOY_STEP, { LOG_LEVEL: 'DEBUG' });

    const { functions, ...others } = await account.found();
    const { functions: before, ...othersBefore } = deployed;
    expect(functions).toEqual(
      before.map((known) => ({ ...known, environment: { ...known.environment, LOG_LEVEL: 'DEBUG' } })),
    );
    expect(others).toEqual(othersBefore);
  });

  // there when serverless.yml has the plugin that checks the variables before a deployment
  const isChecked = readFileSync('serverless.yml', 'utf8').includes('./deploy/check/plugin.cjs');
  test.skipIf(!isChecked)('with a variable missing stops before anything is sent, and names it', async () => {
    const before = await account.found();
    const withoutShares = DEPLOY_STEP.replace(/ ALLOWED_SHARES=\S+/, '');

    const { code, output } = await account.shell(withoutShares, project.folder);

    expect(code).not.toBe(0);
    expect(output).toContain('ALLOWED_SHARES');
    expect(await account.found()).toEqual(before);
  });
});

test('`serverless remove` leaves nothing but the secrets', async () => {
  await shell('npx serverless remove --stage prod --region eu-central-1');

  const { secrets, ...others } = await account.found();
  expect(secrets).toEqual(SECRETS);
  expect(Object.values(others).flatMap((found) => Object.values(found))).toEqual([]);
});
