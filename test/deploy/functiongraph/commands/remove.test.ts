import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparable, functionNamed, operations } from '../cloud/contents.ts';
import type { CloudState } from '../cloud/state.ts';
import { CONCURRENT, createLab } from '../lab.ts';
import { CANCEL_PATH } from '../service.ts';

const lab = createLab();
/** What the first deployment leaves; tests work on copies. */
let deployed: CloudState;

beforeAll(async () => {
  deployed = (await lab.deployFirst()).cloud.state;
});
afterAll(() => lab.close());

describe.concurrent('functiongraph remove', CONCURRENT, () => {
  test('deletes triggers, then functions, of this service and stage only, and may be repeated', async () => {
    const cloud = await lab.startCloud(deployed);
    const other = functionNamed(deployed, 'chat');
    const otherUrn = other.urn.replace('du-test-chat', 'du-test-prod-chat');
    const description = 'Deployed by Serverless: service du-test, stage prod';
    const config = { ...other.config, func_name: 'du-test-prod-chat', description };
    cloud.state.functions.set(otherUrn, { ...structuredClone(other), urn: otherUrn, config });
    const service = await lab.createService();

    const first = await lab.serverless(service, 'remove --yes', cloud);
    const second = await lab.serverless(service, 'remove', cloud);

    expect(first.code, first.output).toBe(0);
    expect(first.output).toContain(`removed du-test-http: route DELETE ${CANCEL_PATH}`);
    expect(first.output).toContain('removed du-test-http\n');
    expect(second.code, second.output).toBe(0);
    expect(second.output).toContain('There is nothing to remove');
    expect([...cloud.state.functions.keys()]).toEqual([otherUrn]);
    expect(cloud.state.apis.size).toBe(0);
    expect(cloud.state.throttles.size).toBe(0);
    expect(operations(cloud, 'Delete')).toEqual([
      'DeleteFunctionTrigger',
      'DeleteApi',
      'DeleteFunctionTrigger',
      'DeleteApi',
      'DeleteFunction',
      'DeleteFunctionTrigger',
      'DeleteFunction',
      'DeleteFunctionTrigger',
      'DeleteFunction',
      'DeleteThrottle',
    ]);
  });

  test.for([
    { name: 'the answer is no', answer: 'n\n' },
    { name: 'nobody answers', answer: '' },
  ])('removes nothing where $name', async ({ answer }) => {
    const cloud = await lab.startCloud(deployed);

    const result = await lab.serverless(await lab.createService(), 'remove', cloud, {}, answer);

    expect(result.code).toBe(1);
    expect(result.output).toContain('Delete du-test-http, du-test-timer, du-test-chat and their triggers');
    expect(result.output).toContain('Nothing was removed.');
    expect(comparable(cloud.state)).toEqual(comparable(deployed));
    expect(operations(cloud, 'Delete')).toEqual([]);
  });

  test('removes everything where the answer is yes', async () => {
    const cloud = await lab.startCloud(deployed);

    const result = await lab.serverless(await lab.createService(), 'remove', cloud, {}, 'y\n');

    expect(result.code, result.output).toBe(0);
    expect(cloud.state.functions.size).toBe(0);
  });
});
