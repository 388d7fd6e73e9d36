import type { Config } from '../config/read-config.ts';
import type { ReportSettings } from '../config/reports.ts';
import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import type { Runtime } from '../core/runtime.ts';
import type { SweepObserver } from '../sweep/observer.ts';
import type { SweepOverrides } from '../sweep/overrides.ts';
import type { SweepSummary } from '../sweep/summary.ts';
import type { Sweep } from '../sweep/sweep.ts';
import { takeNotes } from './findings.ts';
import { createReporter } from './reporter.ts';
import type { NotedTarget } from './run-report.ts';
import { REPORTS_WITHIN_MS, type ReportCounts, type Sender } from './send-report.ts';

/** A sweep that is reported. The reports go out after its last line, so that no platform can cost the run its result. */
export type ReportedSweep = (
  overrides: SweepOverrides,
  caller: Caller,
  call: Call,
  observer?: ReportedObserver,
) => Promise<SweepSummary>;

interface ReportedObserver extends SweepObserver {
  /** Told what came of the reports. Must not throw. */
  readonly onReported?: (counts: ReportCounts) => void;
}

type ReportedConfig = Pick<Config, 'region' | 'project' | 'targets'> & { readonly reports?: ReportSettings };

/** A short run keeps most of its time for itself. */
const REPORTING_PART = 0.25;

/** A run over many targets names the first of them. */
const MAX_NAMED_TARGETS = 5;

export function createReportedSweep(
  sweep: Sweep,
  { region, project, targets, reports }: ReportedConfig,
  sender: Sender,
): ReportedSweep {
  if (reports === undefined || reports.targets.length === 0) return sweep;
  const report = createReporter(reports, sender);
  // a region's own project has the region's name
  const place = targets.length > 1 ? undefined : [...new Set([region, project.id ?? project.name])].join(', ');

  return async (overrides, caller, call, observer = {}) => {
    const notes = takeNotes(sender.runtime.now);
    const summary = await sweep(overrides, caller, leaveTimeToReport(call, sender.runtime), withNotes(observer, notes));
    const findings = notes.findings();
    const run = { type: 'swept', summary, findings, requestId: call.requestId } as const;
    const counts = await report({ ...run, place: namesOf(findings.targets) ?? place }, call);
    observer.onReported?.(counts);
    return summary;
  };
}

function namesOf(targets: readonly NotedTarget[]): string | undefined {
  if (targets.length === 0) return undefined;
  const named = targets
    .slice(0, MAX_NAMED_TARGETS)
    .map(({ name }) => name)
    .join(', ');
  return targets.length > MAX_NAMED_TARGETS ? `${named}, …` : named;
}

function leaveTimeToReport(call: Call, { now }: Pick<Runtime, 'now'>): Call {
  const leftMs = call.deadlineAtMs - now();
  return {
    ...call,
    deadlineAtMs: call.deadlineAtMs - Math.min(REPORTS_WITHIN_MS, Math.max(0, leftMs) * REPORTING_PART),
  };
}

/** Whoever else watches the run is told the same. */
function withNotes(observer: SweepObserver, notes: ReturnType<typeof takeNotes>): SweepObserver {
  return {
    ...observer,
    onEnding: (candidate, ending, target) => {
      notes.onEnding(candidate, ending);
      observer.onEnding?.(candidate, ending, target);
    },
    onShareFailure: (shareId, failure, target) => {
      notes.onShareFailure(shareId, failure, target);
      observer.onShareFailure?.(shareId, failure, target);
    },
    onStaying: (candidates) => {
      notes.onStaying(candidates);
      observer.onStaying?.(candidates);
    },
    onFullShare: (shareId) => {
      notes.onFullShare(shareId);
      observer.onFullShare?.(shareId);
    },
    onTarget: (name, summary) => {
      notes.onTarget(name, summary);
      observer.onTarget?.(name, summary);
    },
  };
}
