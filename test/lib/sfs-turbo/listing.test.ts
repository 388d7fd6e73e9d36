import { describe, expect, test } from 'vitest';
import type { Call } from '../../../lib/core/call.ts';
import { ServiceError } from '../../../lib/core/errors.ts';
import { createLogs } from '../../../lib/core/log.ts';
import { parseShareId } from '../../../lib/core/task.ts';
import type { SfsTurbo } from '../../../lib/sfs-turbo/client.ts';
import { listShares, listTasks } from '../../../lib/sfs-turbo/listing.ts';
import type { ShareRecord } from '../../../lib/sfs-turbo/records.ts';
import { type TaskRecord, toTaskRecord } from '../../../lib/sfs-turbo/records.ts';

const SHARE = parseShareId('share-1');
const CALL: Call = { requestId: 'r', deadlineAtMs: Date.now() + 60_000, log: createLogs('ERROR', () => {})('r') };
const onPage = (): void => {};

const task = (id: unknown): TaskRecord => toTaskRecord({ task_id: id, status: 'SUCCESS' }) as TaskRecord;
const share = (id: string | undefined): ShareRecord => ({
  shareId: id === undefined ? undefined : parseShareId(id),
});

/** A service whose pages the test makes up. */
function service(pages: {
  tasks?: (marker: string | undefined, call: number) => readonly TaskRecord[];
  shares?: (offset: number) => readonly ShareRecord[];
}): SfsTurbo & { readonly markers: (string | undefined)[]; readonly offsets: number[] } {
  const markers: (string | undefined)[] = [];
  const offsets: number[] = [];
  const unused = async (): Promise<never> => {
    throw new TypeError('not part of this test');
  };
  return {
    markers,
    offsets,
    checkProject: unused,
    deleteTask: unused,
    showTask: unused,
    readTaskPage: unused,
    readTask: unused,
    listTaskPage: async (_share, marker) => {
      markers.push(marker);
      return pages.tasks?.(marker, markers.length) ?? [];
    },
    listSharePage: async (offset) => {
      offsets.push(offset);
      return pages.shares?.(offset) ?? [];
    },
  };
}

function answered(status: 400 | 403 | 404 | 500, errCode: string): ServiceError {
  const code = { 400: 'upstream_bad_request', 403: 'upstream_forbidden', 404: 'task_not_found', 500: 'upstream_error' };
  return new ServiceError(code[status] as ServiceError['code'], '', { upstream: { status, errCode } });
}

describe('tasks', () => {
  test('pages are read until one is empty, each from the last id of the one before', async () => {
    const pages: Record<string, readonly TaskRecord[]> = { start: [task('a'), task('b')], b: [task('c')], c: [] };
    const sfsTurbo = service({ tasks: (marker = 'start') => pages[marker] ?? [] });

    const tasks = await listTasks(sfsTurbo, SHARE, CALL, onPage);

    expect(tasks).toEqual([task('a'), task('b'), task('c')]);
    expect(sfsTurbo.markers).toEqual([undefined, 'b', 'c']);
  });

  test('odd members stay in the list', async () => {
    const sfsTurbo = service({ tasks: (marker) => (marker === undefined ? [task(7), task('a/b'), task('c')] : []) });

    const tasks = await listTasks(sfsTurbo, SHARE, CALL, onPage);

    expect(tasks).toHaveLength(3);
  });

  test.each([
    { name: 'the same page again', tasks: () => [task('a'), task('b')] },
    { name: 'an id of the page before', tasks: (marker?: string) => (marker ? [task('c'), task('a')] : [task('a')]) },
    { name: 'an id twice in one page', tasks: () => [task('a'), task('a')] },
    { name: 'no id at the end of a page', tasks: () => [task('a'), task(undefined)] },
    { name: 'an empty id at the end of a page', tasks: () => [task('a'), task('')] },
    { name: 'new tasks for ever', tasks: (_?: string, call?: number) => [task(`t${call}`)] },
  ])('$name makes no list', async ({ tasks }) => {
    const listing = listTasks(service({ tasks }), SHARE, CALL, onPage);

    await expect(listing).rejects.toMatchObject({ code: 'upstream_invalid' });
  });

  test('a list that never ends is given up after a thousand pages', async () => {
    const sfsTurbo = service({ tasks: (_, call) => [task(`t${call}`)] });

    await listTasks(sfsTurbo, SHARE, CALL, onPage).catch(() => {});

    expect(sfsTurbo.markers).toHaveLength(1_000);
  });

  test('when the task of the marker has gone, the list is read from the start', async () => {
    const sfsTurbo = service({
      tasks: (marker, call) => {
        if (call === 2) throw answered(404, 'SFS.TURBO.0124');
        return marker === undefined ? [task(call === 1 ? 'a' : 'b')] : [];
      },
    });

    const tasks = await listTasks(sfsTurbo, SHARE, CALL, onPage);

    expect(tasks).toEqual([task('b')]);
    expect(sfsTurbo.markers).toEqual([undefined, 'a', undefined, 'b']);
  });

  test('it is read from the start again five times at most', async () => {
    const sfsTurbo = service({
      tasks: (marker) => {
        if (marker !== undefined) throw answered(404, 'SFS.TURBO.0124');
        return [task('a')];
      },
    });

    await expect(listTasks(sfsTurbo, SHARE, CALL, onPage)).rejects.toMatchObject({ code: 'upstream_invalid' });
    expect(sfsTurbo.markers).toHaveLength(12);
  });

  test.each([
    { error: answered(400, 'SFS.TURBO.0041'), says: 'unsupported' },
    { error: answered(400, 'SFS.TURBO.0024'), says: 'unsupported' },
    { error: answered(400, 'SFS.TURBO.0001'), says: 'failed' },
    { error: answered(400, 'SFS.TURBO.0123'), says: 'failed' },
    { error: answered(400, 'SFS.TURBO.0002'), says: 'failed' },
    { error: answered(400, 'SFS.TURBO.0015'), says: 'failed' },
    { error: answered(400, 'SFS.TURBO.0011'), says: 'failed' },
    { error: answered(400, 'APIGW.0201'), says: 'failed' },
    { error: answered(403, 'SFS.TURBO.9000'), says: 'failed' },
    { error: answered(404, 'SFS.TURBO.0124'), says: 'failed' },
    { error: answered(500, 'SFS.TURBO.0041'), says: 'failed' },
  ])('$error.upstream.status $error.upstream.errCode on the first page: $says', async ({ error, says }) => {
    const sfsTurbo = service({
      tasks: () => {
        throw error;
      },
    });

    const outcome = await listTasks(sfsTurbo, SHARE, CALL, onPage).catch(() => 'failed');

    expect(outcome).toEqual(says === 'failed' ? says : { type: says, refusal: error });
  });

  test('what would mean an unsupported share on the first page is a failure on a later one', async () => {
    const sfsTurbo = service({
      tasks: (marker) => {
        if (marker !== undefined) throw answered(400, 'SFS.TURBO.0041');
        return [task('a')];
      },
    });

    await expect(listTasks(sfsTurbo, SHARE, CALL, onPage)).rejects.toMatchObject({ code: 'upstream_bad_request' });
  });
});

describe('shares', () => {
  test('pages are read until one is empty, by the number of those seen', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map(share);
    const sfsTurbo = service({ shares: (offset) => all.slice(offset, offset + 2) });

    expect(await listShares(sfsTurbo, CALL)).toEqual(all);
    expect(sfsTurbo.offsets).toEqual([0, 2, 4, 5]);
  });

  test('one that moved to the next page counts once', async () => {
    const pages: Record<number, readonly ShareRecord[]> = { 0: [share('a'), share('b')], 2: [share('b'), share('c')] };
    const sfsTurbo = service({ shares: (offset) => pages[offset] ?? [] });

    expect(await listShares(sfsTurbo, CALL)).toEqual(['a', 'b', 'c'].map(share));
  });

  test.each([
    { name: 'the same page for every offset', shares: () => [share('a')] },
    { name: 'nothing but odd ids', shares: () => [share(undefined)] },
    { name: 'new shares for ever', shares: (offset: number) => [share(`s${offset}`)] },
  ])('$name makes no list', async ({ shares }) => {
    await expect(listShares(service({ shares }), CALL)).rejects.toMatchObject({ code: 'upstream_invalid' });
  });
});
