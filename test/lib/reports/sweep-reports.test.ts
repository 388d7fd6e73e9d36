import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ReportPlatform } from '../../support/report-platforms/platform.ts';
import { KINDS, startReports } from '../../support/reporting.ts';
import { ended, HOUR_MS, type SweepingOptions } from '../../support/sweep-instance.ts';
import { prepareSweep } from '../../support/sweeping.ts';
import { prepareTargets } from '../../support/targets-sweep.ts';

/** A sweep that reports to the stand-ins of all platforms. */
async function reportedSweep(variables: SweepingOptions['variables'] = {}, options: SweepingOptions = {}) {
  const platforms = await Promise.all(KINDS.map(startReports));
  const REPORT_TO = platforms.map(({ entry }) => entry).join(' ');
  const sweeping = await prepareSweep({ ...options, variables: { SWEEP_KEEP_LATEST: '0', REPORT_TO, ...variables } });
  return { ...sweeping, platforms, shareId: sweeping.cloud.addShare() };
}

const textsOf = (platforms: readonly ReportPlatform[]) => platforms.map(({ taken }) => taken.at(-1)?.text ?? '');

test('a run tells every platform what was deleted, what failed and why, what waits, and what is full', async () => {
  const { cloud, sweep, platforms, shareId } = await reportedSweep({ SWEEP_MAX_DELETES: '2' });
  for (let running = 0; running < 10; running += 1) cloud.addTask(shareId, { path: '/running' });
  cloud.addTask(shareId, { path: '/a/failed', ...ended(50 * HOUR_MS) });
  cloud.addTask(shareId, { path: '/b/deleted', ...ended(49 * HOUR_MS) });
  cloud.addTask(shareId, { path: '/c/left', ...ended(40 * HOUR_MS) });
  cloud.order({
    operation: 'DeleteFsTask',
    kind: { type: 'status', status: 403, body: { errCode: 'SFS.TURBO.9000', errMsg: 'no permission here' } },
  });

  const summary = await sweep();

  expect(summary).toMatchObject({ deleted: 1, failed: 1, remaining: 1, running_full_shares: 1 });
  for (const text of textsOf(platforms).slice(0, -1)) {
    expect(text).toContain('SFS Turbo sweep: with failures');
    expect(text).toContain('Deleted: 1 task.');
    expect(text).toContain('Failed: 1 task, 0 shares.');
    expect(text).toContain('Left for the next run: 1 task.');
    expect(text).toMatch(
      /Failed: `?\/a\/failed`? .*the service refused it \(`?SFS\.TURBO\.9000`?\): `?no permission here/,
    );
    expect(text).toMatch(/Deleted: `?\/b\/deleted`? /);
    expect(text).toMatch(/Longest due: `?\/a\/failed`? in share /);
    expect(text).toMatch(new RegExp(`1 share with ten running tasks: \`?${shareId}`));
    expect(text).toMatch(/cn-north-4.*sweep-1/);
  }
  const { type, data } = JSON.parse(textsOf(platforms).at(-1) ?? '');
  expect(type).toBe('sweep.failed');
  expect(data).toMatchObject({
    request_id: 'sweep-1',
    summary: { deleted: 1, failed: 1 },
    failures: [{ path: '/a/failed', err_code: 'SFS.TURBO.9000', outcome: 'failed' }],
    deleted: [{ path: '/b/deleted', status: 'SUCCESS' }],
    waiting: [{ path: '/a/failed' }, { path: '/c/left' }],
    full_shares: [shareId],
  });
});

test('a run over targets names those that it swept, and not the place of the first', async () => {
  const platform = await startReports('json');
  const variables = { REPORT_TO: platform.entry, REPORT_ON: 'always' };
  const estate = await prepareTargets({ variables });
  const { sweep } = estate.start();

  await sweep({ targets: [estate.names[3], estate.names[6]] });
  await sweep({ targets: [estate.names[3]] });
  await sweep();

  const places = platform.taken.map(({ text }) => JSON.parse(text).data.place.split(', '));
  expect(new Set(places[0])).toEqual(new Set([estate.names[3], estate.names[6]]));
  expect(places[1]).toEqual([estate.names[3]]);
  expect(places[2]).toHaveLength(6);
  expect(places[2].at(-1)).toBe('…');
});

test('a run over targets has a line for each, those that failed first', async () => {
  const platforms = { slack: await startReports('slack'), json: await startReports('json') };
  const variables = { REPORT_TO: `${platforms.slack.entry} ${platforms.json.entry}`, REPORT_ON: 'always' };
  const estate = await prepareTargets({ variables, count: 3 });
  const [first = '', second = '', third = ''] = estate.names;
  estate.addDue(0, 2);
  estate.cloud.order({
    operation: 'ListFsTasks',
    times: Number.POSITIVE_INFINITY,
    where: ({ path }) => path.includes(estate.at(1).project.id),
    kind: { type: 'status', status: 403 },
  });

  await estate.start().sweep();

  const text = String(platforms.slack.taken[0]?.text);
  const lines = [`${second}: 0 deleted, 1 failed, 0 left`, `${first}: 2 deleted, 0 failed, 0 left`];
  const at = lines.map((line) => text.replaceAll('`', '').indexOf(line));
  expect(at.every((place) => place > 0)).toBe(true);
  expect(at[0]).toBeLessThan(at[1] ?? 0);
  const { targets, failures } = JSON.parse(platforms.json.taken[0]?.text ?? '').data;
  const { shareId } = estate.at(1);
  expect(text.replaceAll('`', '')).toContain(`Failed: share ${second}/${shareId}: `);
  expect(failures).toEqual([expect.objectContaining({ target: second, share_id: shareId })]);
  expect(targets).toHaveLength(3);
  expect(targets).toContainEqual(expect.objectContaining({ name: third, deleted: 0, failed_shares: 0 }));
});

test('the same in Chinese', async () => {
  const { cloud, sweep, platforms, shareId } = await reportedSweep({ CHAT_LANGUAGE: 'zh' });
  cloud.addTask(shareId, { path: '/目录/甲', ...ended(50 * HOUR_MS) });

  await sweep();

  for (const text of textsOf(platforms).slice(0, -1)) {
    expect(text).toContain('SFS Turbo 清理：已删除任务');
    expect(text).toContain('已删除：1 个任务。');
    expect(text).toMatch(/已删除：`?\/目录\/甲`?（任务/);
    expect(text).not.toMatch(/Deleted|Looked/);
  }
});

test('a thousand failures make one message of ten lines', { timeout: 60_000 }, async () => {
  const { cloud, sweep, platforms, shareId } = await reportedSweep({
    SWEEP_MAX_DELETES: '1000',
    SWEEP_CONCURRENCY: '64',
  });
  for (let task = 0; task < 1_000; task += 1) cloud.addTask(shareId, { path: `/p/${task}`, ...ended(50 * HOUR_MS) });
  cloud.order({ operation: 'DeleteFsTask', times: Number.POSITIVE_INFINITY, kind: { type: 'status', status: 403 } });

  const summary = await sweep();

  expect(summary.failed).toBe(1_000);
  for (const { received, taken } of platforms) {
    expect(received).toHaveLength(1);
    expect(taken).toHaveLength(1);
  }
  for (const text of textsOf(platforms).slice(0, -1)) {
    expect(text.match(/\/p\/\d/g)?.length).toBeLessThanOrEqual(10);
    expect(text).toContain('and 991 more that failed');
  }
});

test('refused credentials and a list of shares that cannot be read are told', async () => {
  const { cloud, sweep, platforms } = await reportedSweep();
  cloud.order({ operation: 'ListShares', times: Number.POSITIVE_INFINITY, kind: { type: 'status', status: 401 } });

  await sweep();

  for (const text of textsOf(platforms).slice(0, -1)) {
    expect(text).toContain("Failed: the list of shares: Huawei Cloud refused the function's credentials");
  }
});

describe('which runs are reported', () => {
  const RUNS = { quiet: 0, deleting: 1, failing: 2, dry: 3, cut: 4 } as const;
  type Run = keyof typeof RUNS;
  const RUN_NAMES = Object.keys(RUNS) as Run[];
  const REPORTED: Readonly<Record<string, readonly Run[]>> = {
    '': ['deleting', 'failing', 'cut'],
    failure: ['failing', 'cut'],
    change: ['deleting'],
    'failure,change': ['deleting', 'failing', 'cut'],
    always: RUN_NAMES,
  };
  const cases = Object.entries(REPORTED).flatMap(([on, runs]) =>
    RUN_NAMES.map((run) => ({ on, run, isReported: runs.includes(run) })),
  );

  test.each(cases)('REPORT_ON=$on, a $run run: $isReported', async ({ on, run, isReported }) => {
    const platform = await startReports('wecom');
    const { cloud, sweep } = await prepareSweep({
      variables: { REPORT_TO: platform.entry, REPORT_ON: on, SWEEP_KEEP_LATEST: '0' },
    });
    const shareId = cloud.addShare();
    if (run !== 'quiet') cloud.addTask(shareId, ended(50 * HOUR_MS));
    if (run === 'failing') cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 403 } });
    if (run === 'cut') cloud.order({ operation: 'ListShares', kind: { type: 'silence' } });

    await sweep({ dry_run: run === 'dry' }, { remainingMs: run === 'cut' ? 3_000 : 60_000 });

    expect(platform.taken).toHaveLength(isReported ? 1 : 0);
  });
});

test('silent platforms cost at most three seconds together, and nothing else', { timeout: 20_000 }, async () => {
  const { cloud, sweep, platforms, shareId, logged } = await reportedSweep();
  for (const platform of platforms) platform.setLatency(Number.POSITIVE_INFINITY);
  cloud.addTask(shareId, ended(50 * HOUR_MS));
  const running = sweep();
  while (platforms.some(({ received }) => received.length === 0)) await sleep(5);
  // the result is in the log before anybody is told of it
  expect(logged('sweep.done')).toHaveLength(1);

  const first = await Promise.race([running, sleep(5_000)]);

  expect(first).toMatchObject({ deleted: 1, failed: 0 });
  expect(logged('report').map(({ outcome, reason }) => [outcome, reason])).toEqual(
    KINDS.map(() => ['failed', 'timeout']),
  );
});

test('a run that time cuts still has time to tell so', async () => {
  const { cloud, sweep, platforms, shareId } = await reportedSweep();
  cloud.addTask(shareId, ended(50 * HOUR_MS));
  cloud.order({ operation: 'ListFsTasks', times: Number.POSITIVE_INFINITY, kind: { type: 'silence' } });

  const summary = await sweep({}, { remainingMs: 4_000 });

  expect(summary).toMatchObject({ truncated: true, listed: 0 });
  for (const text of textsOf(platforms).slice(0, -1)) expect(text).toContain('time ran out before it saw a task');
});

test('no secret and no address of a platform gets into the log or the result, whatever they answer', async () => {
  const replies = [
    { status: 200, body: 'deadbeef' },
    { status: 302, body: '', headers: { location: 'https://example.com/deadbeef' } },
    { status: 500, body: 'deadbeef' },
  ];
  for (const reply of replies) {
    const { cloud, sweep, platforms, shareId, lines } = await reportedSweep({ LOG_LEVEL: 'DEBUG' });
    cloud.addTask(shareId, ended(50 * HOUR_MS));
    for (const platform of platforms) platform.answerWith(reply);

    const summary = await sweep();

    const text = lines.join('') + JSON.stringify(summary);
    expect(text).toContain('"event":"report"');
    for (const { secrets, origin } of platforms) {
      for (const secret of [...secrets, 'deadbeef', new URL(origin).host]) expect(text).not.toContain(secret);
    }
    expect(summary).toMatchObject({ deleted: 1, failed: 0 });
  }
});

test('a run is the same with reports and without', async () => {
  const silent = await prepareSweep({ variables: { SWEEP_KEEP_LATEST: '0' } });
  const { cloud, sweep, shareId, app } = await reportedSweep();
  for (const [each, id] of [
    [silent.cloud, silent.cloud.addShare()],
    [cloud, shareId],
  ] as const) {
    for (const hours of [30, 40, 50]) each.addTask(id, ended(hours * HOUR_MS));
  }

  const [without, withReports] = [await silent.sweep(), await sweep()];

  expect({ ...withReports, duration_ms: 0, longest_due_s: 0 }).toEqual({
    ...without,
    duration_ms: 0,
    longest_due_s: 0,
  });
  expect(app.config.reports?.targets).toHaveLength(KINDS.length);
});
