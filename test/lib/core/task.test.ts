import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isId, parseShareId, parseTaskRef, quoted } from '../../../lib/core/task.ts';
import { toTaskRecord } from '../../../lib/sfs-turbo/records.ts';
import { parseServiceTime } from '../../../lib/sfs-turbo/service-time.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK } from '../../support/examples.ts';

describe('an id', () => {
  test.each([EXAMPLE_SHARE, EXAMPLE_TASK, 'a', 'Z', '0', '-', 'a'.repeat(64)])('%s is one', (text) => {
    expect(isId(text)).toBe(true);
  });

  test.each([
    ...['', 'a'.repeat(65), '.', '..', 'a/b', '/a', 'a?b', 'a#b', 'a%2fb', 'a_b', 'a b', ' a', 'a ', 'a\n', '\na'],
    ...['ä', '\u0130', '\u0660', 'a\0', 7, 0, true, null, undefined, ['a'], { toString: () => 'a' }],
  ])('%j is none', (value) => {
    expect(isId(value)).toBe(false);
  });
});

describe('a task to cancel', () => {
  const [share_id, task_id] = [EXAMPLE_SHARE, EXAMPLE_TASK];

  test('is a share and a task; the feature is the only one there is, the project that of the credentials', () => {
    expect(parseTaskRef({ share_id, task_id })).toEqual({
      shareId: EXAMPLE_SHARE,
      taskId: EXAMPLE_TASK,
      feature: 'dir-usage',
      projectId: undefined,
    });
  });

  test('may name both', () => {
    expect(parseTaskRef({ share_id, task_id, feature: 'dir-usage', project_id: 'p1' })).toMatchObject({
      feature: 'dir-usage',
      projectId: 'p1',
    });
  });

  const known = 'known: share_id, task_id, feature, project_id';
  test.each([
    { input: null, says: 'body must be a JSON object' },
    { input: undefined, says: 'body must be a JSON object' },
    { input: 'share_id', says: 'body must be a JSON object' },
    { input: 7, says: 'body must be a JSON object' },
    { input: [], says: 'body must be a JSON object' },
    { input: {}, says: 'share_id is missing' },
    { input: { share_id: null, task_id }, says: 'share_id is missing' },
    { input: { share_id: '', task_id }, says: 'share_id is missing' },
    { input: { share_id }, says: 'task_id is missing' },
    { input: { share_id: 0, task_id }, says: 'share_id must be 1 to 64 letters, digits or hyphens' },
    { input: { share_id, task_id: '../x' }, says: 'task_id must be 1 to 64 letters, digits or hyphens' },
    { input: { share_id, task_id, project_id: '' }, says: 'project_id is missing' },
    { input: { share_id, task_id, project_id: null }, says: 'project_id is missing' },
    { input: { share_id, task_id, project_id: 'a/b' }, says: 'project_id must be 1 to 64 letters, digits or hyphens' },
    { input: { share_id, task_id, shareId: 'a' }, says: `unknown field "shareId"; ${known}` },
    { input: { share_id, task_id, '': 'a' }, says: `unknown field ""; ${known}` },
    { input: { x: 1, share_id: '' }, says: `unknown field "x"; ${known}` },
  ])('$input is refused with: $says', ({ input, says }) => {
    expect(() => parseTaskRef(input)).toThrow(expect.objectContaining({ code: 'invalid_input', message: says }));
  });

  test.each(['', 'DIR-USAGE', 'dir-usage ', 'file-usage', null, 0, ['dir-usage']])(
    'of the feature %j is refused as SFS Turbo refuses it, when all else is well',
    (feature) => {
      expect(() => parseTaskRef({ share_id, task_id, feature })).toThrow(
        expect.objectContaining({ code: 'feature_invalid', message: 'feature invalid', errCode: 'SFS.TURBO.0123' }),
      );
      expect(() => parseTaskRef({ share_id, task_id: '', feature })).toThrow('task_id is missing');
    },
  );

  test('is told by the name under which it came', () => {
    expect(() => parseShareId('', 'shares[3]')).toThrow('shares[3] is missing');
  });
});

describe("a caller's word, repeated", () => {
  test.each([
    { word: 'a"b', told: '"a\\"b"' },
    { word: 'a\r\nb', told: '"a\\r\\nb"' },
    { word: 'x'.repeat(64), told: `"${'x'.repeat(64)}"` },
    { word: 'x'.repeat(65), told: `"${'x'.repeat(64)}…"` },
  ])('$word is $told', ({ word, told }) => {
    expect(quoted(word)).toBe(told);
  });
});

describe('a listed task', () => {
  test("is read as the API page's example has it, a year later", () => {
    const listed = {
      task_id: EXAMPLE_TASK,
      status: 'SUCCESS',
      dir_usage: { path: '/test', used_capacity: 2_048, file_count: { dir: 1, regular: 2 }, message: '' },
      begin_time: '2024-03-01 11:46:01',
      end_time: '2024-03-01 11:46:02',
    };

    expect(toTaskRecord(listed)).toEqual({
      rawId: EXAMPLE_TASK,
      taskId: EXAMPLE_TASK,
      status: 'SUCCESS',
      begin: { type: 'time', atMs: Date.UTC(2024, 2, 1, 11, 46, 1) },
      end: { type: 'time', atMs: Date.UTC(2024, 2, 1, 11, 46, 2) },
      path: '/test',
      usedCapacityBytes: 2_048,
      message: '',
    });
  });

  test('with nothing in it has nothing', () => {
    expect(toTaskRecord({})).toEqual({
      rawId: undefined,
      taskId: undefined,
      status: undefined,
      begin: { type: 'absent' },
      end: { type: 'absent' },
      path: undefined,
      usedCapacityBytes: undefined,
      message: '',
    });
  });

  test.each([null, undefined, 'SUCCESS', 7, [], [{ task_id: 'a' }]])('is nothing at all when it is %j', (value) => {
    expect(toTaskRecord(value)).toBeUndefined();
  });

  test('with an odd id keeps it as the marker of the next page, and is none to delete', () => {
    expect(toTaskRecord({ task_id: 'a/b' })).toMatchObject({ rawId: 'a/b', taskId: undefined });
    expect(toTaskRecord({ task_id: 7 })).toMatchObject({ rawId: undefined, taskId: undefined });
  });

  test.each(['SUCCESS', 'FAIL', 'DOING'])('may be %s', (status) => {
    expect(toTaskRecord({ status })?.status).toBe(status);
  });

  test.each([
    { usage: null },
    { usage: 'text' },
    { usage: ['/data'] },
    { usage: { path: 7, used_capacity: '2048', message: ['no'] } },
    { usage: { path: null, used_capacity: 0.5, message: null } },
    { usage: { used_capacity: 2 ** 53 } },
  ])('with the dir_usage $usage has no path, no size and no message', ({ usage }) => {
    const told = { path: undefined, usedCapacityBytes: undefined, message: '' };

    expect(toTaskRecord({ dir_usage: usage })).toMatchObject(told);
  });

  test('has a message that is fit to pass on', () => {
    expect(toTaskRecord({ dir_usage: { message: ' no\r\nsuch path ' } })?.message).toBe('no such path');
  });
});

describe('a time of the service', () => {
  test.each([undefined, null, ''])('%j is absent', (value) => {
    expect(parseServiceTime(value)).toEqual({ type: 'absent' });
  });

  test.each([
    { text: '2023-08-01 00:00:00', atMs: Date.UTC(2023, 7, 1) },
    { text: '2024-03-01 11:46:01', atMs: Date.UTC(2024, 2, 1, 11, 46, 1) },
    { text: '2024-02-29 23:59:59', atMs: Date.UTC(2024, 1, 29, 23, 59, 59) },
    // the hour that clocks skip in the spring of Central Europe
    { text: '2024-03-31 02:30:00', atMs: Date.UTC(2024, 2, 31, 2, 30, 0) },
  ])('$text is that time in UTC', ({ text, atMs }) => {
    expect(parseServiceTime(text)).toEqual({ type: 'time', atMs });
  });

  test.each([
    ...[' ', '2024-03-01', '2024-03-01 11:46', '2024-03-01T11:46:01', '2024-03-01 11:46:01Z', '2024-03-01  11:46:01'],
    ...[' 2024-03-01 11:46:01', '2024-03-01 11:46:01 ', '2024-03-01 11:46:01\n', '2024-03-01 11:46:01.5'],
    ...['2025-02-29 00:00:00', '2024-04-31 00:00:00', '2024-13-01 00:00:00', '2024-00-01 00:00:00'],
    ...['2024-03-01 24:00:00', '2024-03-01 23:60:00', '2024-03-01 23:59:60', '24-03-01 11:46:01'],
    ...['undefinedTundefined', 1_709_293_561_000, true, {}, ['2024-03-01 11:46:01']],
  ])('%j is unreadable', (value) => {
    expect(parseServiceTime(value)).toEqual({ type: 'unreadable' });
  });

  test.each([
    ...['0001-01-01 00:00:00', '0001-01-01 00:00:01', '1970-01-01 00:00:00', '1970-01-01 08:00:00'],
    ...['1999-12-31 23:59:59', '2023-03-01 11:46:01', '2023-07-31 23:59:59'],
  ])('%j is from before the API, so it is unreadable', (value) => {
    expect(parseServiceTime(value)).toEqual({ type: 'unreadable' });
  });

  test('comes out as it went in, whatever the second', () => {
    const times = fc.date({ min: new Date('2023-08-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(times, (date) => {
        const iso = date.toISOString().slice(0, 19);

        expect(parseServiceTime(iso.replace('T', ' '))).toEqual({ type: 'time', atMs: Date.parse(`${iso}Z`) });
      }),
    );
  });
});

test('an id never leaves its segment of a path', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webPath(), fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
      if (isId(text)) expect(new URL(`http://h/a/${text}/b`).pathname).toBe(`/a/${text}/b`);
    }),
  );
});

test('a faulty id is told before a faulty feature', () => {
  expect(() => parseTaskRef({ share_id: '?', task_id: 'b', feature: '?' })).toThrow(/^share_id/);
});

test('a listed task of any kind is read without a throw', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(() => toTaskRecord(value)).not.toThrow();
    }),
  );
});
