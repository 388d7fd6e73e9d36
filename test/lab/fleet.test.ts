import { expect, test } from 'vitest';
import { lambdaContext } from '../support/contexts.ts';
import { deploy, httpEvent } from '../support/deployment.ts';

const INSTANCES = 10;
const STEP_MS = 3_000;
const STEPS = (15 * 60_000) / STEP_MS;

/** Ten instances that have the same wrong password, on one clock with the cloud. */
async function startFleet() {
  let nowMs = Date.UTC(2026, 0, 1);
  const now = () => nowMs;
  const first = await deploy({
    cloud: { now },
    variables: { HW_USER_PASSWORD: 'wrong', LOG_LEVEL: 'ERROR' },
    runtime: { now, monotonicNow: now },
  });
  const instances = [first, ...Array.from({ length: INSTANCES - 1 }, () => first.coldStart())];
  for (const { app } of instances) app.preconnect();
  return { cloud: first.cloud, shareId: first.shareId, instances, pass: () => (nowMs += STEP_MS) };
}

const STRANGER = httpEvent('POST', '/v1/tasks/cancel', { authorization: 'Bearer guess' }, '{}');
const HEALTH = httpEvent('GET', '/healthz');

test('strangers cause no login at ten instances within a quarter of an hour', async () => {
  const { cloud, instances, pass } = await startFleet();

  for (let step = 0; step < STEPS; step += 1) {
    for (const { invoke } of instances) {
      await invoke(STRANGER, lambdaContext());
      await invoke(HEALTH, lambdaContext());
    }
    pass();
  }

  expect(cloud.requestsOf('CreateToken')).toHaveLength(0);
});

test('known callers cause one login an instance within a quarter of an hour', async () => {
  const { cloud, shareId, instances, pass } = await startFleet();

  for (let step = 0; step < STEPS; step += 1) {
    for (const { invoke, cancel } of instances) {
      await invoke(STRANGER, lambdaContext());
      expect((await cancel({ share_id: shareId, task_id: 'any' })).statusCode).toBe(502);
    }
    pass();
  }

  expect(cloud.requestsOf('CreateToken')).toHaveLength(INSTANCES);
});
