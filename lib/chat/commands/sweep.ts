import type { Call } from '../../core/call.ts';
import { toServiceError } from '../../core/errors.ts';
import type { ShareName } from '../../targets/share-place.ts';
import type { Candidate } from '../../tasks/deleting/choose-oldest.ts';
import type { Ending } from '../../tasks/deleting/ending.ts';
import type { AskedOf } from '../asked.ts';
import { type Member, toCaller } from '../person.ts';
import type { FailedTask, NamedTask } from '../task-view.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext } from './context.ts';
import { sweepQuestion } from './preview.ts';
import { overridesFor, scopeOf } from './sweep-scope.ts';

/** Runs the sweep, at most for as many tasks as the question counted. Its own policy and caps hold as on the schedule. */
export function sweepNow(
  context: ChatContext,
  person: Member,
  scope: ShareName | undefined,
  { maxDeletes }: AskedOf<'sweep'>,
  call: Call,
): Promise<View> | View {
  const { sweep, shares } = context;
  const real = sweep && scopeOf(sweep, person, scope).real;
  // it may have been configured anew since the question
  if (sweep === undefined || real === undefined || real.length === 0) {
    return sweepQuestion(context, person, scope, call);
  }
  const deleted: NamedTask[] = [];
  const gone: string[] = [];
  const failed: FailedTask[] = [];

  const onEnding = ({ shareId, task }: Candidate, ending: Ending, target?: string): void => {
    if (task.taskId === undefined) return;
    const named = { share: shares.nameOf({ shareId, target }), taskId: task.taskId, path: task.path ?? '' };
    if (ending.type === 'deleted') deleted.push(named);
    if (ending.type === 'already_gone' || ending.type === 'gone') gone.push(task.taskId);
    if (ending.type === 'failed' || ending.type === 'unshown') failed.push(toFailedTask(named, ending));
  };

  return attempt(context, { type: 'sweep', scope }, call, async () => {
    const overrides = { ...overridesFor(real, scope), maxDeletes, dryRun: false };
    const summary = await sweep.run(overrides, toCaller(person), call, { onEnding });
    const { remaining, truncated, failed_shares: failedShareCount } = summary;
    return { type: 'swept', scope, deleted, gone, failed, remaining, truncated, failedShareCount };
  });
}

function toFailedTask(named: NamedTask, { type, error }: Extract<Ending, { readonly error: unknown }>): FailedTask {
  const { errCode, mayBeDone } = toServiceError(error);
  if (type === 'unshown') return { ...named, errCode, why: 'not_checked' };
  return { ...named, errCode, why: mayBeDone ? 'may_be_deleted' : 'not_deleted' };
}
