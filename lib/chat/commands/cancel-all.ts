import * as v from 'valibot';
import type { Call } from '../../core/call.ts';
import { ServiceError } from '../../core/errors.ts';
import { isFull, type TaskId, type TaskStatus } from '../../core/task.ts';
import { isUnsupported } from '../../sfs-turbo/listing.ts';
import type { ShareName } from '../../targets/share-place.ts';
import type { ManyTask } from '../../tasks/many-task.ts';
import { type AskedOf, TASKS_PER_QUESTION } from '../asked.ts';
import { signConfirmation } from '../confirmation.ts';
import { TASK_ID } from '../ids.ts';
import type { CancelledManyView } from '../many-views.ts';
import { type Member, toCaller } from '../person.ts';
import type { FailedTask, NamedTask, ShownTask } from '../task-view.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext } from './context.ts';

const RUNNING: ReadonlySet<TaskStatus> = new Set(['DOING']);

/** `/du cancel-all`: asks whether to cancel the running tasks of a share, the oldest ones where there are many. */
export function cancelManyQuestion(
  context: ChatContext,
  person: Member,
  share: ShareName,
  call: Call,
): Promise<View> | View {
  const { confirmSecret, now } = context;
  if (confirmSecret === undefined) return { type: 'not_set_up', what: 'cancel' };
  return attempt(context, { type: 'many_question', share }, call, async () => {
    const { shareId, target } = share;
    const query = { shareId, target, statuses: RUNNING, max: TASKS_PER_QUESTION, dryRun: true };
    const found = await context.cancelMany(query, toCaller(person), call).catch(toUnsupported);
    if (found === 'unsupported') return { type: 'unsupported_share', share };
    const { matched, tasks } = found;
    const doubtful = tasks.filter(({ verdict, status }) => verdict === 'skip' && status === 'DOING').length;
    const named = tasks.filter(({ verdict }) => verdict === 'delete').map(toShown);
    const taskIds = named.map(({ taskId }) => taskId).filter((taskId) => taskId !== undefined);
    if (taskIds.length === 0) return { type: 'none_running', share, doubtful };
    const token = signConfirmation(confirmSecret, person, { type: 'cancel-all', shareId, target, taskIds }, now());
    const full = isFull(matched + doubtful);
    return {
      type: 'many_question',
      share,
      tasks: named,
      others: matched - named.length,
      doubtful,
      isFull: full,
      token,
    };
  });
}

function toUnsupported(error: unknown): 'unsupported' {
  if (error instanceof ServiceError && isUnsupported(error)) return 'unsupported';
  throw error;
}

/** Cancels those of the named tasks that are still running, as far as time allows. */
export function cancelMany(
  context: ChatContext,
  person: Member,
  share: ShareName,
  { taskIds }: AskedOf<'cancel-all'>,
  call: Call,
): Promise<View> {
  const { shareId, target } = share;
  return attempt(context, { type: 'many', share }, call, async () => {
    const only = new Set(taskIds);
    const query = { shareId, target, statuses: RUNNING, only, max: taskIds.length, dryRun: false };
    const { tasks } = await context.cancelMany(query, toCaller(person), call);
    return toView(share, taskIds, tasks);
  });
}

function toView(share: ShareName, asked: readonly TaskId[], tasks: readonly ManyTask[]): CancelledManyView {
  const toNamed = ({ taskId, path = '' }: ManyTask): NamedTask => ({ share, taskId, path });
  const those = (meets: (task: ManyTask) => boolean): readonly ManyTask[] => tasks.filter(meets);
  const unreached = those(({ reason }) => reason === 'out_of_time' || reason === 'not_tried');
  const settled = new Set(
    those((task) => task.outcome !== undefined || task.errCode !== undefined || unreached.includes(task)).map(
      ({ taskId }) => taskId,
    ),
  );
  return {
    type: 'many_done',
    share,
    cancelled: those(({ outcome }) => outcome === 'accepted').map(toNamed),
    gone: those(({ outcome }) => outcome === 'already_gone').map(({ taskId }) => taskId),
    failed: tasks.flatMap((task) => toFailed(task, toNamed(task))),
    // what is not listed any more, and what is not running any more
    ended: asked.filter((taskId) => !settled.has(taskId)),
    unreached: unreached.map(toNamed),
  };
}

function toFailed({ reason, errCode }: ManyTask, named: NamedTask): readonly FailedTask[] {
  if (errCode === undefined) return [];
  const isSent = reason === 'may_be_deleted' || reason === 'not_deleted';
  return [{ ...named, errCode, why: isSent ? reason : 'not_checked' }];
}

function toShown({ taskId, path = '', ageMs }: ManyTask): ShownTask {
  return {
    taskId: v.is(TASK_ID, taskId) ? taskId : undefined,
    path,
    status: 'DOING',
    ageMs,
    beganAtMs: undefined,
    endedAtMs: undefined,
    sizeBytes: undefined,
    message: '',
  };
}
