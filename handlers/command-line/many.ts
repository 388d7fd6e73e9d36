import type { CancelManyResult, ManyTask } from '../../lib/tasks/many-report.ts';
import { taskTable } from './listed.ts';
import type { Terminal } from './terminal.ts';
import { counted } from './texts.ts';

/** What a cancel of many tasks did, or would do, for a person. */
export function manyText(result: CancelManyResult, terminal: Terminal): string {
  const shown = result.tasks.map((task) => ({ ...task, ageS: toSeconds(task.ageMs), more: [fateOf(task, result)] }));
  const text = taskTable(shown, terminal, ['WHAT']);
  return [...(shown.length === 0 ? [] : [text]), sumOf(result)].join('\n');
}

function fateOf({ verdict, reason, outcome, errCode }: ManyTask, { dryRun }: CancelManyResult): string {
  if (outcome !== undefined) return outcome === 'accepted' ? 'deleted' : 'already gone';
  if (errCode !== undefined) return `${reason}: ${errCode}`;
  return verdict === 'delete' && dryRun ? 'delete' : `stays: ${reason}`;
}

function sumOf({ dryRun, matched, cancelled, alreadyGone, failed, remaining, tasks }: CancelManyResult): string {
  const now = tasks.filter(({ verdict }) => verdict === 'delete').length;
  const found = `${counted(matched, 'task')} met the filters`;
  if (dryRun) return `${found}, ${now} would be deleted.`;
  return `${found}: ${cancelled} deleted, ${alreadyGone} already gone, ${failed} failed, ${remaining} not tried.`;
}

/** As the HTTP route answers. */
export function manyToJson({ dryRun, matched, cancelled, alreadyGone, failed, remaining, tasks }: CancelManyResult) {
  return {
    dry_run: dryRun,
    matched,
    cancelled,
    already_gone: alreadyGone,
    failed,
    remaining,
    tasks: tasks.map(({ taskId, path, status, ageMs, verdict, reason, outcome, errCode }) => {
      const age = toSeconds(ageMs);
      return { task_id: taskId, path, status, age_s: age, verdict, reason, outcome, err_code: errCode };
    }),
  };
}

function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / 1_000);
}
