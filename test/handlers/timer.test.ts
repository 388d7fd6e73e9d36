import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createApps } from '../../handlers/platform/apps.ts';
import { createHandler } from '../../handlers/timer.ts';
import { createTimerApp } from '../../lib/app.ts';
import { readTimerConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime } from '../../lib/core/runtime.ts';
import { FunctionGraphContext, lambdaContext } from '../support/contexts.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK } from '../support/examples.ts';
import { onlyApp } from '../support/only-app.ts';
import { ended, HOUR_MS, type SweepingOptions } from '../support/sweep-instance.ts';
import { prepareSweep } from '../support/sweeping.ts';

const onLambda = lambdaContext(60_000);
const example = (name: string): unknown => JSON.parse(readFileSync(`test/events/timer-${name}.json`, 'utf8'));

/** The function `timer` against a cloud with one share that has three tasks of 30 hours and more. */
async function deployTimer(variables: SweepingOptions['variables'] = {}) {
  const sweeping = await prepareSweep({ variables: { SWEEP_KEEP_LATEST: '0', ...variables } });
  const { cloud, app } = sweeping;
  const shareId = cloud.addShare({ id: EXAMPLE_SHARE });
  cloud.addTask(shareId, { id: EXAMPLE_TASK, ...ended(40 * HOUR_MS) });
  for (const age of [30, 35]) cloud.addTask(shareId, ended(age * HOUR_MS));
  return { ...sweeping, shareId, invoke: createHandler(onlyApp(app)) };
}

describe('the events of both platforms', () => {
  test('EventBridge Scheduler: the input is the order', async () => {
    const { cloud, invoke } = await deployTimer();

    const summary = await invoke(example('scheduler'), onLambda);

    expect(summary).toMatchObject({ event: 'sweep.done', dry_run: true, shares: 1, due: 3, deleted: 0 });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('an EventBridge rule without input: by the configuration', async () => {
    const { invoke } = await deployTimer();

    const summary = await invoke(example('eventbridge-rule'), onLambda);

    expect(summary).toMatchObject({ dry_run: false, due: 3, deleted: 3 });
  });

  test('FunctionGraph: the order is the text in user_event', async () => {
    const { cloud, invoke } = await deployTimer();

    const summary = await invoke(example('functiongraph'), new FunctionGraphContext({ remainingMs: 60_000 }));

    expect(summary).toMatchObject({ dry_run: true, shares: 1, due: 3, deleted: 0 });
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test.each(['', '  ', undefined])('FunctionGraph: user_event %j means by the configuration', async (userEvent) => {
    const { invoke } = await deployTimer();

    const summary = await invoke({ ...Object(example('functiongraph')), user_event: userEvent }, onLambda);

    expect(summary).toMatchObject({ dry_run: false, deleted: 3 });
  });

  test('the cap of the event holds where it is lower', async () => {
    const { cloud, invoke } = await deployTimer();

    const summary = await invoke({ max_deletes: 1 }, onLambda);

    expect(summary).toMatchObject({ deleted: 1, remaining: 2 });
    expect(cloud.deletedTaskIds).toEqual([EXAMPLE_TASK]);
  });

  test.each([
    { context: { awsRequestId: 'lambda-request-1' }, id: /^lambda-request-1$/ },
    { context: new FunctionGraphContext({ remainingMs: 60_000 }), id: /^functiongraph-request-1$/ },
    { context: {}, id: /^[0-9a-f]{8}-[0-9a-f-]{27}$/ },
    { context: undefined, id: /^[0-9a-f]{8}-[0-9a-f-]{27}$/ },
  ])('the request id of the platform, or one of our own, is in every line', async ({ context, id }) => {
    const { invoke, lines } = await deployTimer();

    await invoke({}, context);

    const ids = new Set(lines.map((line) => JSON.parse(line).request_id));
    expect(ids.size).toBe(1);
    expect([...ids][0]).toMatch(id);
  });
});

describe('an event that asks for a real run', () => {
  const WHY = 'dry_run: false in an event does not undo SWEEP_DRY_RUN: the run stayed dry';

  test('of a dry configuration is told that the run stayed dry', async () => {
    const { cloud, invoke, logged } = await deployTimer({ SWEEP_DRY_RUN: 'true' });

    const summary = await invoke({ dry_run: false }, onLambda);

    expect(summary).toMatchObject({ dry_run: true, deleted: 0, reason: WHY });
    expect(logged('sweep.done')).toEqual([expect.objectContaining({ reason: WHY })]);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test.each([
    { dryRun: 'false', event: { dry_run: false } },
    { dryRun: 'true', event: {} },
    { dryRun: 'true', event: { dry_run: true } },
  ])('is told nothing where it gets what it asks for: $dryRun, $event', async ({ dryRun, event }) => {
    const { invoke } = await deployTimer({ SWEEP_DRY_RUN: dryRun });

    expect(await invoke(event, onLambda)).not.toHaveProperty('reason');
  });
});

describe('an event that is not understood', () => {
  const functionGraph = Object(example('functiongraph'));
  const rule = Object(example('eventbridge-rule'));

  test.each([
    { event: undefined, names: 'the event' },
    { event: null, names: 'the event' },
    { event: 'sweep', names: 'the event' },
    { event: [], names: 'the event' },
    { event: { dryrun: true }, names: 'dryrun' },
    { event: { dry_run: 'true' }, names: 'dry_run' },
    { event: { dry_run: null }, names: 'dry_run' },
    { event: { shares: EXAMPLE_SHARE }, names: 'shares' },
    { event: { shares: [] }, names: 'shares' },
    { event: { shares: ['a/b'] }, names: 'shares[0]' },
    { event: { shares: [null] }, names: 'shares[0]' },
    { event: { max_deletes: '10' }, names: 'max_deletes' },
    { event: { max_deletes: -1 }, names: 'max_deletes' },
    { event: { max_deletes: 1.5 }, names: 'max_deletes' },
    { event: { max_deletes: null }, names: 'max_deletes' },
    { event: { ...functionGraph, user_event: 'dry run please' }, names: 'user_event' },
    { event: { ...functionGraph, user_event: '[]' }, names: 'user_event' },
    { event: { ...functionGraph, user_event: 7 }, names: 'user_event' },
    { event: { ...functionGraph, user_event: '{"dry_run":1}' }, names: 'dry_run' },
    { event: { ...functionGraph, user_event: '{"keep":1}' }, names: 'keep' },
    { event: { ...functionGraph, trigger_type: 'SMN' }, names: 'trigger_type' },
    { event: { ...rule, 'detail-type': 'EC2 Instance State-change Notification' }, names: 'detail-type' },
    { event: { ...rule, detail: { state: 'stopped' } }, names: 'state' },
    { event: { Records: [{ eventSource: 'aws:sqs' }] }, names: 'Records' },
    { event: { httpMethod: 'POST', body: '{}' }, names: 'httpMethod' },
    { event: { requestContext: { http: { method: 'POST' } }, body: '{}' }, names: 'requestContext' },
    { event: { ...functionGraph, headers: { host: 'a' } }, names: 'headers' },
    { event: { trigger_type: 'TIMER', dry_run: true }, names: 'dry_run' },
    { event: { ...functionGraph, userEvent: '{"dry_run":true}' }, names: 'userEvent' },
    { event: { ...rule, input: { dry_run: true } }, names: 'input' },
    { event: { ...rule, dry_run: true }, names: 'dry_run' },
  ])('is refused with the name of its field: $names', async ({ event, names }) => {
    const { cloud, invoke, logged } = await deployTimer();

    const run = invoke(event, onLambda);

    await expect(run).rejects.toThrow(names);
    expect(cloud.requests).toEqual([]);
    expect(logged('sweep.refused')).toEqual([
      expect.objectContaining({ level: 'ERROR', reason: expect.stringContaining(names) }),
    ]);
    expect(logged('sweep.done')).toEqual([]);
  });

  test('a share outside of the configuration is refused too', async () => {
    const { cloud, invoke } = await deployTimer({ ALLOWED_SHARES: EXAMPLE_SHARE, SWEEP_SHARES: EXAMPLE_SHARE });

    await expect(invoke({ shares: ['another'] }, onLambda)).rejects.toThrow('shares');
    expect(cloud.requests).toEqual([]);
  });
});

describe('a run that fails', () => {
  test('ends as a failed invocation after its last line, and keeps quiet about what it knows', async () => {
    const { cloud, invoke, lines } = await deployTimer();
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 403 } });

    const failure: unknown = await invoke({}, onLambda).catch((error) => error);

    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      event: 'sweep.done',
      level: 'ERROR',
      failed: 1,
      deleted: 2,
    });
    expect(failure).toEqual(new Error('the sweep failed for 1 of 3 due tasks and 0 of 1 shares; the log says why'));
    expect(failure).not.toHaveProperty('cause');
    expect(failure).not.toHaveProperty('originalError');
  });

  test('a failed list too', async () => {
    const { cloud, invoke } = await deployTimer();
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 403 } });

    await expect(invoke({}, onLambda)).rejects.toThrow('1 of 1 shares');
  });

  test('a list of shares that cannot be read is not counted among them', async () => {
    const { cloud, invoke } = await deployTimer({ SWEEP_SHARES: '*' });
    cloud.order({ operation: 'ListShares', kind: { type: 'status', status: 403 } });

    await expect(invoke({}, onLambda)).rejects.toThrow(/^the sweep failed: it found no share to look at$/);
  });

  test('one that time has cut has not failed', async () => {
    const { invoke } = await deployTimer();

    const summary = await invoke({}, lambdaContext(1_500));

    expect(summary).toMatchObject({ truncated: true, failed: 0, failed_shares: 0 });
  });

  test('a re-run after a failure does the rest', async () => {
    const { cloud, invoke, shareId } = await deployTimer();
    cloud.order({ operation: 'DeleteFsTask', skip: 1, kind: { type: 'status', status: 403 } });
    await invoke({}, onLambda).catch(() => {});

    const summary = await invoke({}, onLambda);

    expect(summary).toMatchObject({ deleted: 1, failed: 0 });
    expect(cloud.tasks(shareId)).toEqual([]);
  });

  test('a missing configuration names every variable in the log, and no value', async () => {
    const lines: string[] = [];
    const variables: Readonly<Record<string, string>> = {
      ALLOWED_SHARES: 'share-a',
      SWEEP_MIN_AGE: 'secret-value',
      SWEEP_RATE: '0',
      SWEEP_DRY_RUN: 'no',
    };
    const runtime = { ...nodeRuntime, write: (line: string) => void lines.push(line) };
    const invoke = createHandler(createApps(readTimerConfig, createTimerApp, runtime));

    const run = invoke({}, new FunctionGraphContext({ userData: variables }));

    await expect(run).rejects.toThrow('the sweep was not carried out: the function is not configured');
    const { event, faults } = JSON.parse(lines[0] ?? '');
    expect(event).toBe('config.faults');
    for (const name of ['HW_REGION_NAME', 'SWEEP_SHARES', 'SWEEP_MIN_AGE', 'SWEEP_RATE', 'SWEEP_DRY_RUN']) {
      expect(faults.join()).toContain(name);
    }
    expect(lines.join('')).not.toContain('secret-value');
  });

  test('a bug says nothing but that it is one', async () => {
    const { app, lines } = await deployTimer();
    const now = (): never => {
      throw new TypeError('token gAAAA is wrong');
    };
    const invoke = createHandler(onlyApp({ ...app, runtime: { ...app.runtime, now } }));

    await expect(invoke({}, onLambda)).rejects.toThrow('the sweep was not carried out: internal error');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'bug', bug: expect.stringContaining('TypeError') });
    expect(lines.join('')).not.toContain('gAAAA');
  });
});

describe('metrics', () => {
  const metricLines = (lines: readonly string[]) => lines.map((line) => JSON.parse(line)).filter((line) => line._aws);

  beforeEach(() => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'sfs-turbo-du-cleaner-dev-timer');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('on Lambda a run leaves one line in the embedded metric format, before its last line', async () => {
    const { invoke, lines } = await deployTimer();

    await invoke({}, onLambda);

    const [metrics, ...others] = metricLines(lines);
    expect(others).toEqual([]);
    expect(metrics).toMatchObject({
      FunctionName: 'sfs-turbo-du-cleaner-dev-timer',
      SweepSucceeded: 1,
      SweepFailures: 0,
      SweepDeleted: 3,
      SweepRemaining: 0,
      request_id: 'request-1',
    });
    expect(metrics.LongestDueSeconds).toBe(0);
    const [{ Namespace, Dimensions, Metrics }] = metrics._aws.CloudWatchMetrics;
    expect({ Namespace, Dimensions }).toEqual({ Namespace: 'SfsTurboDuCleaner', Dimensions: [['FunctionName']] });
    for (const { Name } of Metrics) expect(metrics[Name]).toBeTypeOf('number');
    expect(JSON.parse(lines.at(-1) ?? '').event).toBe('sweep.done');
  });

  test.each([
    { name: 'failed', fault: { operation: 'DeleteFsTask', kind: { type: 'status', status: 403 } }, failures: 1 },
    { name: 'could not list', fault: { operation: 'ListFsTasks', kind: { type: 'status', status: 403 } }, failures: 1 },
  ] as const)('a run that $name is no good one', async ({ fault, failures }) => {
    const { cloud, invoke, lines } = await deployTimer();
    cloud.order(fault);

    await invoke({}, onLambda).catch(() => {});

    expect(metricLines(lines)).toEqual([expect.objectContaining({ SweepSucceeded: 0, SweepFailures: failures })]);
  });

  test('a run that time has cut before it saw a task is no good one', async () => {
    const { invoke, lines } = await deployTimer();

    await invoke({}, lambdaContext(1_500));

    expect(metricLines(lines)).toEqual([expect.objectContaining({ SweepSucceeded: 0, SweepFailures: 0 })]);
  });

  test('a run says how many tasks run in the fullest share, and how many shares are full', async () => {
    const { cloud, invoke, lines } = await deployTimer();
    for (const running of [10, 4]) {
      const shareId = cloud.addShare();
      for (let count = 0; count < running; count += 1) cloud.addTask(shareId);
    }

    await invoke({}, onLambda);

    expect(metricLines(lines)).toEqual([expect.objectContaining({ MostRunningTasks: 10, FullShares: 1 })]);
  });

  test('a refused event counts as a failure', async () => {
    const { invoke, lines } = await deployTimer();

    await invoke({ dry_run: 1 }, onLambda).catch(() => {});

    expect(metricLines(lines)).toEqual([expect.objectContaining({ SweepSucceeded: 0, SweepFailures: 1 })]);
  });

  test('every alarm of the deployment watches a metric that a run leaves', async () => {
    const { invoke, lines } = await deployTimer();
    const deployment = readFileSync('deploy/aws/alarms.yml', 'utf8');
    const watched = [...deployment.matchAll(/^ +Namespace: (\w+)\n +MetricName: (\w+)$/gm)];

    await invoke({}, onLambda);

    const [metrics] = metricLines(lines);
    expect(watched.map(([, , metric]) => metric)).toEqual([
      ...['SweepSucceeded', 'SweepFailures', 'LongestDueSeconds', 'MostRunningTasks'],
    ]);
    for (const [, namespace, metric = ''] of watched) {
      expect(metrics).toHaveProperty(metric);
      expect(metrics._aws.CloudWatchMetrics[0].Namespace).toBe(namespace);
    }
  });

  test('on FunctionGraph there are none', async () => {
    const { invoke, lines } = await deployTimer();

    await invoke({}, new FunctionGraphContext({ remainingMs: 60_000 }));

    expect(metricLines(lines)).toEqual([]);
  });
});

test('on FunctionGraph the agency of the invocation lets the sweep in', async () => {
  const { cloud } = await deployTimer();
  const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
  const { HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME, ...environment } = cloud.environment();
  const context = new FunctionGraphContext({
    userData: { ...environment, ALLOWED_SHARES: '*', SWEEP_SHARES: '*', SWEEP_DRY_RUN: 'false' },
    remainingMs: 60_000,
    projectId: cloud.projectId,
    securityAccessKey: accessKey,
    securitySecretKey: secretKey,
    securityToken,
  });
  const invoke = createHandler(createApps(readTimerConfig, createTimerApp, { ...nodeRuntime, write: () => {} }));

  const summary = await invoke(example('functiongraph'), context);

  expect(summary).toMatchObject({ dry_run: true, shares: 1, listed: 3, failed_shares: 0 });
  expect(cloud.requestsOf('CreateToken')).toEqual([]);
});

test('the connections of an instance serve its next run', async () => {
  const { app, cloud, invoke } = await deployTimer();
  onTestFinished(() => app.close());

  await invoke({}, onLambda);
  await invoke({}, onLambda);

  expect(cloud.requestsOf('CreateToken')).toHaveLength(1);
});
