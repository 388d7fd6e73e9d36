import type { ReportReason } from '../config/reports.ts';
import { isFailed, type SweepSummary } from '../sweep/summary.ts';
import type { RunReport } from './run-report.ts';

/** Whether the run is one of those that are reported. */
export function isReported(report: RunReport, on: ReadonlySet<ReportReason>): boolean {
  return on.has('always') || (on.has('failure') && isBad(report)) || (on.has('change') && hasChanged(report));
}

/** A run that was cut before it saw a task counts too: the service may never answer. */
function isBad(report: RunReport): boolean {
  return report.type === 'not_swept' || isFailed(report.summary) || wasBlind(report.summary);
}

export function wasBlind({ truncated, listed }: SweepSummary): boolean {
  return truncated && listed === 0;
}

/** A task that was already gone may have been deleted by an attempt whose answer got lost. */
function hasChanged(report: RunReport): boolean {
  return report.type === 'swept' && report.summary.deleted + report.summary.already_gone > 0;
}
