import type { Call } from '../../core/call.ts';
import { isFull, type ShareId } from '../../core/task.ts';
import type { SweepOverrides } from '../../sweep/overrides.ts';
import type { TaskReport } from '../../sweep/task-report.ts';
import type { ShareName } from '../../targets/share-place.ts';
import { DELETES_PER_SWEEP } from '../asked.ts';
import { signConfirmation } from '../confirmation.ts';
import type { PreviewView, SweepOffer } from '../many-views.ts';
import { type Member, toCaller } from '../person.ts';
import type { DueTask } from '../task-view.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext, ConfiguredSweep } from './context.ts';
import { TASKS_PER_MESSAGE, toShownTask } from './shown-task.ts';
import { isSwept, overridesFor, scopeOf } from './sweep-scope.ts';

/** `/du preview`: what the next sweep would delete. */
export function preview(context: ChatContext, person: Member, call: Call): Promise<View> | View {
  const { sweep } = context;
  if (sweep === undefined) return { type: 'not_set_up', what: 'preview' };
  return attempt(context, { type: 'preview' }, call, async () => {
    const { real, dry } = scopeOf(sweep, person, undefined);
    const seen = await lookAt(context, sweep, person, overridesFor([...real, ...dry], undefined), call);
    return { ...seen, scope: undefined, dryTargets: [], offer: { type: 'none' } };
  });
}

/** `/du sweep`: the same, of one share or of all, with a button that runs the sweep. */
export function sweepQuestion(
  context: ChatContext,
  person: Member,
  share: ShareName | undefined,
  call: Call,
): Promise<View> | View {
  const { sweep } = context;
  if (sweep === undefined) return { type: 'not_set_up', what: 'preview' };
  const scope = scopeOf(sweep, person, share);
  if (share !== undefined && !isSwept(scope, share)) return { type: 'not_swept', share };
  return attempt(context, { type: 'sweep_question', scope: share }, call, async () => {
    const { real, dry } = scope;
    const isDry = real.length === 0;
    // what is shown and counted is what the button may delete
    const overrides = { ...overridesFor(isDry ? dry : real, share), maxDeletes: DELETES_PER_SWEEP };
    const seen = await lookAt(context, sweep, person, overrides, call);
    const dryTargets = isDry ? [] : dry.flatMap(({ name }) => name ?? []);
    return { ...seen, scope: share, dryTargets, offer: offerOf(context, isDry, person, share, seen.dueCount) };
  });
}

function offerOf(
  { confirmSecret, now }: ChatContext,
  isDry: boolean,
  person: Member,
  share: ShareName | undefined,
  dueCount: number,
): SweepOffer {
  if (isDry) return { type: 'dry' };
  if (dueCount === 0) return { type: 'none' };
  if (confirmSecret === undefined) return { type: 'no_secret' };
  const asked = { type: 'sweep', shareId: share?.shareId, target: share?.target, maxDeletes: dueCount } as const;
  return { type: 'run', token: signConfirmation(confirmSecret, person, asked, now()) };
}

/** A dry run of the sweep. */
async function lookAt(
  { shares, now }: ChatContext,
  sweep: ConfiguredSweep,
  person: Member,
  overrides: SweepOverrides,
  call: Call,
): Promise<Omit<PreviewView, 'scope' | 'dryTargets' | 'offer'>> {
  const due: DueTask[] = [];
  const running = new Map<string, { readonly share: ShareName; readonly count: number }>();
  const onTask = ({ shareId, task, verdict }: TaskReport, target?: string): void => {
    const share = shares.nameOf({ shareId, target });
    if (task.status === 'DOING') {
      const { count } = running.get(share.label) ?? { count: 0 };
      running.set(share.label, { share, count: count + 1 });
    }
    if (verdict === 'delete') due.push({ share, task: toShownTask(task, now()) });
  };
  // counted as one share that could not be read, and as none that there is
  let unlisted = 0;
  const onShareFailure = (shareId: ShareId | undefined): void => {
    if (shareId === undefined) unlisted += 1;
  };
  const observer = { onTask, onShareFailure };
  const summary = await sweep.run({ ...overrides, dryRun: true }, toCaller(person), call, observer);
  return {
    type: 'preview',
    due: due.slice(0, TASKS_PER_MESSAGE),
    dueCount: due.length,
    waitingCount: summary.due - due.length,
    shareCount: summary.shares + unlisted,
    failedShareCount: summary.failed_shares,
    truncated: summary.truncated,
    fullShares: [...running.values()].filter(({ count }) => isFull(count)).map(({ share }) => share),
  };
}
