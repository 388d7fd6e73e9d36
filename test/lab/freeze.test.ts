import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { esbuildOptions, slim } from '../../deploy/bundle/esbuild.cjs';
import { type BundleResult, startBundle } from '../bundles/bundles.ts';
import { startCloud } from '../cloud/cloud.ts';
import { cancelEvent } from '../support/deployment.ts';
import { startProxy } from './proxy.ts';

const folder = mkdtempSync(join(tmpdir(), 'du-freeze-'));
const CALLER_KEY = 'key-of-the-freeze-rig';
const bundleFile = join(folder, 'http.js');

beforeAll(async () => {
  await build({
    ...esbuildOptions,
    plugins: [slim],
    entryPoints: ['handlers/http.ts'],
    outfile: bundleFile,
    logLevel: 'error',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The function in a process of its own, as a platform runs it, behind a network that drops connections. */
async function startInstance({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, maxAttempts: number) {
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const iam = await startProxy(cloud.iamUrl);
  onTestFinished(() => iam.close());
  const sfsTurbo = await startProxy(cloud.sfsTurboUrl);
  onTestFinished(() => sfsTurbo.close());
  const shareId = cloud.addShare();
  const bundle = startBundle(bundleFile, {
    ...cloud.environment(),
    CALLER_KEYS: `ci:${createHash('sha256').update(CALLER_KEY).digest('hex')}`,
    HW_AUTH_URL: `${iam.origin}/v3`,
    SFS_TURBO_ENDPOINT: sfsTurbo.origin,
    ALLOWED_SHARES: shareId,
    MAX_ATTEMPTS: String(maxAttempts),
  });
  onTestFinished(() => bundle.stop());

  return {
    cloud,
    /** The platform gives the call as much time as makes a second and a half for the work. */
    cancel: (): Promise<BundleResult> => {
      const task = { share_id: shareId, task_id: cloud.addTask(shareId) };
      const event = cancelEvent(task, { authorization: `Bearer ${CALLER_KEY}` });
      return bundle.invoke(event, { platform: 'lambda', remainingMs: 2_000 });
    },
    freeze: () => process.kill(bundle.pid, 'SIGSTOP'),
    thaw: () => process.kill(bundle.pid, 'SIGCONT'),
    /** The network forgets the connections: the next byte on them is answered with RST. */
    purge: () => {
      iam.purge();
      sfsTurbo.purge();
    },
    /** The network forgets the connections, and loses what is sent on them without a word. */
    mute: () => {
      iam.mute();
      sfsTurbo.mute();
    },
    /** The service ends them, and RST arrives while nobody reads. */
    reset: () => cloud.resetConnections(),
    /** IAM's connections and token are old as well. */
    revoke: () => cloud.revokeTokens(),
  };
}

// a pause of up to a second leaves the connections trusted, so that the request must go out again
describe.concurrent.each([
  { ms: 150, how: 'purge' },
  { ms: 600, how: 'reset' },
  { ms: 1_200, how: 'purge' },
  { ms: 1_400, how: 'reset' },
  { ms: 1_300, how: 'mute' },
  { ms: 3_000, how: 'mute' },
] as const)('a function that was frozen for $ms ms while the network did $how', ({ ms, how }) => {
  test('cancels at once when it wakes up, five times of five', async ({ expect, onTestFinished }) => {
    // without retries, so that nothing but the transport keeps the call alive
    const instance = await startInstance({ onTestFinished }, 1);
    const answers = [await instance.cancel()];

    for (let freeze = 1; freeze <= 5; freeze += 1) {
      instance.freeze();
      instance[how]();
      await sleep(ms);
      // already waiting when the process wakes up, as an invocation is
      const cancelling = instance.cancel();
      instance.thaw();
      answers.push(await cancelling);
    }

    expect(answers.map(({ answer, error }) => answer?.statusCode ?? error)).toEqual(new Array(6).fill(202));
    for (const { answer } of answers) expect(JSON.parse(answer?.body ?? '').outcome).toBe('accepted');
    expect(instance.cloud.deletedTaskIds).toHaveLength(6);
    expect(instance.cloud.requestsOf('CreateToken')).toHaveLength(1);
  });

  test('renews a dead token over connections that are dead as well', async ({ expect, onTestFinished }) => {
    const instance = await startInstance({ onTestFinished }, 1);
    await instance.cancel();

    instance.freeze();
    instance[how]();
    instance.revoke();
    await sleep(ms);
    const cancelling = instance.cancel();
    instance.thaw();
    const { answer } = await cancelling;

    expect(answer?.statusCode).toBe(202);
    expect(instance.cloud.deletedTaskIds).toHaveLength(2);
  });
});

test('a function that was frozen within a call answers it, and the next one', async ({ onTestFinished }) => {
  const instance = await startInstance({ onTestFinished }, 3);
  await instance.cancel();
  instance.cloud.order({ operation: 'DeleteFsTask', kind: { type: 'silence' } });
  const interrupted = instance.cancel();
  await expect.poll(() => instance.cloud.requestsOf('DeleteFsTask').length).toBe(2);

  instance.freeze();
  instance.purge();
  await sleep(1_200);
  instance.reset();
  instance.thaw();
  const [first, second] = await Promise.all([interrupted, instance.cancel()]);

  expect([first.answer?.statusCode, second.answer?.statusCode]).toEqual([202, 202]);
});
