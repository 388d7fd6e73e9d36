import type { Call } from '../../core/call.ts';
import type { TaskReport } from '../../sweep/task-report.ts';
import { callerOf, type Person } from '../person.ts';
import type { DueTask, View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext } from './context.ts';
import { TASKS_PER_MESSAGE, toShownTask } from './shown-task.ts';

/** What the next sweep would delete: a dry run of it. */
export async function preview(context: ChatContext, person: Person, call: Call): Promise<View> {
  const { shares, sweep, now } = context;
  if (sweep === undefined) return { type: 'not_set_up', what: 'preview' };
  return attempt(context, { type: 'preview' }, call, async () => {
    const due: DueTask[] = [];
    const onTask = ({ shareId, task, verdict }: TaskReport): void => {
      if (verdict !== 'delete') return;
      due.push({ share: shares.nameOf(shareId), task: toShownTask(task, now()) });
    };
    const summary = await sweep({ dryRun: true }, { name: callerOf(person), shares: '*' }, call, { onTask });
    const { shares: shareCount, failed_shares: failedShareCount, truncated } = summary;
    const shown = due.slice(0, TASKS_PER_MESSAGE);
    return { type: 'preview', due: shown, dueCount: due.length, shareCount, failedShareCount, truncated };
  });
}
