import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentedRoutes } from '../../openapi.ts';
import { readTemplate, type Template } from './template.ts';

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
const FUNCTIONS = ['Http', 'Timer', 'Chat'] as const;

let template: Template;
beforeAll(async () => {
  template = await readTemplate({ ...SECRETS, HW_REGION_NAME: 'cn-north-4', ALLOWED_SHARES: 'a,b' });
});
afterAll(() => template?.remove());

/** What a role may do: each action with what it may be done to. */
function permissionsOf(role: string): readonly (readonly [string, unknown])[] {
  const statements = template.propertiesOf(role)?.Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  return (statements ?? []).flatMap(({ Action, Resource }) =>
    [Action].flat().map((action) => [action, Resource] as const),
  );
}

describe('the functions', () => {
  test('run on the current Node and on arm64, with time for an answer before the gateway gives up', () => {
    for (const [name, { Properties }] of template.ofType('AWS::Lambda::Function')) {
      expect(Properties, name).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
    expect(template.propertiesOf('HttpLambdaFunction')?.['Timeout']).toBeLessThan(30);
  });

  test('carry tags', () => {
    for (const [, { Properties }] of template.ofType('AWS::Lambda::Function')) {
      expect(Properties['Tags']).toEqual(
        expect.arrayContaining([
          { Key: 'service', Value: 'sfs-turbo-du-cleaner' },
          { Key: 'stage', Value: 'prod' },
        ]),
      );
    }
  });

  test('and the gateway keep their logs for a time that is set', () => {
    const groups = template.ofType('AWS::Logs::LogGroup');

    expect(groups).toHaveLength(template.ofType('AWS::Lambda::Function').length + 1);
    for (const [, { Properties }] of groups) expect(Properties['RetentionInDays']).toBe(90);
  });

  test('reserve nothing of what a new account may run at a time, and the sweep is not repeated by the platform', () => {
    for (const [, { Properties }] of template.ofType('AWS::Lambda::Function')) {
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
    expect(template.propertiesOf('TimerLambdaEvConf')?.['MaximumRetryAttempts']).toBe(0);
  });

  test('sweep by a schedule without overrides', () => {
    const [, schedule] = template.ofType('AWS::Scheduler::Schedule')[0] ?? [];

    expect(schedule?.Properties).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
    expect(JSON.parse(schedule?.Properties.Target?.Input ?? '')).toEqual({});
  });
});

describe('a role', () => {
  test.each(FUNCTIONS)('of its own lets %s write its own log and read its own secret, and nothing else', (name) => {
    const secret = `secret:sfs-turbo-du-cleaner/prod/${name.toLowerCase()}-??????`;

    expect(template.propertiesOf(`${name}LambdaFunction`)?.['Role']).toEqual({ 'Fn::GetAtt': [`${name}Role`, 'Arn'] });
    expect(permissionsOf(`${name}Role`)).toEqual([
      ['logs:CreateLogStream', { 'Fn::GetAtt': [`${name}LogGroup`, 'Arn'] }],
      ['logs:PutLogEvents', { 'Fn::GetAtt': [`${name}LogGroup`, 'Arn'] }],
      ['secretsmanager:GetSecretValue', { 'Fn::Sub': expect.stringMatching(`${secret.replaceAll('?', '\\?')}$`) }],
    ]);
    expect(JSON.stringify(template.propertiesOf(`${name}Role`)?.['AssumeRolePolicyDocument'])).not.toContain(
      'scheduler',
    );
    expect(template.propertiesOf(`${name}LambdaFunction`)?.Environment?.Variables).toMatchObject({
      SECRETS_ID: `sfs-turbo-du-cleaner/prod/${name.toLowerCase()}`,
    });
  });

  test('of its own lets Scheduler invoke the sweep, and nothing else', () => {
    const [, schedule] = template.ofType('AWS::Scheduler::Schedule')[0] ?? [];

    expect(schedule?.Properties.Target).toMatchObject({ RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] } });
    expect(permissionsOf('SchedulerRole')).toEqual([
      ['lambda:InvokeFunction', { 'Fn::GetAtt': ['TimerLambdaFunction', 'Arn'] }],
    ]);
  });

  test('lets the sweep invoke itself and nothing else, and only where it is fanned out', () => {
    const policies = template.ofType('AWS::IAM::Policy').map(([, policy]) => policy);

    expect(policies).toEqual([
      expect.objectContaining({
        Condition: 'SweepIsFannedOut',
        Properties: expect.objectContaining({
          Roles: [{ Ref: 'TimerRole' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 'lambda:InvokeFunction',
                Resource: { 'Fn::GetAtt': ['TimerLambdaFunction', 'Arn'] },
              },
            ],
          },
        }),
      }),
    ]);
    expect(template.ofType('AWS::Lambda::EventInvokeConfig')[0]?.[1].Properties).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 3_600,
    });
  });

  test('is there for nobody else', () => {
    const roles = template.ofType('AWS::IAM::Role').map(([name]) => name);

    expect(roles.toSorted()).toEqual(['ChatRole', 'HttpRole', 'SchedulerRole', 'TimerRole']);
    for (const role of roles) expect(template.propertiesOf(role)).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe('the gateway', () => {
  const routes = documentedRoutes.map(({ method, path }) => `${method} ${path}`);

  test('has every documented route by name, and one for what is none', () => {
    const keys = template.ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties['RouteKey']);

    expect(keys.toSorted()).toEqual([...routes, '$default'].toSorted());
  });

  test('throttles each route by itself, and what goes to none more than those', () => {
    const stage = template.propertiesOf('HttpApiStage');

    expect(stage?.['RouteSettings']).toEqual(
      Object.fromEntries(routes.map((key) => [key, { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }])),
    );
    expect(stage?.['DefaultRouteSettings']).toMatchObject({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 });
  });

  test('has its routes before the settings of them, which it refuses otherwise', () => {
    const named = template
      .ofType('AWS::ApiGatewayV2::Route')
      .filter(([, { Properties }]) => Properties['RouteKey'] !== '$default')
      .map(([name]) => name);

    expect(template.all['HttpApiStage']?.DependsOn).toEqual(expect.arrayContaining(named));
  });

  test('leaves one line of JSON for each request, and no header or body in it', () => {
    const { AccessLogSettings } = template.propertiesOf('HttpApiStage') as {
      readonly AccessLogSettings: { readonly Format: string; readonly DestinationArn: unknown };
    };
    const { Format, DestinationArn } = AccessLogSettings;

    expect(DestinationArn).toEqual({ 'Fn::GetAtt': ['HttpApiLogGroup', 'Arn'] });
    expect(JSON.parse(Format)).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(Format).not.toMatch(/authorizer|header|body/i);
  });

  test('lets no browser page call', () => {
    expect(template.propertiesOf('HttpApi')).not.toHaveProperty('CorsConfiguration');
  });
});

describe('the alarms', () => {
  test.each([
    { name: 'NoGoodSweepAlarm', metric: 'SweepSucceeded', missing: 'breaching' },
    { name: 'SweepFailuresAlarm', metric: 'SweepFailures', missing: 'notBreaching' },
    { name: 'OldestDueTaskAlarm', metric: 'LongestDueSeconds', missing: 'ignore' },
    { name: 'RunningTasksAlarm', metric: 'MostRunningTasks', missing: 'ignore' },
  ])('$name watches $metric, as often as the sweep runs', ({ name, metric, missing }) => {
    expect(template.propertiesOf(name)).toMatchObject({
      Namespace: 'SfsTurboDuCleaner',
      MetricName: metric,
      TreatMissingData: missing,
      Period: 3_600,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'TimerLambdaFunction' } }],
    });
  });

  test('are these, and each tells somebody', () => {
    const alarms = template.ofType('AWS::CloudWatch::Alarm');

    expect(alarms.map(([name]) => name.replace(/Alarm$/, '')).toSorted()).toEqual(
      [
        ...['IamRejected', 'NoGoodSweep', 'OldestDueTask', 'RunningTasks', 'ServerErrors', 'SweepFailures'],
        ...['ThrottledFunctions', 'ThrottledRequests', 'UnauthenticatedRequests'],
      ].toSorted(),
    );
    for (const [name, { Properties }] of alarms) {
      expect(Properties['AlarmActions'], name).toEqual([{ Ref: 'SweepAlarmTopic' }]);
      expect(Properties['AlarmDescription'], name).toEqual(expect.any(String));
    }
  });

  test('tell of a share before its tenth running task, and again when it has fewer', () => {
    expect(template.propertiesOf('RunningTasksAlarm')).toMatchObject({
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 9,
      EvaluationPeriods: 1,
      OKActions: [{ Ref: 'SweepAlarmTopic' }],
    });
  });

  test('that count lines have a filter that counts them', () => {
    const counted = template
      .ofType('AWS::Logs::MetricFilter')
      .flatMap(([, { Properties }]) => Properties['MetricTransformations'] as readonly { MetricName: string }[])
      .map(({ MetricName }) => MetricName);

    for (const name of ['ThrottledRequests', 'UnauthenticatedRequests', 'IamRejected']) {
      expect(template.propertiesOf(`${name}Alarm`)?.['MetricName']).toBe(`${name}-prod`);
      expect(counted).toContain(`${name}-prod`);
    }
  });

  test('have a topic whose name the deployment tells, and nobody is subscribed without an address', () => {
    expect(template.outputs['SweepAlarmTopicArn']).toMatchObject({ Value: { Ref: 'SweepAlarmTopic' } });
    expect(template.propertiesOf('SweepAlarmTopic')?.['Subscription']).toEqual([]);
  });
});

test('the dashboard shows metrics that there are', () => {
  const { DashboardBody } = template.propertiesOf('Dashboard') as { DashboardBody: { 'Fn::Sub': string } };
  const { widgets } = JSON.parse(DashboardBody['Fn::Sub']) as {
    widgets: readonly { readonly properties: { readonly title: string; readonly metrics?: readonly string[][] } }[];
  };
  const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []).map(([, metric]) => metric);

  expect(new Set(shown)).toEqual(
    new Set([
      ...['SweepDeleted', 'SweepRemaining', 'SweepFailures', 'SweepSucceeded', 'LongestDueSeconds', '5xx'],
      ...['MostRunningTasks', 'FullShares'],
      ...['UnauthenticatedRequests-prod', 'ThrottledRequests-prod', 'IamRejected-prod'],
    ]),
  );
  expect(widgets.map(({ properties }) => properties.title)).toContain('Requests by status');
});

test('with other parameters the alarms follow the schedule, somebody is subscribed, and the sweep runs alone', async () => {
  const params = ['schedule=rate(1 day)', 'sweepReservedConcurrency=1'];
  const rules = '[{"path_prefix":"/audit \'1\'/","protect":true}]';

  const other = await readTemplate({ ALARM_EMAIL: 'duty@example.com', SWEEP_RULES: rules }, params);
  other.remove();

  for (const name of ['NoGoodSweepAlarm', 'OldestDueTaskAlarm']) {
    expect(other.propertiesOf(name)).toMatchObject({ Period: 86_400, EvaluationPeriods: 2, DatapointsToAlarm: 2 });
  }
  expect(other.propertiesOf('SweepFailuresAlarm')).toMatchObject({ Period: 86_400, EvaluationPeriods: 1 });
  expect(other.propertiesOf('SweepAlarmTopic')?.['Subscription']).toEqual([
    { Protocol: 'email', Endpoint: 'duty@example.com' },
  ]);
  expect(other.propertiesOf('RunningTasksAlarm')).toMatchObject({ Period: 86_400 });
  expect(other.propertiesOf('TimerLambdaFunction')).toMatchObject({
    ReservedConcurrentExecutions: 1,
    // JSON goes through as the text that it is
    Environment: { Variables: { SWEEP_RULES: rules } },
  });
});

test('no secret stands in anything that is packaged, only its name', () => {
  const texts = readdirSync(template.folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(template.folder, name), 'utf8'));

  expect(texts.length).toBeGreaterThan(2);
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect(
      texts.some((text) => text.includes(secret)),
      name,
    ).toBe(false);
  }
  for (const [, { Properties }] of template.ofType('AWS::Lambda::Function')) {
    expect(Properties.Environment?.Variables).toMatchObject({ ALLOWED_SHARES: 'a,b' });
  }
});
