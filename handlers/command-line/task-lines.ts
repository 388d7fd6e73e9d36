import { toPrintable } from '../../lib/core/json.ts';
import { toSize } from '../../lib/core/size.ts';
import type { DocumentedTask } from '../../lib/sfs-turbo/documented-task.ts';
import type { Terminal } from './terminal.ts';
import { toPath } from './texts.ts';

/** One task, a line for each member that says something. */
export function taskLines(task: DocumentedTask, { colors }: Pick<Terminal, 'colors'>): string {
  const { dir_usage: usage, begin_time: begin, end_time: end } = task;
  const capacity = usage?.used_capacity;
  const members: readonly (readonly [string, string | undefined])[] = [
    ['task', task.task_id],
    ['status', task.status],
    ['path', toPath(usage?.path)],
    ['began', toUtc(begin)],
    ['ended', toUtc(end)],
    ['used', capacity == null || task.status === 'DOING' ? undefined : toSize(capacity)],
    ['message', toPrintable(usage?.message ?? '')],
  ];
  return members
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${colors.dim(name.padEnd(8))} ${value}`)
    .join('\n');
}

/** The service's times are UTC without a zone. */
function toUtc(time: string | null | undefined): string | undefined {
  return time ? `${toPrintable(time)} UTC` : undefined;
}
