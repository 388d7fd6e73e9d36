import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageService } from '../bundles/bundles.ts';

const SECRETS = {
  HW_USER_PASSWORD: 'password-of-the-test',
  HW_SECRET_KEY: 'secret-key-of-the-test',
  CALLER_KEYS: `ci:${'0123456789abcdef'.repeat(4)}`,
  WEBHOOK_SECRETS: `whsec_${'A'.repeat(43)}=`,
  SLACK_SIGNING_SECRETS: 'signing-secret-of-the-test',
  FEISHU_APP_SECRET: 'app-secret-of-the-test',
  FEISHU_ENCRYPT_KEY: 'encrypt-key-of-the-test',
  FEISHU_VERIFICATION_TOKEN: 'verification-token-of-the-test',
  CONFIRM_SECRET: 'confirm-secret-of-the-test-0123456789',
};

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

/** As much of a resource's properties as this test reads. */
interface Properties {
  readonly Timeout?: number;
  readonly Tags?: unknown;
  readonly RetentionInDays?: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly MaximumRetryAttempts?: number;
  readonly Target?: { readonly Input?: string };
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
  readonly ManagedPolicyArns?: readonly unknown[];
  readonly DefaultRouteSettings?: unknown;
  readonly CorsConfiguration?: unknown;
  readonly Environment?: { readonly Variables: unknown };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
}

let packaged: Awaited<ReturnType<typeof packageService>>;
let resources: Readonly<Record<string, Resource>>;
const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const propertiesOf = (name: string) => resources[name]?.Properties;

beforeAll(async () => {
  packaged = await packageService({ ...SECRETS, HW_REGION_NAME: 'cn-north-4', ALLOWED_SHARES: 'a,b' }, 'prod');
  const template = readFileSync(join(packaged.folder, 'cloudformation-template-update-stack.json'), 'utf8');
  resources = JSON.parse(template).Resources;
});
afterAll(() => packaged?.remove());

describe('the functions', () => {
  test('run on the current Node and on arm64, with time for an answer before the gateway gives up', () => {
    for (const [name, { Properties }] of ofType('AWS::Lambda::Function')) {
      expect(Properties, name).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
    expect(propertiesOf('HttpLambdaFunction')?.Timeout).toBeLessThan(30);
  });

  test('keep their logs for a time that is set, and carry tags', () => {
    const groups = ofType('AWS::Logs::LogGroup');

    expect(groups).toHaveLength(ofType('AWS::Lambda::Function').length);
    for (const [, { Properties }] of groups) expect(Properties.RetentionInDays).toBe(90);
    for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
      expect(Properties.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'service', Value: 'sfs-turbo-du-cleaner' },
          { Key: 'stage', Value: 'prod' },
        ]),
      );
    }
  });

  test('of the sweep runs alone, and is not repeated by the platform', () => {
    expect(propertiesOf('TimerLambdaFunction')?.ReservedConcurrentExecutions).toBe(1);
    expect(propertiesOf('TimerLambdaEvConf')?.MaximumRetryAttempts).toBe(0);
    const [, schedule] = ofType('AWS::Scheduler::Schedule')[0] ?? [];
    expect(schedule?.Properties).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
    expect(JSON.parse(schedule?.Properties.Target?.Input ?? '{}')).toEqual({});
  });
});

test('the role may write its own log, read its one secret, and invoke the sweep; nothing else', () => {
  const role = propertiesOf('IamRoleLambdaExecution');
  const statements = role?.Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
  const actions = statements.flatMap(({ Action }) => Action);

  expect(actions.toSorted()).toEqual([
    'lambda:InvokeFunction',
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'logs:TagResource',
    'secretsmanager:GetSecretValue',
  ]);
  expect(JSON.stringify(statements)).toContain('secret:sfs-turbo-du-cleaner/prod-??????');
  expect(JSON.stringify(statements)).not.toMatch(/"Resource":(\["\*"\]|"\*")/);
  expect(role?.ManagedPolicyArns ?? []).toEqual([]);
});

test('the gateway throttles, and lets no browser page call', () => {
  expect(propertiesOf('HttpApiStage')?.DefaultRouteSettings).toEqual({
    ThrottlingRateLimit: 10,
    ThrottlingBurstLimit: 20,
  });
  expect(propertiesOf('HttpApi')?.CorsConfiguration).toBeUndefined();
});

describe('the alarms', () => {
  test.each([
    { name: 'NoGoodSweepAlarm', metric: 'SweepSucceeded', missing: 'breaching' },
    { name: 'SweepFailuresAlarm', metric: 'SweepFailures', missing: 'notBreaching' },
    { name: 'OldestDueTaskAlarm', metric: 'LongestDueSeconds', missing: 'ignore' },
  ])('$name watches $metric and tells somebody', ({ name, metric, missing }) => {
    expect(propertiesOf(name)).toMatchObject({
      Namespace: 'SfsTurboDuCleaner',
      MetricName: metric,
      TreatMissingData: missing,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'TimerLambdaFunction' } }],
      AlarmActions: [{ Ref: 'SweepAlarmTopic' }],
    });
  });
});

test('no secret stands in anything that is packaged, only its name', () => {
  const texts = readdirSync(packaged.folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(packaged.folder, name), 'utf8'));

  expect(texts.length).toBeGreaterThan(2);
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect(
      texts.some((text) => text.includes(secret)),
      name,
    ).toBe(false);
  }
  for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
    expect(Properties.Environment?.Variables).toMatchObject({
      SECRETS_ID: 'sfs-turbo-du-cleaner/prod',
      ALLOWED_SHARES: 'a,b',
    });
  }
});
