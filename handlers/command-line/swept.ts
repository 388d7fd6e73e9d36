import type { ShareId } from '../../lib/core/task.ts';
import type { SweepSummary } from '../../lib/sweep/summary.ts';
import type { TaskReport } from '../../lib/sweep/task-report.ts';
import { type Deletion, deletionOf } from './deletions.ts';
import { taskTable } from './listed.ts';
import type { Swept } from './sweeping.ts';
import type { Terminal } from './terminal.ts';
import { counted } from './texts.ts';

/** @param labelOf shares as people call them */
export function sweptText(
  { summary, toDelete, deletions }: Swept,
  terminal: Terminal,
  labelOf: (shareId: ShareId) => string,
): string {
  const shares = [...new Set(toDelete.map(({ shareId }) => shareId))];
  const tables = shares.map((shareId) => {
    const shown = toDelete
      .filter((report) => report.shareId === shareId)
      .map((report) => ({ ...toShown(report), more: summary.dry_run ? [] : [endingOf(report, deletions)] }));
    const text = taskTable(shown, terminal, summary.dry_run ? [] : ['OUTCOME']);
    return `${terminal.colors.bold(labelOf(shareId))}\n${text}\n`;
  });
  return [...tables, ...countLines(summary, toDelete.length)].join('\n');
}

function toShown({ task, ageMs }: TaskReport) {
  const ageS = ageMs === undefined ? undefined : Math.floor(ageMs / 1_000);
  return { taskId: task.taskId ?? '?', status: task.status, ageS, path: task.path };
}

function endingOf({ shareId, task: { taskId } }: TaskReport, deletions: readonly Deletion[]): string {
  const deletion = deletionOf({ shareId, taskId }, deletions);
  return deletion === undefined ? 'not sent' : deletion.isDeleted ? 'deleted' : deletion.outcome;
}

function countLines(summary: SweepSummary, now: number): readonly string[] {
  const { shares, listed, due, remaining } = summary;
  const kept = named([
    [summary.kept_latest, 'the newest of their directory'],
    [summary.too_young, 'too young'],
    [summary.status_not_swept, 'of a status that is not swept'],
    [summary.finished, 'finished meanwhile'],
    [summary.skipped_invalid, 'in doubt'],
  ]);
  const done = summary.dry_run
    ? `${counted(now, 'task')} would be deleted, ${due - now} more by later runs. Nothing was deleted.`
    : `${counted(summary.deleted, 'task')} deleted, ${summary.already_gone} already gone, ${summary.failed} failed, ` +
      `${remaining} left for the next run.`;
  return [
    `${counted(listed, 'task')} in ${counted(shares, 'share')}, ${due} due.`,
    done,
    ...(kept === '' ? [] : [`These stay: ${kept}.`]),
    ...whatIsWrong(summary),
  ];
}

function whatIsWrong(summary: SweepSummary): readonly string[] {
  return [
    ...(summary.failed_shares > 0 ? [`${counted(summary.failed_shares, 'share')} could not be read.`] : []),
    ...(summary.unsupported_shares > 0 ? [`${counted(summary.unsupported_shares, 'share')} without such tasks.`] : []),
    ...(summary.running_full_shares > 0
      ? [`${counted(summary.running_full_shares, 'share')} full: ten tasks run, so the next measurement is refused.`]
      : []),
    ...(summary.truncated ? ['It ended before everything was done.'] : []),
  ];
}

function named(counts: readonly (readonly [number, string])[]): string {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}
