import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import JSZip from 'jszip';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { packageService } from '../bundles/bundles.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK, exampleVariables } from '../support/examples.ts';
import { type LambdaFunction, startFunction } from './runtime-api.ts';

const runtime = { node: process.env['BUNDLE_NODE'] ?? '', client: process.env['LAMBDA_CLIENT'] ?? '' };
const FUNCTIONS = ['http', 'timer', 'chat'] as const;
const SWEPT = { ALLOWED_SHARES: EXAMPLE_SHARE, SWEEP_SHARES: EXAMPLE_SHARE, SWEEP_DRY_RUN: 'false' };

let packaged: Awaited<ReturnType<typeof packageService>>;
beforeAll(async () => {
  packaged = await packageService({}, 'prod');
  for (const name of FUNCTIONS) await unzip(name);
});
afterAll(() => packaged?.remove());

/** Each function's zip into a folder of its own, as Lambda does. */
async function unzip(name: string): Promise<void> {
  const zip = await JSZip.loadAsync(readFileSync(join(packaged.folder, `${name}.zip`)), { checkCRC32: true });
  for (const file of Object.values(zip.files).filter(({ dir }) => !dir)) {
    const path = join(packaged.folder, name, file.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await file.async('nodebuffer'));
  }
}

interface Running {
  readonly cloud: Cloud;
  readonly lambda: LambdaFunction;
}

/** A function's zip under AWS's client, against a cloud with the share and the task of the examples. */
async function start(
  name: (typeof FUNCTIONS)[number],
  variables: Readonly<Record<string, string>>,
  handler = `handlers/${name}.handler`,
): Promise<Running> {
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  cloud.addShare({ id: EXAMPLE_SHARE });
  cloud.addTask(EXAMPLE_SHARE, { id: EXAMPLE_TASK });
  const environment = { ...cloud.environment(), ...variables };
  const lambda = await startFunction(runtime, join(packaged.folder, name), handler, environment);
  onTestFinished(() => lambda.stop());
  return { cloud, lambda };
}

function example(name: string, { projectId }: Cloud): unknown {
  const text = readFileSync(`test/events/${name}.json`, 'utf8');
  return JSON.parse(text.replaceAll('aa2d97d7e62c4b7da3ffdfc11551f878', projectId));
}

const linesOf = ({ output }: LambdaFunction): readonly Record<string, unknown>[] =>
  output.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

describe('an HTTP event', () => {
  test.each(['http-api-post', 'http-api-delete'])('%s is answered, and the task is gone', async (name) => {
    const { cloud, lambda } = await start('http', exampleVariables);

    const { type, body } = await lambda.invoke(example(name, cloud));

    expect(type).toBe('response');
    expect(body).toMatchObject({ statusCode: 202, isBase64Encoded: false });
    expect(cloud.deletedTaskIds).toEqual([EXAMPLE_TASK]);
  });

  test('leaves its lines as they are, for filters that read JSON', async () => {
    const { cloud, lambda } = await start('http', exampleVariables);

    await lambda.invoke(example('http-api-post', cloud));

    const requestId = expect.stringMatching(/^00000000-0000-4000-8000-/);
    expect(linesOf(lambda)).toEqual([expect.objectContaining({ event: 'audit', request_id: requestId })]);
  });

  test('is answered before the deadline that Lambda told, whatever SFS Turbo does', async () => {
    const { cloud, lambda } = await start('http', exampleVariables);
    cloud.order({ operation: 'DeleteFsTask', times: Number.POSITIVE_INFINITY, kind: { type: 'silence' } });

    const { body } = await lambda.invoke(example('http-api-post', cloud), 2_000);

    expect(body).toMatchObject({ statusCode: 504 });
  });

  test('of chat gets its 401 without a signature', async () => {
    const variables = { ALLOWED_SHARES: EXAMPLE_SHARE, SLACK_SIGNING_SECRETS: 'signing-secret-of-the-test' };
    const { cloud, lambda } = await start('chat', variables);
    const event = { httpMethod: 'POST', path: '/v1/slack/commands', headers: {}, body: '', isBase64Encoded: false };

    const { type, body } = await lambda.invoke(event);

    expect([type, body]).toEqual(['response', expect.objectContaining({ statusCode: 401 })]);
    expect(cloud.requests).toEqual([]);
  });
});

describe('a schedule', () => {
  test('sweeps, and the summary is the result', async () => {
    const { cloud, lambda } = await start('timer', SWEPT);
    const ended = { beginTime: '2024-01-01 00:00:00', endTime: '2024-01-01 00:00:01' };
    const old = cloud.addTask(EXAMPLE_SHARE, { status: 'FAIL', ...ended });

    const { type, body } = await lambda.invoke({});

    expect([type, body]).toEqual(['response', expect.objectContaining({ event: 'sweep.done', deleted: 1 })]);
    expect(cloud.deletedTaskIds).toEqual([old]);
    expect(linesOf(lambda).filter((line) => '_aws' in line)).toEqual([
      expect.objectContaining({ SweepSucceeded: 1, FunctionName: 'sfs-turbo-du-cleaner-prod' }),
    ]);
  });

  test('that is refused is an error of the invocation, and the next one goes on', async () => {
    const { lambda } = await start('timer', SWEPT);

    const refused = await lambda.invoke({ dry_runn: true });
    const next = await lambda.invoke({ dry_run: true });

    expect(refused).toMatchObject({
      type: 'error',
      body: { errorType: 'Error', errorMessage: expect.stringContaining('dry_runn') },
    });
    expect(next).toMatchObject({ type: 'response', body: { event: 'sweep.done', dry_run: true } });
  });

  test('whose sweep failed is an error of the invocation, and the log says why', async () => {
    const { cloud, lambda } = await start('timer', SWEPT);
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 403 } });

    const { type, body } = await lambda.invoke({});

    expect(type).toBe('error');
    expect(body).toMatchObject({ errorMessage: expect.stringContaining('the sweep failed for') });
    expect(linesOf(lambda).map(({ event }) => event)).toContain('sweep.share');
  });
});

describe('a start', () => {
  test('without configuration does not fail: each answer says what to do, and the log names every variable', async () => {
    const folder = join(packaged.folder, 'http');
    const lambda = await startFunction(runtime, folder, 'handlers/http.handler', {});
    onTestFinished(() => lambda.stop());

    const { type, body } = await lambda.invoke(JSON.parse(readFileSync('test/events/http-api-post.json', 'utf8')));

    expect([type, body]).toEqual(['response', expect.objectContaining({ statusCode: 503 })]);
    const [faults] = linesOf(lambda).filter(({ event }) => event === 'config.faults');
    expect(JSON.stringify(faults)).toContain('HW_REGION_NAME');
  });

  test.each([
    { handler: 'handlers/http.nothing', errorType: 'Runtime.HandlerNotFound' },
    { handler: 'handlers/gone.handler', errorType: 'Runtime.ImportModuleError' },
  ])('with $handler is reported as failed: $errorType', async ({ handler, errorType }) => {
    const { lambda } = await start('http', exampleVariables, handler);

    const { type, body } = await lambda.failedStart();

    expect([type, body]).toEqual(['initError', expect.objectContaining({ errorType })]);
  });

  test('whose code throws is reported as failed', async () => {
    const path = join(packaged.folder, 'http/handlers/broken.js');
    writeFileSync(path, `throw new TypeError('no memory for the bundle');`);
    const { lambda } = await start('http', exampleVariables, 'handlers/broken.handler');

    const { type, body } = await lambda.failedStart();

    expect([type, body]).toEqual(['initError', expect.objectContaining({ errorMessage: 'no memory for the bundle' })]);
  });
});
