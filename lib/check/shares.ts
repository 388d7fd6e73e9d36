import { FEATURES, parseTaskId, type ShareId } from '../core/task.ts';
import type { ShareRecord } from '../sfs-turbo/records.ts';
import type { CheckContext } from './context.ts';
import { type Attempted, attempt, type CheckRow, failed, ok } from './row.ts';

// with * any share will do, but not every type of share has tasks
const MAX_TRIED = 5;

/**
 * The tasks of the shares in question, and whether a DELETE would be allowed there.
 *
 * @param shares those of the project, as far as they may be listed
 */
export async function checkShares(
  context: CheckContext,
  shares: Attempted<readonly ShareRecord[]>,
  add: (row: CheckRow) => void,
): Promise<void> {
  const { query, app } = context;
  const { allowedShares } = app.config;
  const named = query.shareIds ?? (allowedShares === '*' ? undefined : [...allowedShares]);
  if (named !== undefined) {
    for (const shareId of named) {
      const isKnown = 'failure' in shares || shares.value.some((share) => share.shareId === shareId);
      const remedy = isKnown ? undefined : 'look at the id: the project has no such share';
      for (const row of await checkShare(shareId, context, remedy)) add(row);
    }
    return;
  }
  const found = 'value' in shares ? shares.value.flatMap(({ shareId }) => shareId ?? []).slice(0, MAX_TRIED) : [];
  let rows: readonly CheckRow[] = [];
  for (const shareId of found) {
    rows = await checkShare(shareId, context);
    if (rows[0]?.result === 'ok') break;
  }
  for (const row of rows) add(row);
}

/** @param remedy what to do where the tasks cannot be read, where it is another one than usual */
async function checkShare(
  shareId: ShareId,
  context: CheckContext,
  remedy?: string,
): Promise<readonly [CheckRow, ...CheckRow[]]> {
  const { call, app, query } = context;
  const subject = { check: 'tasks', shareId } as const;
  const page = await attempt(() => app.sfsTurbo.listTaskPage(shareId, undefined, call));
  if ('failure' in page) return [failed(subject, page.failure, app.config, remedy)];
  const read = ok(subject, page.value.length === 0 ? 'none there' : `${page.value.length} on the first page`);
  return query.probeDelete ? [read, await probeDelete(shareId, context)] : [read];
}

// the service makes ids of its own, and never this one
const NO_TASK = parseTaskId('00000000-0000-0000-0000-000000000000');

/** Only a caller who may delete is told that there is no such task. */
async function probeDelete(shareId: ShareId, { caller, call, app }: CheckContext): Promise<CheckRow> {
  const subject = { check: 'delete', shareId } as const;
  const ref = { shareId, taskId: NO_TASK, feature: FEATURES[0] };
  const deleting = await attempt(() => app.cancelTask(ref, caller, call));
  if ('value' in deleting) return { ...subject, result: 'failed', found: 'a task that cannot exist was deleted' };
  const { failure } = deleting;
  if (failure.code === 'task_not_found') return ok(subject, 'allowed');
  const isForbidden = failure.code === 'upstream_forbidden';
  return failed(
    subject,
    failure,
    app.config,
    isForbidden ? 'give the user sfsturbo:shares:deleteFsAsyncTask' : undefined,
  );
}
