import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../../handlers/http.ts';
import { createApps } from '../../handlers/middleware/apps.ts';
import { realWorld } from '../../lib/world.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { FunctionGraphContext } from '../contexts.ts';
import { cancelEvent } from '../deployment.ts';

/** The function on FunctionGraph, whose variables may change while it runs. */
async function deployOnFunctionGraph() {
  const cloud: Cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  const userData: Record<string, string> = {
    ...cloud.environment(),
    ALLOWED_SHARES: shareId,
    CALLER_KEYS: `ci:${createHash('sha256').update('key').digest('hex')}`,
  };
  const handler = createHandler(createApps({ ...realWorld, write: () => {} }));
  const cancel = async (): Promise<number> => {
    const body = { share_id: shareId, task_id: cloud.addTask(shareId) };
    const event = cancelEvent(body, { authorization: 'Bearer key' });
    return (await handler(event, new FunctionGraphContext({ userData }))).statusCode;
  };
  return { cloud, userData, cancel };
}

const loginsOf = (cloud: Cloud) => cloud.requestsOf('CreateToken').map(({ status }) => status);

describe('a password that was changed under a running instance', () => {
  test('is read anew before the login that follows a 401', async () => {
    const { cloud, userData, cancel } = await deployOnFunctionGraph();
    const good = userData['HW_USER_PASSWORD'] ?? '';
    expect(await cancel()).toBe(202);
    // the instance has been started with a password that is right, and then it is changed in both places
    userData['HW_USER_PASSWORD'] = 'another';
    cloud.revokeTokens();

    expect(await cancel()).toBe(502);
    userData['HW_USER_PASSWORD'] = good;
    expect(await cancel()).toBe(202);

    expect(loginsOf(cloud)).toEqual([201, 401, 201]);
  });

  test('is taken at the next call after a refusal, though the refusal is remembered', async () => {
    const { cloud, userData, cancel } = await deployOnFunctionGraph();
    const good = userData['HW_USER_PASSWORD'] ?? '';
    userData['HW_USER_PASSWORD'] = 'wrong';

    const statuses = [await cancel(), await cancel()];
    userData['HW_USER_PASSWORD'] = good;
    statuses.push(await cancel());

    expect(statuses).toEqual([502, 502, 202]);
    expect(loginsOf(cloud)).toEqual([401, 201]);
  });
});
