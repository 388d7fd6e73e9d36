import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../../handlers/timer.ts';
import type { Fault } from '../cloud/cloud.ts';
import { FunctionGraphContext } from '../support/contexts.ts';
import { type Deployed, deployOnFunctionGraph, deployOnLambda } from '../support/fanned-out.ts';
import { onlyApp } from '../support/only-app.ts';
import { prepareTargets, type TargetsSweep } from '../support/targets-sweep.ts';

const DUE = 3;

async function prepareEstate(variables: Readonly<Record<string, string>> = {}) {
  const estate = await prepareTargets({ count: 5, variables });
  const due = [0, 1, 2, 3, 4].map((at) => new Set(estate.addDue(at, DUE)));
  const deleted = () => estate.targets.slice(0, 5).map(({ project }) => new Set(project.deletedTaskIds));
  return { ...estate, due, deleted };
}

const payloadsOf = ({ invocations }: Deployed): readonly Record<string, unknown>[] =>
  invocations.map(({ payload }) => JSON.parse(payload));

describe.each([
  { platform: 'Lambda', deploy: deployOnLambda, operation: 'Invoke' },
  { platform: 'FunctionGraph', deploy: deployOnFunctionGraph, operation: 'AsyncInvokeFunction' },
] as const)('on $platform', ({ deploy, operation }) => {
  test('a run invokes the function once for each target and ends; each such run sweeps one', async () => {
    const estate = await prepareEstate();
    const deployed = await deploy(estate);

    const first = await deployed.invoke();
    await deployed.idle();

    expect(first).toMatchObject({ targets: 5, fanned_out: 5, failed_targets: 0, shares: 0, deleted: 0 });
    // each project was listed by one run alone
    const lists = estate.cloud.requestsOf('ListShares').filter(({ query }) => query['offset'] === '0');
    expect(new Set(lists.map(({ projectId }) => projectId)).size).toBe(lists.length);
    expect(new Set(payloadsOf(deployed).map(({ targets }) => String(targets)))).toEqual(new Set(estate.names));
    expect(deployed.invocations).toHaveLength(5);
    expect(estate.deleted()).toEqual(estate.due);
    for (const { logged } of deployed.instances.slice(1)) {
      expect(logged('sweep.done')).toEqual([expect.objectContaining({ targets: 1, deleted: DUE })]);
    }
  });

  test('an event of one target is swept by its own run', async () => {
    const estate = await prepareEstate();
    const deployed = await deploy(estate);

    await deployed.invoke({ targets: [estate.names[2]] });

    expect(deployed.invocations).toEqual([]);
    expect(estate.deleted()[2]).toEqual(estate.due[2]);
  });

  test('what the event narrows is narrowed in each run', async () => {
    const estate = await prepareEstate();
    const deployed = await deploy(estate);
    const shares = [0, 1].map((at) => `${estate.names[at]}/${estate.at(at).shareId}`);

    await deployed.invoke({ dry_run: true, shares });
    await deployed.idle();

    expect(payloadsOf(deployed)).toHaveLength(2);
    expect(payloadsOf(deployed)).toEqual(
      expect.arrayContaining(
        [0, 1].map((at) => ({ targets: [estate.names[at]], dry_run: true, shares: [shares[at]] })),
      ),
    );
    expect(estate.cloud.deletedTaskIds).toEqual([]);
  });

  test('SWEEP_MAX_DELETES is the cap of each run, and none is over all', async () => {
    const estate = await prepareEstate({ SWEEP_MAX_DELETES: '2' });
    const deployed = await deploy(estate);

    await deployed.invoke();
    await deployed.idle();

    expect(estate.deleted().map(({ size }) => size)).toEqual([2, 2, 2, 2, 2]);
  });

  test('an event with a cap is not fanned out, as it is one for all', async () => {
    const estate = await prepareEstate();
    const deployed = await deploy(estate);

    const summary = await deployed.invoke({ max_deletes: 4 });

    expect(deployed.invocations).toEqual([]);
    expect(summary).toMatchObject({ targets: 5, deleted: 4 });
    expect(summary).not.toHaveProperty('fanned_out');
  });

  test.each([
    { type: 'status', status: 403, body: { error_code: 'APIG.0302', error_msg: 'denied' } },
    { type: 'status', status: 429 },
    { type: 'status', status: 500 },
    { type: 'garbage', bytes: 'x' },
    { type: 'reset', when: 'before' },
    { type: 'reset', when: 'after' },
    { type: 'silence', act: true },
  ] satisfies Fault['kind'][])('a target whose invocation meets %j is swept by the run itself', async (kind) => {
    const estate = await prepareEstate();
    const deployed = await deploy(estate);
    deployed.order({ operation, times: 2, kind });

    const first = await deployed.invoke();
    await deployed.idle();

    expect(first).toMatchObject({ targets: 5, fanned_out: 3, failed_targets: 0 });
    expect(
      deployed.instances[0]?.logged('sweep.target').filter(({ outcome }) => outcome === 'not_invoked'),
    ).toHaveLength(2);
    expect(estate.deleted()).toEqual(estate.due);
  });

  test('delivered twice, each target is swept twice at once, and nothing else is deleted', async () => {
    const estate = await prepareEstate();
    const deployed = await deploy(estate, { deliveries: 2 });

    await deployed.invoke();
    await deployed.idle();

    expect(deployed.invocations.map(({ state }) => state)).toEqual(Array(10).fill('succeeded'));
    expect(estate.deleted()).toEqual(estate.due);
    expect(estate.cloud.deletedTaskIds).toHaveLength(5 * DUE);
  });

  test('a run whose target fails is a failed invocation, and the others are not', async () => {
    const estate = await prepareEstate();
    const deployed = await deploy(estate);
    const { id } = estate.at(1).project;
    estate.cloud.order({ where: ({ path }) => path.includes(id), times: 1_000, kind: { type: 'status', status: 403 } });

    await deployed.invoke();
    await deployed.idle();

    const states = deployed.invocations.map(({ payload, state }) => [JSON.parse(payload).targets[0], state]);
    expect(Object.fromEntries(states)).toEqual(
      Object.fromEntries(estate.names.map((name, at) => [name, at === 1 ? 'failed' : 'succeeded'])),
    );
    expect(deployed.invocations.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
  });

  test.each([{ targets: ['nowhere'] }, { targets: [] }, { fan_out: true }, { targets: 'all' }])(
    'a forged invocation is refused like any event: %j',
    async (event) => {
      const estate = await prepareEstate();
      const deployed = await deploy(estate);

      const outcome = await deployed.invoke(event).catch((error: unknown) => error);

      expect(outcome).toBeInstanceOf(Error);
      expect(deployed.invocations).toEqual([]);
      expect(estate.cloud.deletedTaskIds).toEqual([]);
    },
  );
});

test('a FunctionGraph that repeats the agency’s token does not bring it into the log', async () => {
  const estate = await prepareEstate();
  const server = createServer(({ headers }, response) => {
    const body = JSON.stringify({ error_code: 'FSS.0400', error_msg: `no ${headers['x-security-token']}` });
    response.writeHead(400, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  // a server that listens on a port has no path for its address
  const { port } = server.address() as AddressInfo;
  const FUNCTIONGRAPH_ENDPOINT = `http://127.0.0.1:${port}`;
  const { accessKey, secretKey, securityToken } = estate.cloud.issueTemporaryCredentials();
  const agency = { securityAccessKey: accessKey, securitySecretKey: secretKey, securityToken };
  const context = new FunctionGraphContext({ remainingMs: 30_000, projectId: estate.cloud.projectId, ...agency });
  const { app, lines, logged } = estate.start({
    SWEEP_FAN_OUT: 'true',
    HW_REGION_NAME: 'cn-north-4',
    FUNCTIONGRAPH_ENDPOINT,
  });

  await createHandler(onlyApp(app))({}, context);

  expect(logged('sweep.target').filter(({ outcome }) => outcome === 'not_invoked')).toHaveLength(5);
  expect(lines.join('')).not.toContain(securityToken.slice(0, 32));
});

test('on FunctionGraph without an agency the run sweeps every target itself', async () => {
  const estate = await prepareEstate();
  const { sweep, logged } = estate.start({ SWEEP_FAN_OUT: 'true' });

  const summary = await sweep({}, 30_000, { invokeSelf: () => Promise.reject(new Error('no agency')) });

  expect(summary).toMatchObject({ targets: 5, deleted: 5 * DUE });
  expect(logged('sweep.target').filter(({ outcome }) => outcome === 'not_invoked')).toHaveLength(5);
});

test('metrics are of the run and of each of its targets, and of nothing where others have them all', async () => {
  const estate: TargetsSweep = await prepareEstate();
  const deployed = await deployOnLambda(estate);

  await deployed.invoke();
  await deployed.idle();

  const metricsOf = (lines: readonly string[] = []) =>
    lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
  const [first, ...others] = deployed.instances.map(({ lines }) => metricsOf(lines));
  expect(first).toEqual([]);
  expect(others).toHaveLength(5);
  for (const metrics of others) {
    expect(metrics).toMatchObject([
      { FunctionName: 'timer', Target: expect.stringMatching(/^(own|far)-/), SweepSucceeded: 1, SweepFailures: 0 },
      { FunctionName: 'timer', SweepSucceeded: 1, SweepDeleted: DUE },
    ]);
    expect(metrics[0]._aws.CloudWatchMetrics[0].Dimensions).toEqual([['FunctionName', 'Target']]);
    expect(metrics[1]._aws.CloudWatchMetrics[0].Dimensions).toEqual([['FunctionName']]);
  }
});
