import { expect, test } from 'vitest';
import type { Call } from '../../../lib/core/call.ts';
import type { Caller } from '../../../lib/core/caller.ts';
import { createLogs } from '../../../lib/core/log.ts';
import { type AllowedShares, parseShareId, parseTaskRef } from '../../../lib/core/task.ts';
import type { ListedTask } from '../../../lib/sfs-turbo/documented-task.ts';
import { toListedTask } from '../../../lib/sfs-turbo/documented-task.ts';
import { type TaskRecord, toTaskRecord } from '../../../lib/sfs-turbo/records.ts';
import { createLookUpTask, createShowTask } from '../../../lib/tasks/show.ts';
import { createFakeRuntime } from '../../support/fake-runtime.ts';

const TASK = { task_id: 'task-1', status: 'DOING', begin_time: '2026-01-01 00:00:00', end_time: '' };
const REF = parseTaskRef({ share_id: 'share-1', task_id: 'task-1' });
const only = (id: string): AllowedShares => new Set([parseShareId(id)]);

function show(allowed: AllowedShares, caller: Caller) {
  const runtime = createFakeRuntime();
  const call: Call = { requestId: 'r', deadlineAtMs: runtime.now(), log: createLogs('INFO', runtime.write)('r') };
  const asked: string[] = [];
  const readTask = async ({ taskId }: { readonly taskId: string }) => {
    asked.push(taskId);
    // the test's own task is as documented
    return { value: toListedTask(TASK) as ListedTask, upstreamRequestId: 'request-1' };
  };
  return { asked, showing: createShowTask(allowed, { readTask })(REF, caller, call) };
}

test.each<{ allowed: AllowedShares; shares: AllowedShares }>([
  { allowed: '*', shares: '*' },
  { allowed: only('share-1'), shares: '*' },
  { allowed: '*', shares: only('share-1') },
])('a task of a share that both allow is shown as it came', async ({ allowed, shares }) => {
  const { showing } = show(allowed, { name: 'ci', shares });

  expect(await showing).toEqual({ value: TASK, upstreamRequestId: 'request-1' });
});

test.each<{ allowed: AllowedShares; shares: AllowedShares; reason: string }>([
  { allowed: only('share-2'), shares: '*', reason: 'ci named a share that is not in ALLOWED_SHARES' },
  { allowed: only('share-2'), shares: only('share-1'), reason: 'ci named a share that is not in ALLOWED_SHARES' },
  { allowed: '*', shares: only('share-2'), reason: 'ci named a share that is not among those of the key' },
])('a task of another share is refused, and nobody is asked: $reason', async ({ allowed, shares, reason }) => {
  const { asked, showing } = show(allowed, { name: 'ci', shares });

  await expect(showing).rejects.toMatchObject({ code: 'forbidden', reason });
  expect(asked).toEqual([]);
});

test('a task that is odd is looked up as far as it can be read', async () => {
  const record = toTaskRecord({ status: 'ODD', dir_usage: { path: '/home' } });

  const found = await lookUp('*', '*', record);

  expect(found).toMatchObject({ status: undefined, path: '/home' });
});

test.each<{ allowed: AllowedShares; shares: AllowedShares }>([
  { allowed: only('share-2'), shares: '*' },
  { allowed: '*', shares: only('share-2') },
])('nobody is asked for a task of another share: %j', async ({ allowed, shares }) => {
  await expect(lookUp(allowed, shares, undefined)).rejects.toMatchObject({ code: 'forbidden' });
});

function lookUp(allowed: AllowedShares, shares: AllowedShares, record: TaskRecord | undefined): Promise<TaskRecord> {
  const runtime = createFakeRuntime();
  const call: Call = { requestId: 'r', deadlineAtMs: runtime.now(), log: createLogs('INFO', runtime.write)('r') };
  const showTask = async () => {
    if (record === undefined) throw new Error('SFS Turbo was asked');
    return record;
  };
  return createLookUpTask(allowed, { showTask })(REF, { name: 'ci', shares }, call);
}
