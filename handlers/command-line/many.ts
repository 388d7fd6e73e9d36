import type { CancelManyResult } from '../../lib/tasks/many-report.ts';
import type { ManyTask } from '../../lib/tasks/many-task.ts';
import { taskTable } from './listed.ts';
import { REASON_IN_WORDS } from './reasons.ts';
import type { Terminal } from './terminal.ts';
import { counted } from './texts.ts';

/** What a cancel of many tasks did, or would do, for a person. */
export function manyText(result: CancelManyResult, terminal: Terminal): string {
  return [...(result.tasks.length === 0 ? [] : [fateTable(result.tasks, terminal)]), sumOf(result)].join('\n');
}

/** Tasks, and what became of each. */
export function fateTable(tasks: readonly ManyTask[], terminal: Terminal): string {
  const shown = tasks.map((task) => {
    const ageS = task.ageMs === undefined ? undefined : Math.floor(task.ageMs / 1_000);
    return { ...task, ageS, more: [fateInWords(task)] };
  });
  return taskTable(shown, terminal, ['WHAT']);
}

function fateInWords({ verdict, reason, outcome, errCode }: ManyTask): string {
  if (outcome !== undefined) return outcome === 'accepted' ? 'deleted' : 'already gone';
  if (errCode !== undefined) return `${REASON_IN_WORDS[reason]}: ${errCode}`;
  return verdict === 'delete' ? 'to delete' : `stays: ${REASON_IN_WORDS[reason]}`;
}

function sumOf({ dryRun, matched, cancelled, alreadyGone, failed, remaining, tasks }: CancelManyResult): string {
  const now = tasks.filter(({ verdict }) => verdict === 'delete').length;
  const found = `${counted(matched, 'task')} met the filters`;
  if (dryRun) return `${found}, ${now} would be deleted.`;
  return `${found}: ${cancelled} deleted, ${alreadyGone} already gone, ${failed} failed, ${remaining} not tried.`;
}
