import type { SweepSummary } from '../../lib/sweep/summary.ts';
import type { SweptNow } from '../../lib/sweep/sweep-now.ts';
import type { ShareRef } from '../../lib/targets/share-place.ts';
import { fateTable } from './many.ts';
import type { Terminal } from './terminal.ts';
import { counted } from './texts.ts';

/** What a sweep did, or would do, for a person: the tasks that go, by share. @param labelOf shares as people call them */
export function sweptText(swept: SweptNow, terminal: Terminal, labelOf: (share: ShareRef) => string): string {
  const { summary } = swept;
  const going = summary.dry_run ? toDelete(swept) : swept.tasks;
  const labels = [...new Set(going.map(labelOf))];
  const tables = labels.map((label) => {
    const text = fateTable(
      going.filter((task) => labelOf(task) === label),
      terminal,
    );
    return `${terminal.colors.bold(label)}\n${text}\n`;
  });
  return [...tables, ...countLines(summary, going.length)].join('\n');
}

/** What a dry run would delete. */
export function toDelete({ tasks }: SweptNow): SweptNow['tasks'] {
  return tasks.filter(({ verdict }) => verdict === 'delete');
}

function countLines(summary: SweepSummary, now: number): readonly string[] {
  const { shares, listed, due, remaining, targets } = summary;
  const places =
    targets === undefined ? counted(shares, 'share') : `${counted(shares, 'share')} of ${counted(targets, 'target')}`;
  const kept = named([
    [summary.kept_latest, 'the newest of their directory'],
    [summary.too_young, 'too young'],
    [summary.status_not_swept, 'of a status that is not swept'],
    [summary.protected, 'protected'],
    [summary.finished, 'finished meanwhile'],
    [summary.skipped_invalid, 'in doubt'],
  ]);
  const done = summary.dry_run
    ? `${counted(now, 'task')} would be deleted${due > now ? `, ${due - now} more by later runs` : ''}. Nothing was deleted.`
    : `${counted(summary.deleted, 'task')} deleted, ${summary.already_gone} already gone, ${summary.failed} failed, ` +
      `${remaining} left for the next run.`;
  return [
    `${counted(listed, 'task')} in ${places}, ${due} due.`,
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
