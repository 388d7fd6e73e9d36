import { describe, expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../../lib/app.ts';
import { readHttpConfig } from '../../../lib/config/read-config.ts';
import type { Call } from '../../../lib/core/call.ts';
import { createLogs } from '../../../lib/core/log.ts';
import { parseTaskRef } from '../../../lib/core/task.ts';
import { type Cloud, startCloud } from '../../cloud/cloud.ts';
import { createFakeRuntime } from '../../support/fake-runtime.ts';

/** An app in front of the embedded cloud, whose password can be read anew. */
async function startApp(
  variablesOf: (cloud: Cloud) => Readonly<Record<string, string>> = (cloud) => cloud.environment(),
) {
  const runtime = createFakeRuntime();
  const cloud = await startCloud({ now: runtime.now });
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  const variables: Record<string, string> = { ...variablesOf(cloud), ALLOWED_SHARES: '*', MAX_ATTEMPTS: '1' };
  const read = () => readHttpConfig((name) => variables[name]);
  const app = createApp(read(), runtime, async () => read());
  onTestFinished(() => app.close());
  const call = (): Call => ({
    requestId: 'r',
    deadlineAtMs: runtime.now() + 25_000,
    log: createLogs('DEBUG', runtime.write)('r'),
  });
  const cancel = () =>
    app
      .cancelTask(
        parseTaskRef({ share_id: shareId, task_id: cloud.addTask(shareId) }),
        { name: 'ci', shares: '*' },
        call(),
      )
      .then(
        ({ outcome }) => outcome as string,
        (error: { readonly code: string }) => error.code,
      );
  return { app, cloud, runtime, variables, cancel };
}

const byKey = (cloud: Cloud) => ({
  ...cloud.environment(),
  HW_DOMAIN_NAME: '',
  HW_USER_NAME: '',
  HW_USER_PASSWORD: '',
  HW_ACCESS_KEY: cloud.accessKey,
  HW_SECRET_KEY: cloud.secretKey,
});

describe('credentials are in doubt', () => {
  test('not before they were refused, nor after a success', async () => {
    const { app, cancel } = await startApp();
    const before = app.isInDoubt();

    await cancel();

    expect([before, app.isInDoubt()]).toEqual([false, false]);
  });

  test('from a refused login until a login with the password that was read anew', async () => {
    const { app, cloud, runtime, variables, cancel } = await startApp();
    variables['HW_USER_PASSWORD'] = cloud.password;
    cloud.changePassword('another');

    const refused = await cancel();
    const inDoubt = app.isInDoubt();
    variables['HW_USER_PASSWORD'] = 'another';
    runtime.advance(15 * 60_000);
    const accepted = await cancel();

    expect([refused, inDoubt, accepted, app.isInDoubt()]).toEqual(['iam_rejected', true, 'accepted', false]);
  });

  test('from a refused token until a renewed one is accepted', async () => {
    const { app, cloud, runtime, cancel } = await startApp();
    await cancel();
    cloud.order({ operation: 'DeleteFsTask', times: 2, kind: { type: 'status', status: 401 } });

    const refused = await cancel();
    const inDoubt = app.isInDoubt();
    runtime.advance(60_000);
    const accepted = await cancel();

    expect([refused, inDoubt, accepted, app.isInDoubt()]).toEqual(['iam_rejected', true, 'accepted', false]);
  });

  test('not by a single refused token that a renewed one cures', async () => {
    const { app, cloud, cancel } = await startApp();
    await cancel();
    cloud.revokeTokens();

    const outcome = await cancel();

    expect([outcome, app.isInDoubt()]).toEqual(['accepted', false]);
  });

  test('from a refused access key until it is accepted', async () => {
    const { app, cloud, runtime, cancel } = await startApp(byKey);
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 401 } });
    const before = app.isInDoubt();

    const refused = await cancel();
    const again = await cancel();
    const inDoubt = app.isInDoubt();
    runtime.advance(60_000);
    const accepted = await cancel();

    expect([before, refused, again, inDoubt, accepted]).toEqual([
      false,
      'iam_rejected',
      'iam_rejected',
      true,
      'accepted',
    ]);
    expect(app.isInDoubt()).toBe(false);
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(2);
  });

  test('not by a failure of IAM that is no refusal', async () => {
    const { app, cloud, cancel } = await startApp();
    cloud.order({ operation: 'CreateToken', kind: { type: 'status', status: 503 } });

    const outcome = await cancel();

    expect([outcome, app.isInDoubt()]).toEqual(['upstream_unavailable', false]);
  });
});
