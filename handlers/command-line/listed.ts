import { TASK_STATUSES, type TaskStatus } from '../../lib/core/task.ts';
import type { Column } from './table.ts';
import { table } from './table.ts';
import type { Colors, Terminal } from './terminal.ts';
import { toAge, toPath } from './texts.ts';

/** A task as tables show it. */
interface ShownTask {
  readonly taskId: string;
  readonly status: string | undefined;
  readonly ageS: number | undefined;
  readonly path: string | undefined;
  /** More of what is to be told of it. */
  readonly more?: readonly string[];
}

/** @param more heads of the cells in `more` */
export function taskTable(tasks: readonly ShownTask[], terminal: Terminal, more: readonly string[] = []): string {
  const columns: readonly Column[] = [
    { head: 'STATUS' },
    { head: 'AGE' },
    ...more.map((head) => ({ head })),
    { head: 'TASK', isTitle: true },
    { head: 'PATH' },
  ];
  const rows = tasks.map(({ status, ageS, taskId, path, more: cells = [] }) => [
    status ?? 'unknown',
    toAge(ageS),
    ...cells,
    taskId,
    toPath(path),
  ]);
  return colored(table(columns, rows, terminal), terminal.colors);
}

/** Statuses stand at the beginning of a line, or of an indented one. */
function colored(text: string, colors: Colors): string {
  const paint: Readonly<Record<TaskStatus, (word: string) => string>> = {
    DOING: colors.yellow,
    FAIL: colors.red,
    SUCCESS: colors.green,
  };
  const pattern = new RegExp(`^( *)(${TASK_STATUSES.join('|')})\\b`, 'gm');
  return text.replace(pattern, (_, indent: string, status: TaskStatus) => `${indent}${paint[status](status)}`);
}
