import { expect, test } from 'vitest';
import type { Call } from '../../../lib/core/call.ts';
import { ServiceError } from '../../../lib/core/errors.ts';
import { createLogs } from '../../../lib/core/log.ts';
import { type AllowedShares, parseShareId } from '../../../lib/core/task.ts';
import { toTaskRecord } from '../../../lib/sfs-turbo/records.ts';
import { createListWhole } from '../../../lib/tasks/list-whole.ts';
import { createFakeRuntime } from '../../support/fake-runtime.ts';

const SHARE = parseShareId('share-1');
const only = (id: string): AllowedShares => new Set([parseShareId(id)]);
const late = new ServiceError('upstream_timeout', 'late');

/** Lists a share whose pages have these ids; an error comes in place of a page. */
function list(pages: readonly (readonly string[] | ServiceError)[], allowed: AllowedShares, shares: AllowedShares) {
  const runtime = createFakeRuntime();
  const call: Call = { requestId: 'r', deadlineAtMs: runtime.now(), log: createLogs('INFO', runtime.write)('r') };
  let read = 0;
  const listTaskPage = async () => {
    const page = pages[read] ?? [];
    read += 1;
    if (page instanceof ServiceError) throw page;
    return page.map((id) => toTaskRecord({ task_id: id, status: 'ODD' })).filter((record) => record !== undefined);
  };
  const listing = createListWhole(allowed, { listTaskPage })({ shareId: SHARE }, { name: 'ci', shares }, call);
  return { listing, reads: () => read };
}

test('lists every task, odd ones too', async () => {
  const { listing } = list([['a', 'b'], ['../c']], '*', '*');

  const found = await listing;

  expect(found).toMatchObject({ complete: true, tasks: [{ rawId: 'a' }, { rawId: 'b' }, { rawId: '../c' }] });
});

test('says that the list is not complete when time runs out', async () => {
  const { listing } = list([['a', 'b'], late], '*', '*');

  expect(await listing).toMatchObject({ complete: false, tasks: [{ rawId: 'a' }, { rawId: 'b' }] });
});

test('counts a task once whose list was begun anew', async () => {
  const gone = new ServiceError('task_not_found', 'the marker is gone');
  const { listing } = list([['a', 'b'], gone, ['a', 'b'], late], '*', '*');

  expect(await listing).toMatchObject({ complete: false, tasks: [{ rawId: 'a' }, { rawId: 'b' }] });
});

test.each([
  ['not one page came', [late], 'upstream_timeout'],
  ['a later page fails', [['a'], new ServiceError('upstream_error', 'no')], 'upstream_error'],
] as const)('fails when %s', async (_, pages, code) => {
  await expect(list(pages, '*', '*').listing).rejects.toMatchObject({ code });
});

test('knows a share without tasks', async () => {
  const upstream = { status: 400, errCode: 'SFS.TURBO.0099' };
  const { listing } = list([new ServiceError('upstream_bad_request', 'no', { upstream })], '*', '*');

  expect(await listing).toBe('unsupported');
});

test.each([
  { allowed: only('share-2'), shares: '*' },
  { allowed: '*', shares: only('share-2') },
] as const)(
  'a share that one of both does not allow is refused, and nobody is asked: %j',
  async ({ allowed, shares }) => {
    const { listing, reads } = list([['a']], allowed, shares);

    await expect(listing).rejects.toMatchObject({ code: 'forbidden' });
    expect(reads()).toBe(0);
  },
);
