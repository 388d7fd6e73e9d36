import type { Runtime } from '../../lib/core/runtime.ts';
import { isFailed, type SweepSummary } from '../../lib/sweep/summary.ts';
import type { Invocation } from './invocation.ts';

const METRICS_NAMESPACE = 'SfsTurboDuCleaner';

const UNIT_BY_METRIC = {
  /** 1 for a run without failures; an alarm on missing data tells when there was none for too long. */
  SweepSucceeded: 'Count',
  /** Tasks and shares that failed, or 1 for a run that did not begin. */
  SweepFailures: 'Count',
  /** For how long tasks have been due that are still there: the longest time. */
  LongestDueSeconds: 'Seconds',
  SweepDeleted: 'Count',
  SweepRemaining: 'Count',
  /** Running tasks of the share that has most of them; at ten the service starts no other. */
  MostRunningTasks: 'Count',
  /** Shares with ten running tasks. */
  FullShares: 'Count',
  /** Reports that their platform did not take. */
  ReportsFailed: 'Count',
} as const;
type Metric = keyof typeof UNIT_BY_METRIC;

/**
 * Writes one line in CloudWatch's embedded metric format, on Lambda only: nothing else reads it. The function's name, which
 * holds the stage, is the dimension, so that one stage's good sweeps do not hide that another has none.
 *
 * @param target the second dimension of the metrics of one target
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function writeMetrics(
  values: Readonly<Partial<Record<Metric, number>>>,
  { platform, lookup, requestId }: Invocation,
  { write }: Pick<Runtime, 'write'>,
  target?: string,
): void {
  const lambdaName = platform === 'lambda' ? lookup('AWS_LAMBDA_FUNCTION_NAME') : undefined;
  if (lambdaName === undefined) return;
  const metrics = Object.entries(UNIT_BY_METRIC)
    .filter(([name]) => name in values)
    .map(([name, unit]) => ({ Name: name, Unit: unit }));
  const dimensions = target === undefined ? ['FunctionName'] : ['FunctionName', 'Target'];
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: METRICS_NAMESPACE, Dimensions: [dimensions], Metrics: metrics }],
    },
    FunctionName: lambdaName,
    ...(target !== undefined && { Target: target }),
    request_id: requestId,
    ...values,
  };
  write(`${JSON.stringify(line)}\n`);
}

export function toSweepMetrics(summary: SweepSummary): Readonly<Record<Exclude<Metric, 'ReportsFailed'>, number>> {
  return {
    SweepSucceeded: isGood(summary) ? 1 : 0,
    SweepFailures: summary.failed + summary.failed_shares,
    LongestDueSeconds: summary.longest_due_s,
    SweepDeleted: summary.deleted,
    SweepRemaining: summary.remaining,
    MostRunningTasks: summary.running_max,
    FullShares: summary.running_full_shares,
  };
}

/** Of one target only what alarms are for: every metric of every target is paid for. */
export function toTargetMetrics(summary: SweepSummary): Readonly<Partial<Record<Metric, number>>> {
  const { SweepSucceeded, SweepFailures, LongestDueSeconds } = toSweepMetrics(summary);
  return { SweepSucceeded, SweepFailures, LongestDueSeconds };
}

/** A run that was cut before it saw a task has not failed, and is no good run either: the service may never answer. */
function isGood(summary: SweepSummary): boolean {
  return !isFailed(summary) && !(summary.truncated && summary.listed === 0);
}
