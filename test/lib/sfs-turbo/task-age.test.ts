import { expect, test } from 'vitest';
import type { TaskStatus } from '../../../lib/core/task.ts';
import { toTaskRecord } from '../../../lib/sfs-turbo/records.ts';
import { parseServiceTime } from '../../../lib/sfs-turbo/service-time.ts';
import { sinceOf } from '../../../lib/sfs-turbo/task-age.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

test.each<{ status: TaskStatus; begin?: string; end?: string; since: string }>([
  { status: 'SUCCESS', begin: '2025-12-31 10:00:00', end: '2025-12-31 11:00:00', since: '2025-12-31 11:00:00' },
  { status: 'FAIL', begin: '2025-12-31 10:00:00', end: '2025-12-31 11:00:00', since: '2025-12-31 11:00:00' },
  { status: 'FAIL', begin: '2025-12-31 10:00:00', end: '', since: '2025-12-31 10:00:00' },
  { status: 'DOING', begin: '2025-12-31 10:00:00', end: '2025-12-31 11:00:00', since: '2025-12-31 10:00:00' },
  { status: 'SUCCESS', begin: '2025-12-31 10:00:00', end: '2025-12-31 09:59:59', since: 'times_contradict' },
  { status: 'SUCCESS', end: '2025-12-31 11:00:00', since: 'time_missing' },
  { status: 'DOING', begin: '2026-01-01 00:00:01', since: 'time_in_future' },
  { status: 'DOING', begin: '2025-12-31 10:00:00', end: '2026-01-01 00:00:01', since: 'time_in_future' },
  { status: 'DOING', begin: '2025-12-31T10:00:00Z', since: 'time_unreadable' },
  { status: 'SUCCESS', begin: '2025-12-31 10:00:00', end: '0001-01-01 00:00:00', since: 'time_unreadable' },
])('a task that is $status from $begin to $end counts from $since', ({ status, begin, end, since }) => {
  const record = toTaskRecord({ task_id: 'a', status, begin_time: begin, end_time: end });
  const time = parseServiceTime(since);

  const counted = record && sinceOf(record, status, NOW_MS);

  expect(counted).toBe(time.type === 'time' ? time.atMs : since);
});
