import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparable } from '../cloud/contents.ts';
import type { CloudState } from '../cloud/state.ts';
import { CONCURRENT, createLab, SECRETS } from '../lab.ts';
import { CANCEL_PATH } from '../service.ts';

const lab = createLab();
/** What the first deployment leaves; tests work on copies. */
let deployed: CloudState;

beforeAll(async () => {
  deployed = (await lab.deployFirst()).cloud.state;
});
afterAll(() => lab.close());

describe.concurrent('when FunctionGraph fails, functiongraph deploy', CONCURRENT, () => {
  test('names the failed step, the answer and what exists, and goes on from there when run again', async () => {
    const cloud = await lab.startCloud();
    const service = await lab.createService();
    const refusal = { status: 500, error_code: 'FSS.0500', error_msg: `internal error for ${SECRETS.callerKeys}` };
    cloud.refuseNext('UpdateFunctionMaxInstanceConfig', refusal);

    const failed = await lab.serverless(service, 'deploy', cloud);
    const again = await lab.serverless(service, 'deploy', cloud);

    expect(failed.code).toBe(1);
    expect(failed.output).toContain('du-test-timer: set the maximum of instances: failed.');
    expect(failed.output).toMatch(/FSS\.0500 internal error for \*\*\* \(HTTP 500, request id [0-9a-f]{32}\)/);
    expect(failed.output).toContain('du-test-http: deployed');
    expect(failed.output).toContain('du-test-timer: created; its triggers are not all there yet');
    expect(failed.output).toContain('du-test-chat: deployed');
    expect(failed.output).toContain('run the same command again');
    expect(failed.output).toContain('npx serverless functiongraph deploy --stage test');
    expect(failed.output).not.toMatch(/\n\s+at .*:\d+/);
    expect(again.code, again.output).toBe(0);
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
  });

  test('converges after an answer that was lost on its way', async () => {
    const cloud = await lab.startCloud();
    const service = await lab.createService();
    cloud.loseNextAnswer('CreateFunctionTrigger');

    const failed = await lab.serverless(service, 'deploy', cloud);
    const again = await lab.serverless(service, 'deploy', cloud);

    expect(failed.code).toBe(1);
    expect(failed.output).toContain(`du-test-http: create route DELETE ${CANCEL_PATH}: failed.`);
    expect(failed.output).toContain('no answer from FunctionGraph');
    expect(again.code, again.output).toBe(0);
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
  });

  test('waits and repeats a throttled request, and does without what the region does not tell', async () => {
    const cloud = await lab.startCloud(deployed);
    // a region that does not tell its runtimes is no failure
    cloud.refuseNext('ListRuntimes', { status: 404, error_code: 'APIGW.0101', error_msg: 'The API does not exist' });
    const throttled = { status: 429, error_code: 'FSS.0429', error_msg: 'api is busy now' };
    cloud.refuseNext('UpdateFunctionConfig', throttled, 2);

    const service = await lab.createService((settings) => {
      Object.assign(settings.custom.functiongraph.userData, { LONG: 'x'.repeat(2100) });
    });
    const result = await lab.serverless(service, 'deploy', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain('http: its variables have 2');
    expect(cloud.requests.filter(({ operation }) => operation === 'UpdateFunctionConfig')).toHaveLength(2 + 3);
  });

  test('gives up on endless throttling and says so', async () => {
    const cloud = await lab.startCloud(deployed);
    cloud.refuseNext(
      'ListFunctions',
      { status: 429, error_code: 'APIGW.0308', error_msg: 'The throttling threshold has been reached' },
      9,
    );

    const result = await lab.serverless(await lab.createService(), 'info', cloud);

    expect(result.code).toBe(1);
    expect(result.output).toContain('APIGW.0308 The throttling threshold has been reached (HTTP 429');
    expect(cloud.requests).toHaveLength(4);
  });
});
