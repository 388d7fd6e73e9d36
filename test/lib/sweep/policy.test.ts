import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicySettings } from '../../../lib/config/policy.ts';
import { TASK_STATUSES } from '../../../lib/core/task.ts';
import { type TaskRecord, toTaskRecord } from '../../../lib/sfs-turbo/records.ts';
import { judgeTask, judgeTasks } from '../../../lib/sweep/policy.ts';
import type { Verdict } from '../../../lib/tasks/deleting/verdict.ts';
import { formatTaskTime } from '../../cloud/shares.ts';
import { DAY_MS, HOUR_MS } from '../../support/sweep-instance.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const SETTINGS: PolicySettings = {
  statuses: new Set(['SUCCESS', 'FAIL']),
  minAgeMs: DAY_MS,
  doingMinAgeMs: 3 * DAY_MS,
  keepLatest: 0,
};

const hoursAgo = (count: number): string => formatTaskTime(NOW_MS - count * HOUR_MS);

/** A sound task that ended 30 hours ago, with some of its fields replaced as the service would send them. */
function listed(fields: Readonly<Record<string, unknown>> = {}): TaskRecord {
  const task = toTaskRecord({
    task_id: 'a',
    status: 'SUCCESS',
    dir_usage: { path: '/data' },
    begin_time: hoursAgo(31),
    end_time: hoursAgo(30),
    ...fields,
  });
  if (task === undefined) throw new TypeError('no task');
  return task;
}

const reasonOf = (verdict: Verdict | undefined): string => {
  switch (verdict?.type) {
    case 'keep':
      return verdict.reason;
    case 'skip':
      return verdict.doubt;
    default:
      return verdict?.type ?? 'none';
  }
};

describe('a task by itself', () => {
  test.each([
    { name: 'a result of 30 hours', fields: {}, says: 'due' },
    { name: 'a failure of 30 hours', fields: { status: 'FAIL' }, says: 'due' },
    { name: 'exactly the age', fields: { end_time: hoursAgo(24) }, says: 'due' },
    { name: 'a second less', fields: { end_time: formatTaskTime(NOW_MS - DAY_MS + 1_000) }, says: 'too_young' },
    {
      name: 'begun long ago, ended just now',
      fields: { begin_time: hoursAgo(99), end_time: hoursAgo(1) },
      says: 'too_young',
    },
    { name: 'no end, begun long ago', fields: { end_time: '' }, says: 'due' },
    { name: 'end_time null', fields: { end_time: null }, says: 'due' },
    {
      name: 'no end, begun 23 hours ago',
      fields: { begin_time: hoursAgo(23), end_time: undefined },
      says: 'too_young',
    },
    { name: 'a running task', fields: { status: 'DOING', begin_time: hoursAgo(99) }, says: 'status_not_swept' },
    {
      name: 'begun and ended within the same second',
      fields: { begin_time: hoursAgo(30), end_time: hoursAgo(30) },
      says: 'due',
    },
    { name: 'ended this very second', fields: { end_time: hoursAgo(0) }, says: 'too_young' },
    { name: 'no begin', fields: { begin_time: undefined }, says: 'time_missing' },
    { name: 'neither time', fields: { begin_time: '', end_time: '' }, says: 'time_missing' },
    { name: 'an end in the future', fields: { end_time: formatTaskTime(NOW_MS + 1_000) }, says: 'time_in_future' },
    { name: 'a begin in the future', fields: { begin_time: formatTaskTime(NOW_MS + 1_000) }, says: 'time_in_future' },
    { name: 'an end before the begin', fields: { end_time: hoursAgo(32) }, says: 'times_contradict' },
    { name: 'a zone after the time', fields: { end_time: '2026-02-01 00:00:00Z' }, says: 'time_unreadable' },
    { name: 'a T in the time', fields: { end_time: '2026-02-01T00:00:00' }, says: 'time_unreadable' },
    { name: 'a date that does not exist', fields: { end_time: '2026-02-30 00:00:00' }, says: 'time_unreadable' },
    { name: 'a time without seconds', fields: { end_time: '2026-02-01 00:00' }, says: 'time_unreadable' },
    { name: 'a number as time', fields: { begin_time: 1_700_000_000 }, says: 'time_unreadable' },
    { name: 'a bad begin beside a good end', fields: { begin_time: 'yesterday' }, says: 'time_unreadable' },
    { name: 'a begin of the year 1', fields: { begin_time: '0001-01-01 00:00:00' }, says: 'time_unreadable' },
    { name: 'an end of the year 1', fields: { end_time: '0001-01-01 00:00:00' }, says: 'time_unreadable' },
    { name: 'a begin of 1970', fields: { begin_time: '1970-01-01 00:00:00' }, says: 'time_unreadable' },
    { name: 'an end of 1970', fields: { end_time: '1970-01-01 00:00:00' }, says: 'time_unreadable' },
    {
      name: 'a zero begin and no end',
      fields: { begin_time: '1970-01-01 00:00:00', end_time: '' },
      says: 'time_unreadable',
    },
    { name: 'the year 0', fields: { begin_time: '0000-00-00 00:00:00' }, says: 'time_unreadable' },
    { name: 'an unknown status', fields: { status: 'CANCELLED' }, says: 'unknown_status' },
    { name: 'a status in lower case', fields: { status: 'success' }, says: 'unknown_status' },
    { name: 'no status', fields: { status: undefined }, says: 'unknown_status' },
    { name: 'an id with a slash', fields: { task_id: '../x' }, says: 'odd_id' },
    { name: 'an empty id', fields: { task_id: '' }, says: 'odd_id' },
    { name: 'a number as id', fields: { task_id: 7 }, says: 'odd_id' },
    { name: 'no path', fields: { dir_usage: {} }, says: 'no_path' },
    { name: 'an empty path', fields: { dir_usage: { path: '' } }, says: 'no_path' },
    { name: 'no dir_usage', fields: { dir_usage: undefined }, says: 'no_path' },
  ])('$name: $says', ({ fields, says }) => {
    const verdict = judgeTask(listed(fields), () => SETTINGS, NOW_MS);

    expect(reasonOf(verdict)).toBe(says);
  });

  test.each([
    { name: '73 hours', fields: { begin_time: hoursAgo(73), end_time: '' }, says: 'due' },
    { name: '71 hours', fields: { begin_time: hoursAgo(71), end_time: '' }, says: 'too_young' },
    {
      name: '73 hours, with an end_time that means nothing yet',
      fields: { begin_time: hoursAgo(73), end_time: hoursAgo(1) },
      says: 'due',
    },
    {
      name: '73 hours, with an end_time that cannot be read',
      fields: { begin_time: hoursAgo(73), end_time: '-' },
      says: 'time_unreadable',
    },
    { name: 'no begin', fields: { begin_time: '', end_time: hoursAgo(99) }, says: 'time_missing' },
    { name: 'a zero begin', fields: { begin_time: '0001-01-01 00:00:00', end_time: '' }, says: 'time_unreadable' },
    {
      name: '73 hours, with a zero end',
      fields: { begin_time: hoursAgo(73), end_time: '0001-01-01 00:00:00' },
      says: 'time_unreadable',
    },
  ])('a running task where running tasks are swept, $name: $says', ({ fields, says }) => {
    const settings = { ...SETTINGS, statuses: new Set(['DOING'] as const) };

    const verdict = judgeTask(listed({ status: 'DOING', ...fields }), () => settings, NOW_MS);

    expect(reasonOf(verdict)).toBe(says);
  });

  test('the time zone of the machine does not matter', () => {
    const before = process.env['TZ'];
    process.env['TZ'] = 'Asia/Shanghai';

    const verdict = judgeTask(listed({ end_time: hoursAgo(24) }), () => SETTINGS, NOW_MS);

    process.env['TZ'] = before ?? '';
    expect(verdict).toEqual({ type: 'due', sinceMs: NOW_MS - DAY_MS, dueSinceMs: NOW_MS });
  });
});

describe('the newest results of a path', () => {
  const result = (id: string, ageHours: number, fields: Readonly<Record<string, unknown>> = {}): TaskRecord =>
    listed({ task_id: id, begin_time: hoursAgo(ageHours + 1), end_time: hoursAgo(ageHours), ...fields });
  const kept = (tasks: readonly TaskRecord[], keepLatest: number): readonly (string | undefined)[] => {
    const verdicts = judgeTasks(tasks, () => ({ ...SETTINGS, keepLatest }), NOW_MS).map(({ verdict }) => verdict);
    return tasks.filter((_, index) => verdicts[index]?.type !== 'due').map(({ rawId }) => rawId);
  };

  test.each([
    { keepLatest: 0, stays: [] },
    { keepLatest: 1, stays: ['b'] },
    { keepLatest: 2, stays: ['a', 'b'] },
    { keepLatest: 9, stays: ['a', 'b', 'c'] },
  ])('$keepLatest of three stay', ({ keepLatest, stays }) => {
    expect(kept([result('a', 50), result('b', 40), result('c', 60)], keepLatest)).toEqual(stays);
  });

  test('each path has its own', () => {
    const tasks = [result('a', 50), result('b', 40), result('c', 60, { dir_usage: { path: '/other' } })];

    expect(kept(tasks, 1)).toEqual(['b', 'c']);
  });

  test('a failure is no result, and protects nothing', () => {
    expect(kept([result('a', 50), result('b', 40, { status: 'FAIL' })], 1)).toEqual(['a']);
  });

  test('one that is too young anyway counts as the newest', () => {
    expect(kept([result('a', 50), result('b', 2)], 1)).toEqual(['b']);
  });

  test('are kept as such, and since when they are what they are; what stays anyway keeps its own reason', () => {
    const tasks = [result('a', 50), result('b', 40), result('c', 2, { dir_usage: { path: '/other' } })];

    const verdicts = judgeTasks(tasks, () => ({ ...SETTINGS, keepLatest: 1 }), NOW_MS).map(({ verdict }) => verdict);

    expect(verdicts).toEqual([
      { type: 'due', sinceMs: NOW_MS - 50 * HOUR_MS, dueSinceMs: NOW_MS - 26 * HOUR_MS },
      { type: 'keep', reason: 'newest_of_path', sinceMs: NOW_MS - 40 * HOUR_MS },
      { type: 'keep', reason: 'too_young', sinceMs: NOW_MS - 2 * HOUR_MS },
    ]);
  });

  test.each([
    { keepLatest: 1, replacedAgoHours: 2 },
    { keepLatest: 2, replacedAgoHours: 1 },
  ])(
    'an old one becomes due when it is none of the $keepLatest newest any more',
    ({ keepLatest, replacedAgoHours }) => {
      const tasks = [result('old', 240), result('newer', 2), result('newest', 1)];

      const [old] = judgeTasks(tasks, () => ({ ...SETTINGS, keepLatest }), NOW_MS).map(({ verdict }) => verdict);

      expect(old).toEqual({
        type: 'due',
        sinceMs: NOW_MS - 240 * HOUR_MS,
        dueSinceMs: NOW_MS - replacedAgoHours * HOUR_MS,
      });
    },
  );

  // a version that kept the other one would, by a list that is up to five minutes old, delete the one that this one kept
  test('of two of the same second the one with the lower id stays, whatever their order', () => {
    const [a, b] = [result('a', 50), result('b', 50)];

    expect(kept([a, b], 1)).toEqual(['a']);
    expect(kept([b, a], 1)).toEqual(['a']);
  });

  test.each([
    { name: 'an end in the future', fields: { end_time: formatTaskTime(NOW_MS + DAY_MS) } },
    { name: 'an end that cannot be read', fields: { end_time: 'soon' } },
    { name: 'no begin', fields: { begin_time: '' } },
    { name: 'a zero begin', fields: { begin_time: '1970-01-01 00:00:00' } },
    { name: 'an odd id', fields: { task_id: 'a/b' } },
  ])('one with $name takes no place of a good one', ({ fields }) => {
    for (const id of ['0', 'b']) expect(kept([result('a', 50), result(id, 40, fields)], 1)).toHaveLength(2);
  });
});

describe('over all lists, clocks and settings', () => {
  const time = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -2, max: 120 }).map(hoursAgo) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(undefined, null, '', 'soon', '2026-02-30 00:00:00', '1970-01-01 00:00:00', 12, {}),
    },
  );
  const rawTask = fc.record({
    task_id: fc.oneof(
      { weight: 8, arbitrary: fc.stringMatching(/^[a-f0-9]{4}$/) },
      { weight: 1, arbitrary: fc.constantFrom('', 'a/b', 5, undefined) },
    ),
    status: fc.constantFrom('SUCCESS', 'SUCCESS', 'SUCCESS', 'FAIL', 'DOING', 'success', 'QUEUED', undefined),
    dir_usage: fc.constantFrom({ path: '/a' }, { path: '/b' }, { path: '' }, {}, undefined),
    begin_time: time,
    end_time: time,
  });
  const settings = fc.record({
    statuses: fc.subarray([...TASK_STATUSES], { minLength: 1 }).map((statuses) => new Set(statuses)),
    minAgeMs: fc.integer({ min: 1, max: 60 }).map((count) => count * HOUR_MS),
    doingMinAgeMs: fc.integer({ min: 1, max: 90 }).map((count) => count * HOUR_MS),
    keepLatest: fc.integer({ min: 0, max: 3 }),
  });
  const lists = fc
    .array(rawTask, { maxLength: 25 })
    .map((tasks) => ({ raw: tasks, tasks: tasks.map(toTaskRecord).filter((task) => task !== undefined) }));

  test('only a sound task of a swept status and age is due, and never one of the newest results', () => {
    fc.assert(
      fc.property(lists, settings, ({ raw, tasks }, policy) => {
        const verdicts = judgeTasks(tasks, () => policy, NOW_MS).map(({ verdict }) => verdict);

        verdicts.forEach((verdict, index) => {
          if (verdict.type !== 'due') return;
          const task = raw[index];
          const atMs = (text: unknown): number => Date.parse(`${String(text).replace(' ', 'T')}Z`);
          const since = task?.status === 'DOING' || !task?.end_time ? task?.begin_time : task.end_time;
          const minAgeMs = task?.status === 'DOING' ? policy.doingMinAgeMs : policy.minAgeMs;
          expect(task?.task_id).toMatch(/^[a-f0-9]{4}$/);
          expect([...policy.statuses]).toContain(task?.status);
          expect(NOW_MS - atMs(since)).toBeGreaterThanOrEqual(minAgeMs);
          if (task?.status !== 'SUCCESS') return;
          // as many results of its path must stay that are at least as new
          const newerThatStay = raw.filter(
            (other, place) =>
              verdicts[place]?.type === 'keep' &&
              other.status === 'SUCCESS' &&
              other.dir_usage?.path === task.dir_usage?.path &&
              atMs(other.end_time || other.begin_time) >= atMs(since),
          );
          expect(newerThatStay.length).toBeGreaterThanOrEqual(policy.keepLatest);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('a list in another order is judged the same', () => {
    fc.assert(
      fc.property(lists, settings, ({ tasks }, policy) => {
        const unique = [...new Map(tasks.map((task) => [task.rawId, task])).values()];
        const judged = (order: readonly TaskRecord[]) => {
          const verdicts = judgeTasks(order, () => policy, NOW_MS).map(({ verdict }) => verdict);
          return new Map(order.map((task, index) => [task, reasonOf(verdicts[index])]));
        };

        const [forward, backward] = [judged(unique), judged(unique.toReversed())];

        for (const task of unique) expect(forward.get(task)).toBe(backward.get(task));
      }),
    );
  });

  test('what is due stays due as time goes on, until it is deleted', () => {
    fc.assert(
      fc.property(lists, settings, fc.nat({ max: 99 }), ({ tasks }, policy, laterHours) => {
        const [now, later] = [NOW_MS, NOW_MS + laterHours * HOUR_MS].map((at) =>
          tasks.map((task) => judgeTask(task, () => policy, at)),
        );

        now?.forEach((verdict, index) => {
          if (verdict.type === 'due') expect(later?.[index]).toEqual(verdict);
        });
      }),
    );
  });
});
