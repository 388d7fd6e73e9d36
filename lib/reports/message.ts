import type { Language } from '../config/language.ts';
import { toLargestUnit } from '../core/age.ts';
import type { ServiceError } from '../core/errors.ts';
import type { ErrorCode } from '../core/status.ts';
import { say, toShown, type Words } from '../core/words.ts';
import { isFailed, type SweepSummary } from '../sweep/summary.ts';
import { EN } from './en.ts';
import { wasBlind } from './reasons.ts';
import type { Findings, NotedFailure, NotedTarget, NotedTask, RunReport } from './run-report.ts';
import { type ReportTexts, type ReportTitle, WHY_BY_CODE } from './texts.ts';
import { ZH } from './zh.ts';

/** A report as people read it, whatever the platform. */
export interface ReportMessage {
  readonly tone: 'good' | 'warning' | 'bad';
  /** Our own words only. */
  readonly title: string;
  readonly facts: readonly Words[];
  /** At most ten. */
  readonly details: readonly Words[];
  readonly source: Words;
}

const TEXTS_BY_LANGUAGE: Readonly<Record<Language, ReportTexts>> = { en: EN, zh: ZH };
const MAX_DETAILS = 10;
// where something was deleted too, failures leave some lines to it
const MAX_FAILURES = 6;
// and with several targets there is one line for each of the first
const MAX_TARGETS = 5;
const MAX_NAMED_SHARES = 5;
const MAX_PATH_CHARS = 100;
const MAX_SAYING_CHARS = 100;
/** Failures whose message says more than their kind. */
const TELLING: ReadonlySet<ErrorCode> = new Set([
  'upstream_bad_request',
  'upstream_invalid',
  'misconfigured',
  'forbidden',
]);

export function toMessage(report: RunReport, language: Language): ReportMessage {
  const texts = TEXTS_BY_LANGUAGE[language];
  const source = texts.source(report.place, report.requestId);
  if (report.type === 'not_swept') return { ...notSwept(report.error, texts), source };
  const { summary, findings } = report;
  const title = titleOf(summary);
  return {
    tone: isFailed(summary) ? 'bad' : summary.truncated || summary.running_full_shares > 0 ? 'warning' : 'good',
    title: texts.titles[title],
    facts: factsOf(summary, findings, texts),
    details: detailsOf(summary, findings, texts),
    source,
  };
}

function notSwept(error: ServiceError, texts: ReportTexts): Omit<ReportMessage, 'source'> {
  const faults = error.faults ?? [];
  const details = firstOf(faults, faults.length, MAX_DETAILS, texts.fault, texts.moreFailed);
  // the message of faulty variables only says that the log names them
  const says = faults.length > 0 ? '' : error.message;
  return { tone: 'bad', title: texts.titles.notSwept, facts: [whyOf(error, texts, says)], details };
}

function titleOf(summary: SweepSummary): ReportTitle {
  if (isFailed(summary)) return 'failed';
  if (wasBlind(summary)) return 'blind';
  if (summary.dry_run) return 'dry';
  return summary.deleted + summary.already_gone > 0 ? 'changed' : 'nothing';
}

function factsOf(summary: SweepSummary, { waiting, fullShares }: Findings, texts: ReportTexts): readonly Words[] {
  const { deleted, already_gone: alreadyGone, failed, failed_shares: failedShares, remaining } = summary;
  const [oldest] = waiting;
  const full = summary.running_full_shares;
  return [
    texts.looked(summary.listed, summary.shares),
    ...(summary.dry_run ? [texts.wouldDelete(remaining)] : [texts.deleted(deleted, alreadyGone)]),
    ...(isFailed(summary) ? [texts.failed(failed, failedShares)] : []),
    ...(!summary.dry_run && remaining > 0 ? [texts.waiting(remaining)] : []),
    ...(summary.truncated ? [texts.truncated] : []),
    ...(full > 0 ? [texts.fullShares(full, fullShares.slice(0, MAX_NAMED_SHARES))] : []),
    ...(oldest === undefined
      ? []
      : [texts.oldest(pathOf(oldest, texts), oldest.shareId, ageOf(oldest.dueForMs, texts))]),
  ];
}

function detailsOf(summary: SweepSummary, findings: Findings, texts: ReportTexts): readonly Words[] {
  const tasks = summary.dry_run ? findings.waiting : findings.deleted;
  const taskCount = summary.dry_run ? summary.remaining : summary.deleted;
  const failureCount = summary.failed + summary.failed_shares;
  const targets = targetLines(findings.targets, texts);
  const room = MAX_DETAILS - targets.length;
  const failures = firstOf(
    findings.failures,
    failureCount,
    Math.min(room, taskCount > 0 ? MAX_FAILURES - Math.ceil(targets.length / 2) : room),
    (failure) => failureLine(failure, texts),
    texts.moreFailed,
  );
  const toLine = summary.dry_run ? texts.dueTask : texts.deletedTask;
  const taskLine = (task: NotedTask): Words =>
    toLine(pathOf(task, texts), task.taskId, task.shareId, ageOf(task.ageMs, texts));
  return [...targets, ...failures, ...firstOf(tasks, taskCount, room - failures.length, taskLine, texts.moreTasks)];
}

/** Those that failed come first. A single target is the whole run. */
function targetLines(targets: readonly NotedTarget[], texts: ReportTexts): readonly Words[] {
  if (targets.length < 2) return [];
  const sorted = targets.toSorted((a, b) => Number(isFailed(b.summary)) - Number(isFailed(a.summary)));
  return firstOf(sorted, sorted.length, MAX_TARGETS, (target) => targetLine(target, texts), texts.moreTargets);
}

function targetLine({ name, summary }: NotedTarget, texts: ReportTexts): Words {
  const { deleted, due, failed, failed_shares: failedShares, remaining: left, dry_run: isDry } = summary;
  return texts.target(name, { deleted, due, failed: failed + failedShares, left, isDry });
}

/** A line for each; where there is no room for all, the last line says how many are left. */
function firstOf<T>(
  noted: readonly T[],
  count: number,
  room: number,
  toLine: (one: T) => Words,
  more: (count: number) => Words,
): readonly Words[] {
  const isWhole = count <= noted.length && count <= room;
  const shown = isWhole ? noted : noted.slice(0, room - 1);
  return [...shown.map(toLine), ...(count > shown.length ? [more(count - shown.length)] : [])];
}

function failureLine({ task, target, shareId, error }: NotedFailure, texts: ReportTexts): Words {
  const why = whyOf(error, texts, error.upstream?.errMsg || (TELLING.has(error.code) ? error.message : ''));
  if (task !== undefined) return texts.failedTask(pathOf(task, texts), task.taskId, task.shareId, why);
  if (shareId === undefined) return texts.failedShares(target, why);
  return texts.failedShare(target === undefined ? shareId : `${target}/${shareId}`, why);
}

/** @param says what the service says of it, in its own language */
function whyOf(error: ServiceError, texts: ReportTexts, says: string): Words {
  const code = error.upstream?.errCode ?? '';
  return texts.because(texts.whys[WHY_BY_CODE[error.code]], code, toShown(says, MAX_SAYING_CHARS));
}

function pathOf({ path }: NotedTask, texts: ReportTexts): Words {
  const shown = toShown(path, MAX_PATH_CHARS);
  return shown === '' ? texts.noPath : say`${shown}`;
}

function ageOf(ageMs: number, texts: ReportTexts): Words {
  const { count, unit } = toLargestUnit(ageMs);
  return texts.age(count, unit);
}
