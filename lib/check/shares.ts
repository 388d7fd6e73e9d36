import { FEATURES, isAllowed, parseTaskId, type ShareId } from '../core/task.ts';
import type { ShareRecord } from '../sfs-turbo/records.ts';
import type { CheckContext, CheckSettings } from './context.ts';
import { type Attempted, attempt, type CheckRow, failed, ok } from './row.ts';

// with * any share will do, but not every type of share has tasks
const MAX_TRIED = 5;

type Shares = Attempted<readonly ShareRecord[]>;

/**
 * The tasks of the shares in question, and whether a DELETE would be allowed there.
 *
 * @param shares those of the project, as far as they may be listed
 */
export async function checkShares(context: CheckContext, shares: Shares): Promise<readonly CheckRow[]> {
  const named = context.shareIds ?? namedShares(context.settings, shares);
  if (named === undefined) return checkAny(context, shares);
  const rows: CheckRow[] = [];
  for (const shareId of named) {
    const remedy = isKnown(shareId, shares) ? undefined : 'check the id: the project has no such share';
    rows.push(...(await checkShare(shareId, context, remedy)));
  }
  return rows;
}

/** Of the shares that a target names one will do, and those that the project does not have. Nothing where it names none. */
function namedShares({ name, allowedShares, tags }: CheckSettings, shares: Shares): readonly ShareId[] | undefined {
  if (allowedShares === '*' || tags !== undefined) return undefined;
  const named = [...allowedShares];
  return name === undefined ? named : named.filter((shareId, at) => at === 0 || !isKnown(shareId, shares));
}

function isKnown(shareId: ShareId, shares: Shares): boolean {
  return 'failure' in shares || shares.value.some((share) => share.shareId === shareId);
}

/** The first share that has tasks, or the failure of the last that was tried. */
async function checkAny(context: CheckContext, shares: Shares): Promise<readonly CheckRow[]> {
  const { allowedShares } = context.settings;
  const ids = 'value' in shares ? shares.value.flatMap(({ shareId }) => shareId ?? []) : [];
  let rows: readonly CheckRow[] = [];
  for (const shareId of ids.filter((id) => isAllowed(id, allowedShares)).slice(0, MAX_TRIED)) {
    rows = await checkShare(shareId, context);
    if (rows[0]?.result === 'ok') break;
  }
  return rows;
}

/** @param remedy what to do where the tasks cannot be read, where it is another one than usual */
async function checkShare(
  shareId: ShareId,
  context: CheckContext,
  remedy?: string,
): Promise<readonly [CheckRow, ...CheckRow[]]> {
  const { call, target, settings, probeDelete: isProbed } = context;
  const subject = { check: 'tasks', shareId } as const;
  const page = await attempt(() => target.sfsTurbo.listTaskPage(shareId, undefined, call));
  if ('failure' in page) return [failed(subject, page.failure, settings, remedy)];
  const read = ok(subject, page.value.length === 0 ? 'none there' : `${page.value.length} on the first page`);
  return isProbed ? [read, await probeDelete(shareId, context)] : [read];
}

// the service makes ids of its own, and never this one
const NO_TASK = parseTaskId('00000000-0000-0000-0000-000000000000');

/** Only a caller who may delete is told that there is no such task. */
async function probeDelete(shareId: ShareId, { caller, call, target, settings }: CheckContext): Promise<CheckRow> {
  const subject = { check: 'delete', shareId } as const;
  const ref = { shareId, taskId: NO_TASK, feature: FEATURES[0] };
  const deleting = await attempt(() => target.cancelTask(ref, caller, call));
  if ('value' in deleting) return { ...subject, result: 'failed', found: 'a task that cannot exist was deleted' };
  const { failure } = deleting;
  if (failure.code === 'task_not_found') return ok(subject, 'allowed');
  const isForbidden = failure.code === 'upstream_forbidden';
  return failed(
    subject,
    failure,
    settings,
    isForbidden ? 'give the user sfsturbo:shares:deleteFsAsyncTask' : undefined,
  );
}
