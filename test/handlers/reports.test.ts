import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createHandler as createHttpHandler } from '../../handlers/http.ts';
import { createApps } from '../../handlers/platform/apps.ts';
import { createHandler } from '../../handlers/timer.ts';
import { createHttpApp, createTimerApp } from '../../lib/app.ts';
import { readHttpConfig, readTimerConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime } from '../../lib/core/runtime.ts';
import { startCloud } from '../cloud/cloud.ts';
import { FunctionGraphContext, lambdaContext } from '../support/contexts.ts';
import { httpEvent } from '../support/deployment.ts';
import { onlyApp } from '../support/only-app.ts';
import type { ReportPlatform } from '../support/report-platforms/platform.ts';
import { KINDS, startReports } from '../support/reporting.ts';
import { ended, HOUR_MS } from '../support/sweep-instance.ts';
import { prepareSweep } from '../support/sweeping.ts';

/** The functions with one share, deployed with these variables beside those that they need. */
async function deployWith(variables: Readonly<Record<string, string>>) {
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const lines: string[] = [];
  const runtime = { ...nodeRuntime, write: (line: string) => void lines.push(line) };
  const key = 'key-of-ci';
  const userData = {
    ...cloud.environment(),
    ALLOWED_SHARES: '*',
    SWEEP_SHARES: '*',
    SWEEP_DRY_RUN: 'false',
    SWEEP_KEEP_LATEST: '0',
    CALLER_KEYS: `ci:${createHash('sha256').update(key).digest('hex')}:sweep`,
    ...variables,
  };
  const context = new FunctionGraphContext({ userData, remainingMs: 60_000 });
  const timer = createHandler(createApps(readTimerConfig, createTimerApp, runtime));
  const http = createHttpHandler(createApps(readHttpConfig, createHttpApp, runtime));
  return {
    cloud,
    lines,
    shareId: cloud.addShare(),
    sweep: (event: unknown) => timer(event, context),
    sweepByHttp: (body: object) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      return http(httpEvent('POST', '/v1/sweeps', headers, body), context);
    },
  };
}

async function startAll(): Promise<{ readonly platforms: readonly ReportPlatform[]; readonly to: string }> {
  const platforms = await Promise.all(KINDS.map(startReports));
  return { platforms, to: platforms.map(({ entry }) => entry).join(' ') };
}

describe('a run that does not begin is reported', () => {
  test.each([
    {
      what: 'faulty variables, by name',
      variables: { SWEEP_MIN_AGE: 'secret-value', SWEEP_RATE: '0' },
      event: {},
      says: ['the function is not configured correctly', 'SWEEP_MIN_AGE must be', 'SWEEP_RATE must be'],
      code: 'misconfigured',
    },
    {
      what: 'an event that is not understood',
      variables: {},
      event: { dryrun: true },
      says: ['the event that started it is not understood', 'dryrun'],
      code: 'invalid_input',
    },
    {
      what: 'a share that is not swept',
      variables: {},
      event: { shares: ['another'] },
      says: ['the event that started it is not understood', 'shares names a share that this function does not sweep'],
      code: 'invalid_input',
    },
  ])('$what', async ({ variables, event, says, code }) => {
    const { platforms, to } = await startAll();
    const { sweep, lines } = await deployWith({ REPORT_TO: to, SWEEP_SHARES: 'a', ...variables });

    await expect(sweep(event)).rejects.toThrow('the sweep was not carried out');

    for (const { taken } of platforms.slice(0, -1)) {
      expect(taken).toHaveLength(1);
      for (const text of ['it did not run', 'functiongraph-request-1', ...says]) expect(taken[0]?.text).toContain(text);
    }
    expect(platforms.at(-1)?.taken[0]?.body).toMatchObject({ type: 'sweep.not_run', data: { error: { code } } });
    const secrets = [...platforms.flatMap((platform) => platform.secrets), 'secret-value'];
    for (const text of [lines.join(''), ...platforms.flatMap(({ taken }) => taken.map(({ text }) => text))]) {
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });

  test('unless the variables of the reports are faulty themselves', async () => {
    const { platforms, to } = await startAll();
    const { sweep, lines } = await deployWith({ REPORT_TO: `${to} slack=deadbeef` });

    await expect(sweep({})).rejects.toThrow('the sweep was not carried out');

    expect(platforms.flatMap(({ received }) => received)).toEqual([]);
    expect(lines.join('')).toContain('REPORT_TO entry 7 (slack) must be https://hooks.slack.com/services/…');
    expect(lines.join('')).not.toContain('deadbeef');
  });

  test('or failures are not to be reported', async () => {
    const { platforms, to } = await startAll();
    const { sweep } = await deployWith({ REPORT_TO: to, REPORT_ON: 'change', SWEEP_RATE: '0' });

    await expect(sweep({})).rejects.toThrow('the sweep was not carried out');

    expect(platforms.flatMap(({ received }) => received)).toEqual([]);
  });

  test('and a platform that is dead does not hide why it did not', async () => {
    const { platforms, to } = await startAll();
    await Promise.all(platforms.map((platform) => platform.close()));
    const { sweep, lines } = await deployWith({ REPORT_TO: to });

    await expect(sweep({ dryrun: true })).rejects.toThrow('unknown field "dryrun"');

    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['sweep.refused', ...KINDS.map(() => 'report')]);
  });
});

describe('a failed report', () => {
  test('leaves the run a good one, and its answer the same', async () => {
    const { platforms, to } = await startAll();
    for (const platform of platforms) platform.answerWith({ status: 500, body: '' });
    const { sweep, cloud, shareId } = await deployWith({ REPORT_TO: to });
    cloud.addTask(shareId, ended(50 * HOUR_MS));

    expect(await sweep({})).toMatchObject({ event: 'sweep.done', deleted: 1, failed: 0 });
  });

  test('leaves a failed run a failed one', async () => {
    const { to, platforms } = await startAll();
    const { sweep, cloud, shareId } = await deployWith({ REPORT_TO: to });
    cloud.addTask(shareId, ended(50 * HOUR_MS));
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 403 } });

    await expect(sweep({})).rejects.toThrow('the sweep failed for 1 of 1 due tasks');
    for (const { taken } of platforms) expect(taken).toHaveLength(1);
  });
});

test('on Lambda a metric counts the reports that were not taken', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'sfs-turbo-du-cleaner-dev-timer');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { platforms, to } = await startAll();
  platforms[0]?.answerWith({ status: 500, body: '' });
  const { app, lines } = await prepareSweep({ variables: { REPORT_TO: to, REPORT_ON: 'always' } });

  await createHandler(onlyApp(app))({}, lambdaContext(60_000)).catch(() => {});

  const metrics = lines.map((line) => JSON.parse(line)).filter((line) => line._aws !== undefined);
  expect(metrics.at(-1)).toMatchObject({ ReportsFailed: 1, FunctionName: 'sfs-turbo-du-cleaner-dev-timer' });
});

test('a sweep by HTTP is reported as one of the schedule', async () => {
  const { platforms, to } = await startAll();
  const { sweepByHttp, cloud, shareId } = await deployWith({ REPORT_TO: to });
  cloud.addTask(shareId, { path: '/by/http', ...ended(50 * HOUR_MS) });

  const dry = await sweepByHttp({ dry_run: true });
  const reportedDry = platforms.flatMap(({ taken }) => taken).length;
  const real = await sweepByHttp({ dry_run: false });

  expect([dry.statusCode, real.statusCode]).toEqual([200, 200]);
  expect(reportedDry).toBe(0);
  for (const { taken } of platforms) {
    expect(taken).toHaveLength(1);
    expect(taken[0]?.text).toContain('/by/http');
  }
});

test('a project that has the name of its region is named once', async () => {
  const { platforms, to } = await startAll();
  const { sweep, cloud, shareId } = await deployWith({ REPORT_TO: to });
  cloud.addTask(shareId, ended(50 * HOUR_MS));

  await sweep({});

  for (const { taken } of platforms) {
    expect(taken[0]?.text).toContain('cn-north-4');
    expect(taken[0]?.text).not.toContain('cn-north-4, cn-north-4');
  }
});
