import { onTestFinished } from 'vitest';
import type { ReportKind, ReportTarget } from '../../lib/config/report-targets.ts';
import { readReports } from '../../lib/config/reports.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { createLogs } from '../../lib/core/log.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { parseShareId } from '../../lib/core/task.ts';
import { createTransport } from '../../lib/net/transport.ts';
import { createReporter } from '../../lib/reports/reporter.ts';
import type { NotedTask, RunReport } from '../../lib/reports/run-report.ts';
import type { ReportCounts } from '../../lib/reports/send-report.ts';
import { NO_COUNTS } from '../../lib/sweep/counts.ts';
import type { SweepSummary } from '../../lib/sweep/summary.ts';
import { START_BY_KIND } from './report-platforms/all.ts';
import type { ReportPlatform } from './report-platforms/platform.ts';
import { lookupIn, settingsIn } from './variables.ts';

export const KINDS = ['slack', 'feishu', 'dingtalk', 'wecom', 'teams', 'json'] as const;

/** A stand-in of a platform for the running test. */
export async function startReports(kind: ReportKind): Promise<ReportPlatform> {
  const platform = await START_BY_KIND[kind]();
  onTestFinished(() => platform.close());
  return platform;
}

export interface Reporting {
  readonly counts: ReportCounts;
  readonly lines: readonly string[];
  readonly logged: readonly Record<string, unknown>[];
}

interface Options {
  readonly variables?: Readonly<Record<string, string>>;
  readonly targets?: readonly ReportTarget[];
  readonly remainingMs?: number;
  readonly runtime?: Partial<Runtime>;
}

/** Reports one run to entries of `REPORT_TO`; every run unless told. */
export async function report(run: RunReport, entries: readonly string[], options: Options = {}): Promise<Reporting> {
  const lines: string[] = [];
  const runtime: Runtime = { ...nodeRuntime, ...options.runtime, write: (line) => lines.push(line) };
  const transport = createTransport(runtime);
  onTestFinished(() => transport.close());
  const variables = { REPORT_TO: entries.join(' '), REPORT_ON: 'always', ...options.variables };
  const { reports } = settingsIn(readReports(lookupIn(variables)));
  const settings = { ...reports, targets: options.targets ?? reports.targets };
  const log = createLogs('DEBUG', runtime.write)('request-1');
  const deadlineAtMs = runtime.now() + (options.remainingMs ?? 60_000);
  const counts = await createReporter(settings, { transport, runtime })(run, { log, deadlineAtMs });
  return { counts, lines, logged: lines.map((line) => JSON.parse(line)) };
}

export const SHARE = parseShareId('77ba6f4b-6365-4895-8dbc-d9e21b79d34a');

export function notedTask(path: string, fields: Partial<NotedTask> = {}): NotedTask {
  const taskId = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
  return { shareId: SHARE, taskId, path, status: 'SUCCESS', ageMs: 90_000_000, dueForMs: 3_600_000, ...fields };
}

export function summaryOf(counts: Partial<SweepSummary>): SweepSummary {
  return { event: 'sweep.done', dry_run: false, ...NO_COUNTS, remaining: 0, duration_ms: 1, ...counts };
}

/** A run that deleted a task of this path, failed for another, and left a third. */
export function troubledRun(path: string, counts: Partial<SweepSummary> = {}): RunReport {
  const upstream = { status: 403, errCode: 'SFS.TURBO.9000', errMsg: `no permission for ${path}` };
  const error = new ServiceError('upstream_forbidden', 'no permission', { upstream });
  const task = notedTask(path);
  return {
    type: 'swept',
    requestId: 'request-1',
    place: 'cn-north-4, project-1',
    summary: summaryOf({ shares: 2, listed: 9, due: 3, deleted: 1, failed: 1, remaining: 1, ...counts }),
    findings: {
      deleted: [task],
      failures: [{ task, shareId: SHARE, error }],
      waiting: [task],
      fullShares: [],
      targets: [],
    },
  };
}
