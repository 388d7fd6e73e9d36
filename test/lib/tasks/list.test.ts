import { expect, test } from 'vitest';
import type { Call } from '../../../lib/core/call.ts';
import { ServiceError } from '../../../lib/core/errors.ts';
import { createLogs } from '../../../lib/core/log.ts';
import type { ErrorCode } from '../../../lib/core/status.ts';
import { parseShareId } from '../../../lib/core/task.ts';
import { type ListedTask, toListedTask } from '../../../lib/sfs-turbo/documented-task.ts';
import { createListTasks, type ListQuery } from '../../../lib/tasks/list.ts';
import { createFakeRuntime } from '../../support/fake-runtime.ts';

const CALLER = { name: 'ci', shares: '*' } as const;
const SHARE = parseShareId('share-1');

function taskOf(id: string): ListedTask {
  const task = toListedTask({ task_id: id, status: 'DOING', begin_time: '2025-12-31 23:00:00', end_time: '' });
  if (task === undefined) throw new Error(`no task ${id}`);
  return task;
}

/** A service that answers each page by the ids of its tasks, or fails; a page takes a second. */
function service(pageAt: (marker: string | undefined, count: number) => readonly string[] | ErrorCode) {
  const runtime = createFakeRuntime();
  const markers: (string | undefined)[] = [];
  const listTasks = createListTasks(
    '*',
    {
      readTaskPage: async ({ marker }) => {
        markers.push(marker);
        runtime.advance(1_000);
        const page = pageAt(marker, markers.length);
        if (typeof page === 'string') throw new ServiceError(page, page);
        return { value: page.map(taskOf), upstreamRequestId: `request-${markers.length}` };
      },
    },
    runtime,
  );
  const log = createLogs('INFO', runtime.write)('r');
  const list = (query: Partial<ListQuery> = {}, remainingMs = 3_600_000) => {
    const call: Call = { requestId: 'r', deadlineAtMs: runtime.now() + remainingMs, log };
    return listTasks({ shareId: SHARE, limit: 100, ...query }, CALLER, call);
  };
  return { list, markers };
}

const idsOf = ({ tasks }: { readonly tasks: readonly { readonly task_id: string }[] }) =>
  tasks.map(({ task_id }) => task_id);
/** Pages of one task each, without an end. */
const endless = (_: string | undefined, count: number) => [`task-${count}`];

test('short pages are read on from until an empty one, which is the end', async () => {
  const pages = [['a', 'b'], ['c'], []];
  const { list, markers } = service((_, count) => pages[count - 1] ?? []);

  const page = await list();

  expect(idsOf(page)).toEqual(['a', 'b', 'c']);
  expect(page).not.toHaveProperty('nextMarker');
  expect(page.upstreamRequestId).toBe('request-3');
  expect(markers).toEqual([undefined, 'b', 'c']);
});

test('a page that is full ends in the middle of the service’s', async () => {
  const { list, markers } = service(() => ['a', 'b', 'c']);

  const page = await list({ limit: 2 });

  expect(page).toMatchObject({ nextMarker: 'b', upstreamRequestId: 'request-1' });
  expect(markers).toHaveLength(1);
});

test('a list without an end is cut before time runs out, and goes on from there', async () => {
  const { list, markers } = service(endless);

  const page = await list({ statuses: new Set(['FAIL']) }, 10_000);

  expect(page).toMatchObject({ tasks: [], nextMarker: 'task-9' });
  expect(markers).toHaveLength(9);
});

test('a list without an end is cut at a thousand pages, however much time there is', async () => {
  const { list, markers } = service(endless);

  const page = await list({ pathPrefix: '/' });

  expect(page).toMatchObject({ tasks: [], nextMarker: 'task-1000' });
  expect(markers).toHaveLength(1_000);
});

test.each([
  { pages: [['a', 'b'], ['b']], name: 'begins with its marker' },
  {
    pages: [
      ['a', 'b'],
      ['c', 'a'],
    ],
    name: 'comes back to an earlier one',
  },
  { pages: [['a', 'a']], name: 'has a task twice' },
])('a list that $name is none', async ({ pages }) => {
  const { list } = service((_, count) => pages[count - 1] ?? []);

  await expect(list()).rejects.toMatchObject({ code: 'upstream_invalid' });
});

test('a list that comes back to the caller’s marker is none', async () => {
  const { list } = service(() => ['a', 'marker']);

  await expect(list({ marker: 'marker' })).rejects.toMatchObject({ code: 'upstream_invalid' });
});

test.each<ErrorCode>(['upstream_timeout', 'upstream_throttled', 'upstream_unavailable', 'upstream_error'])(
  'after %s a later page is left for the next request',
  async (code) => {
    const { list } = service((_, count) => (count === 1 ? ['a'] : code));

    const page = await list();

    expect(page).toMatchObject({ tasks: [{ task_id: 'a', age_s: 3_601 }], nextMarker: 'a' });
  },
);

test.each<ErrorCode>(['upstream_invalid', 'iam_rejected', 'upstream_forbidden', 'upstream_bad_request', 'internal'])(
  '%s at a later page fails the whole list',
  async (code) => {
    const { list } = service((_, count) => (count === 1 ? ['a'] : code));

    await expect(list()).rejects.toMatchObject({ code });
  },
);

test.each<ErrorCode>(['upstream_timeout', 'upstream_error', 'task_not_found'])(
  '%s at the first page fails the list',
  async (code) => {
    const { list, markers } = service(() => code);

    await expect(list({ marker: 'gone' })).rejects.toMatchObject({ code });
    expect(markers).toHaveLength(1);
  },
);

test('a marker that is deleted between two pages makes it begin anew where the caller began', async () => {
  const pages = [['a', 'b'], 'task_not_found', ['a', 'c'], []] as const;
  const { list, markers } = service((_, count) => pages[count - 1] ?? []);

  const page = await list({ marker: 'start' });

  expect(idsOf(page)).toEqual(['a', 'c']);
  expect(markers).toEqual(['start', 'b', 'start', 'c']);
});

test('markers that are deleted again and again make no list', async () => {
  const { list, markers } = service((_, count) => (count % 2 === 1 ? ['a'] : 'task_not_found'));

  await expect(list()).rejects.toMatchObject({ code: 'upstream_invalid' });
  expect(markers).toHaveLength(12);
});
