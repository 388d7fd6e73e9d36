import { describe, expect, onTestFinished, test } from 'vitest';
import { ServiceError } from '../../../lib/core/errors.ts';
import { startLoopback } from '../../support/chat-platforms/loopback.ts';
import { NAUGHTY_STRINGS } from '../../support/naughty-strings.ts';
import { KINDS, notedTask, report, SHARE, startReports, summaryOf, troubledRun } from '../../support/reporting.ts';

/** Everything a report may hold, and each value as long and as wide as it can be. */
function hugeRun(text: string) {
  const task = notedTask(text.repeat(500), { taskId: text.repeat(200) });
  const upstream = { status: 403, errCode: 'SFS.TURBO.9000', errMsg: text.repeat(500).slice(0, 512) };
  const failure = {
    task,
    shareId: SHARE,
    error: new ServiceError('upstream_forbidden', text.repeat(500), { upstream }),
  };
  return {
    ...troubledRun(text),
    type: 'swept',
    summary: summaryOf({
      ...{ shares: 100, listed: 9_999, due: 3_000, deleted: 1_000, failed: 1_000, remaining: 1_000 },
      ...{ truncated: true, running_max: 10, running_full_shares: 50 },
    }),
    findings: {
      deleted: Array.from({ length: 10 }, () => task),
      failures: Array.from({ length: 10 }, () => failure),
      waiting: Array.from({ length: 10 }, () => task),
      fullShares: Array.from({ length: 10 }, () => SHARE),
      targets: Array.from({ length: 1_000 }, (_, at) => ({ name: `${at}`.padStart(32, 'n'), summary: summaryOf({}) })),
    },
  } as const;
}

describe.each(KINDS)('%s', (kind) => {
  test('takes a report as its documentation asks for it', async () => {
    const platform = await startReports(kind);

    const { counts, logged } = await report(troubledRun('/projects/a'), [platform.entry]);

    expect(counts).toEqual({ sent: 1, failed: 0 });
    expect(platform.taken).toHaveLength(1);
    expect(platform.taken[0]?.text).toContain('/projects/a');
    expect(platform.taken[0]?.text).toContain('SFS.TURBO.9000');
    expect(platform.taken[0]?.text).toContain('request-1');
    expect(logged).toEqual([expect.objectContaining({ event: 'report', service: kind, entry: 1, outcome: 'sent' })]);
  });

  test.each(['en', 'zh'])('takes the largest report there can be, in %s', async (language) => {
    const platform = await startReports(kind);
    const runs = ['/', '目录', '😀', '&<>`', '"\\', '*_[x](y)', '\n'].map(hugeRun);

    for (const run of runs) await report(run, [platform.entry], { variables: { CHAT_LANGUAGE: language } });

    expect(platform.taken).toHaveLength(runs.length);
  });

  test('takes whatever a path may be, and the path does not become markup', async () => {
    // DingTalk and WeCom take twenty messages a minute
    const batches = Array.from({ length: Math.ceil(NAUGHTY_STRINGS.length / 20) }, (_, at) =>
      NAUGHTY_STRINGS.slice(20 * at, 20 * at + 20),
    );

    for (const batch of batches) {
      const platform = await startReports(kind);
      for (const path of batch) await report(troubledRun(path), [platform.entry]);
      expect(platform.taken).toHaveLength(batch.length);
    }
  });

  const bad = [
    { what: 'a server error', reply: { status: 500, body: 'oops' }, reason: 'answered 500' },
    { what: 'a refusal', reply: { status: 404, body: 'no_service' }, reason: 'answered 404' },
    {
      what: 'a redirect',
      reply: { status: 302, body: '', headers: { location: 'http://127.0.0.1:9/deadbeef' } },
      reason: 'answered 302',
    },
    { what: 'a huge body', reply: { status: 200, body: 'deadbeef'.repeat(100_000) }, reason: 'answer: too_large' },
  ];

  test.each(bad)('counts $what as a failure, and tells nothing secret', async ({ reply, reason }) => {
    const platform = await startReports(kind);
    platform.answerWith(reply);

    const { counts, lines, logged } = await report(troubledRun('/a'), [platform.entry]);

    expect(counts).toEqual({ sent: 0, failed: 1 });
    expect(platform.received).toHaveLength(1);
    expect(logged).toEqual([
      expect.objectContaining({ event: 'report', service: kind, entry: 1, outcome: 'failed', reason }),
    ]);
    expect(lines.join('')).not.toMatch(/deadbeef|127\.0\.0\.1|http/);
  });

  test('that is dead or does not answer costs a failure, not the run', async () => {
    const dead = await startReports(kind);
    await dead.close();
    const silent = await startReports(kind);
    silent.setLatency(Number.POSITIVE_INFINITY);

    const { counts, lines, logged } = await report(troubledRun('/a'), [dead.entry, silent.entry], { remainingMs: 200 });

    expect(counts).toEqual({ sent: 0, failed: 2 });
    const byEntry = logged.toSorted((a, b) => Number(a['entry']) - Number(b['entry']));
    expect(byEntry.map(({ reason }) => reason)).toEqual(['unreachable, ECONNREFUSED', 'timeout']);
    expect(lines.join('')).not.toMatch(/deadbeef|127\.0\.0\.1|http/);
  });
});

describe('an error inside a 200 is an error', () => {
  test.each([
    { kind: 'slack', body: 'invalid_blocks', errCode: 'invalid_blocks' },
    { kind: 'slack', body: 'deadbeef', errCode: undefined },
    { kind: 'slack', body: '{"ok":true}', errCode: undefined },
    { kind: 'feishu', body: '{"code":19021,"msg":"sign match fail deadbeef"}', errCode: '19021' },
    { kind: 'feishu', body: '{"StatusCode":9499,"StatusMessage":"deadbeef"}', errCode: '9499' },
    { kind: 'feishu', body: '{"code":"deadbeef"}', errCode: undefined },
    { kind: 'feishu', body: '<html>deadbeef</html>', errCode: undefined },
    { kind: 'dingtalk', body: '{"errcode":310000,"errmsg":"sign not match deadbeef"}', errCode: '310000' },
    { kind: 'dingtalk', body: '{}', errCode: undefined },
    { kind: 'wecom', body: '{"errcode":93000,"errmsg":"invalid webhook url deadbeef"}', errCode: '93000' },
    { kind: 'wecom', body: '', errCode: undefined },
    { kind: 'teams', body: 'Webhook message delivery failed with error: deadbeef', errCode: undefined },
    { kind: 'teams', body: '{"error":{"code":"deadbeef"}}', errCode: undefined },
  ] as const)('$kind: $body', async ({ kind, body, errCode }) => {
    const platform = await startReports(kind);
    platform.answerWith({ status: 200, body });

    const { counts, lines, logged } = await report(troubledRun('/a'), [platform.entry]);

    expect(counts).toEqual({ sent: 0, failed: 1 });
    expect(logged[0]).toMatchObject({ outcome: 'failed', upstream_status: 200 });
    expect(logged[0]?.['err_code']).toBe(errCode);
    expect(lines.join('')).not.toContain('deadbeef');
  });

  test.each([
    { kind: 'feishu', body: '{"StatusCode":0,"StatusMessage":"success"}' },
    { kind: 'teams', body: '1' },
    { kind: 'json', body: 'anything' },
  ] as const)('and what $kind also says to a success is none: $body', async ({ kind, body }) => {
    const platform = await startReports(kind);
    platform.answerWith({ status: 200, body });

    expect((await report(troubledRun('/a'), [platform.entry])).counts).toEqual({ sent: 1, failed: 0 });
  });
});

describe('signatures are those of known examples', () => {
  async function sentAt(kind: 'feishu' | 'dingtalk', url: string, nowMs: number) {
    const loopback = await startLoopback(() => ({ status: 200, body: '{"code":0,"errcode":0}' }));
    onTestFinished(() => loopback.close());
    const target = { kind, url: `${loopback.origin}${url}`, secret: 'this is secret' };
    await report(troubledRun('/a'), [], { targets: [target], runtime: { now: () => nowMs } });
    return loopback.received[0];
  }

  test('Feishu', async () => {
    const request = await sentAt('feishu', '/open-apis/bot/v2/hook/1', 1_599_360_473_000);

    const { timestamp, sign } = JSON.parse(request?.body ?? '');
    expect({ timestamp, sign }).toEqual({
      timestamp: '1599360473',
      sign: '/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw=',
    });
  });

  test('DingTalk', async () => {
    const request = await sentAt('dingtalk', '/robot/send?access_token=1', 1_577_262_236_757);

    expect(request?.path).toBe(
      '/robot/send?access_token=1&timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D',
    );
  });
});

test('without a secret nothing is signed', async () => {
  const loopback = await startLoopback(() => ({ status: 200, body: '{"code":0,"errcode":0}' }));
  onTestFinished(() => loopback.close());
  const { origin } = loopback;
  const entries = [
    `feishu=${origin}/open-apis/bot/v2/hook/1`,
    `dingtalk=${origin}/robot/send?access_token=1`,
    `json=${origin}/`,
  ];

  await report(troubledRun('/a'), entries);

  expect(loopback.received).toHaveLength(3);
  for (const { path, body, headers } of loopback.received) {
    expect(`${path}${Object.keys(JSON.parse(body))}${Object.keys(headers)}`).not.toMatch(/sign/);
  }
});
