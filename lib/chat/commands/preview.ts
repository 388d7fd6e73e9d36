import type { Call } from '../../core/call.ts';
import { isAllowed, isFull, type ShareId } from '../../core/task.ts';
import type { SweepOverrides } from '../../sweep/overrides.ts';
import type { TaskReport } from '../../sweep/task-report.ts';
import { DELETES_PER_SWEEP } from '../asked.ts';
import { signConfirmation } from '../confirmation.ts';
import type { PreviewView, SweepOffer } from '../many-views.ts';
import { type Member, toCaller } from '../person.ts';
import type { ShareName } from '../share-place.ts';
import type { DueTask } from '../task-view.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext, ConfiguredSweep } from './context.ts';
import { TASKS_PER_MESSAGE, toShownTask } from './shown-task.ts';

/** `/du preview`: what the next sweep would delete. */
export function preview(context: ChatContext, person: Member, call: Call): Promise<View> | View {
  const { sweep } = context;
  if (sweep === undefined) return { type: 'not_set_up', what: 'preview' };
  if (sweep === 'several_targets') return { type: 'not_set_up', what: 'sweep_of_several' };
  return attempt(context, { type: 'preview' }, call, async () => {
    const seen = await lookAt(context, sweep, person, {}, call);
    return { ...seen, scope: undefined, offer: { type: 'none' } };
  });
}

/** `/du sweep`: the same, of one share or of all, with a button that runs the sweep. */
export function sweepQuestion(
  context: ChatContext,
  person: Member,
  scope: ShareName | undefined,
  call: Call,
): Promise<View> | View {
  const { sweep } = context;
  if (sweep === undefined) return { type: 'not_set_up', what: 'preview' };
  if (sweep === 'several_targets') return { type: 'not_set_up', what: 'sweep_of_several' };
  if (scope !== undefined && !isAllowed(scope.shareId, sweep.settings.shares))
    return { type: 'not_swept', share: scope };
  return attempt(context, { type: 'sweep_question', scope }, call, async () => {
    const overrides = { ...overridesOf(scope), maxDeletes: DELETES_PER_SWEEP };
    const seen = await lookAt(context, sweep, person, overrides, call);
    return { ...seen, scope, offer: offerOf(context, sweep, person, scope, seen.dueCount) };
  });
}

/** Narrows a run to one share. */
export function overridesOf(scope: ShareName | undefined): SweepOverrides {
  return scope === undefined ? {} : { shares: new Set([scope.shareId]) };
}

function offerOf(
  { confirmSecret, now }: ChatContext,
  { settings }: ConfiguredSweep,
  person: Member,
  scope: ShareName | undefined,
  dueCount: number,
): SweepOffer {
  if (settings.dryRun) return { type: 'dry' };
  if (dueCount === 0) return { type: 'none' };
  if (confirmSecret === undefined) return { type: 'no_secret' };
  const asked = { type: 'sweep', shareId: scope?.shareId, target: scope?.target, maxDeletes: dueCount } as const;
  return { type: 'run', token: signConfirmation(confirmSecret, person, asked, now()) };
}

/** A dry run of the sweep. */
async function lookAt(
  { shares, now }: ChatContext,
  sweep: ConfiguredSweep,
  person: Member,
  overrides: SweepOverrides,
  call: Call,
): Promise<Omit<PreviewView, 'scope' | 'offer'>> {
  const nameOf = (shareId: ShareId) => shares.nameOf({ shareId, target: sweep.target });
  const due: DueTask[] = [];
  const running = new Map<ShareId, number>();
  const onTask = ({ shareId, task, verdict }: TaskReport): void => {
    if (task.status === 'DOING') running.set(shareId, (running.get(shareId) ?? 0) + 1);
    if (verdict === 'delete') due.push({ share: nameOf(shareId), task: toShownTask(task, now()) });
  };
  const summary = await sweep.run({ ...overrides, dryRun: true }, toCaller(person), call, { onTask });
  return {
    type: 'preview',
    due: due.slice(0, TASKS_PER_MESSAGE),
    dueCount: due.length,
    waitingCount: summary.due - due.length,
    shareCount: summary.shares,
    failedShareCount: summary.failed_shares,
    truncated: summary.truncated,
    fullShares: [...running].filter(([, count]) => isFull(count)).map(([shareId]) => nameOf(shareId)),
  };
}
