import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionNamed } from '../cloud/contents.ts';
import type { CloudState } from '../cloud/state.ts';
import { CONCURRENT, createLab } from '../lab.ts';

const lab = createLab();
/** What the first deployment leaves; tests work on copies. */
let deployed: CloudState;

beforeAll(async () => {
  deployed = (await lab.deployFirst()).cloud.state;
});
afterAll(() => lab.close());

describe.concurrent('functiongraph info', CONCURRENT, () => {
  test('shows functions, triggers, URLs and what is not deployed, and changes nothing', async () => {
    const cloud = await lab.startCloud(deployed);
    cloud.state.functions.delete(functionNamed(cloud.state, 'chat').urn);

    const result = await lab.serverless(await lab.createService(), 'info', cloud);

    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain(functionNamed(deployed, 'http').urn);
    expect(result.output).toContain('POST https://group-1.apic.example.com/v1/tasks/cancel (NONE)');
    expect(result.output).toMatch(/du-test-chat\n\s+not deployed/);
    expect(cloud.requests.every(({ operation }) => operation.startsWith('List'))).toBe(true);
  });
});
