import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isId, parseFeature, parseServiceTime, parseTaskRef, toTaskRecord } from '../../lib/task.ts';

describe('an id', () => {
  test.each(['a', 'A-1', '0'.repeat(64), '77ba6f4b-6365-4895-8dda-bc7142af4dde', '-'])('is %s', (id) => {
    expect(isId(id)).toBe(true);
  });

  test.each([
    '',
    ' ',
    'a b',
    'a/b',
    '..',
    'a.b',
    'a_b',
    'a%2Fb',
    'a\n',
    'ä',
    '0'.repeat(65),
    7,
    null,
    undefined,
    ['a'],
  ])('is not %j', (id) => {
    expect(isId(id)).toBe(false);
  });

  test('never leaves its segment of a path', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webPath(), fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        if (isId(text)) expect(new URL(`http://h/a/${text}/b`).pathname).toBe(`/a/${text}/b`);
      }),
    );
  });
});

describe('a task from untrusted input', () => {
  const ids = { share_id: 'share', task_id: 'task' };

  test.each([
    [ids, { shareId: 'share', taskId: 'task', feature: 'dir-usage', projectId: undefined }],
    [
      { ...ids, feature: 'dir-usage' },
      { shareId: 'share', taskId: 'task', feature: 'dir-usage', projectId: undefined },
    ],
    [
      { ...ids, project_id: 'p' },
      { shareId: 'share', taskId: 'task', feature: 'dir-usage', projectId: 'p' },
    ],
  ])('%j is taken', (input, ref) => {
    expect(parseTaskRef(input)).toEqual(ref);
  });

  test.each([
    [null, 'body'],
    [[], 'body'],
    ['text', 'body'],
    [7, 'body'],
    [{}, 'share_id'],
    [{ share_id: 'a' }, 'task_id'],
    [{ ...ids, share_id: '' }, 'share_id'],
    [{ ...ids, share_id: null }, 'share_id'],
    [{ ...ids, share_id: 7 }, 'share_id'],
    [{ ...ids, task_id: '../x' }, 'task_id'],
    [{ ...ids, task_id: ['a'] }, 'task_id'],
    [{ ...ids, project_id: '' }, 'project_id'],
    [{ ...ids, project_id: null }, 'project_id'],
    [{ ...ids, projectId: 'p' }, 'projectId'],
    [{ ...ids, toString: 'p' }, 'toString'],
    [JSON.parse('{"share_id":"a","task_id":"b","__proto__":{}}'), '__proto__'],
  ])('%j is refused by naming %s', (input, field) => {
    expect(() => parseTaskRef(input)).toThrowError(expect.objectContaining({ code: 'invalid_input' }));
    expect(() => parseTaskRef(input)).toThrow(field);
  });

  test('repeats no more than 64 characters of an unknown field', () => {
    expect(() => parseTaskRef({ ['x'.repeat(1_000)]: 1 })).toThrow(/^unknown field "x{64}…"; known: /);
  });

  test.each(['DIR-USAGE', 'dir_usage', '', null, 7, 'dir-usage '])('the feature %j is invalid', (feature) => {
    expect(() => parseTaskRef({ ...ids, feature })).toThrowError(
      expect.objectContaining({ code: 'feature_invalid', message: 'feature invalid' }),
    );
    expect(() => parseFeature(feature)).toThrow('feature invalid');
  });

  test('with a faulty id and a faulty feature is refused for the id', () => {
    expect(() => parseTaskRef({ share_id: '?', task_id: 'b', feature: '?' })).toThrow(/^share_id/);
  });
});

describe('a time of the service', () => {
  test.each([
    ['2023-03-01 11:46:01', Date.UTC(2023, 2, 1, 11, 46, 1)],
    ['2024-02-29 00:00:00', Date.UTC(2024, 1, 29)],
    ['1970-01-01 00:00:00', 0],
  ])('%s is UTC', (value, atMs) => {
    expect(parseServiceTime(value)).toEqual({ type: 'time', atMs });
  });

  test.each([undefined, null, ''])('%j is absent', (value) => {
    expect(parseServiceTime(value)).toEqual({ type: 'absent' });
  });

  test.each([
    '2023-02-29 00:00:00',
    '2023-02-30 00:00:00',
    '2023-13-01 00:00:00',
    '2023-00-01 00:00:00',
    '2023-01-01 24:00:00',
    '2023-01-01 23:60:00',
    '2023-01-01 23:59:60',
    '2023-01-01',
    '2023-01-01T00:00:00',
    '2023-01-01T00:00:00Z',
    '2023-01-01 00:00:00Z',
    '2023-01-01 00:00:00 +0800',
    ' 2023-01-01 00:00:00',
    '2023-01-01 00:00:00\n',
    '2023-1-1 00:00:00',
    '01/03/2023 11:46:01',
    '0',
    'now',
    1_677_671_161_000,
    {},
    [],
  ])('%j is unreadable', (value) => {
    expect(parseServiceTime(value)).toEqual({ type: 'unreadable' });
  });

  test('that is readable comes out as it went in', () => {
    const formatted = fc
      .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 19).replace('T', ' '));
    fc.assert(
      fc.property(formatted, (text) => {
        const time = parseServiceTime(text);

        expect(time.type === 'time' && new Date(time.atMs).toISOString().slice(0, 19)).toBe(text.replace(' ', 'T'));
      }),
    );
  });
});

describe('a listed task', () => {
  test.each([[null], [7], ['text'], [[]], [undefined]])('is not %j', (value) => {
    expect(toTaskRecord(value)).toBeUndefined();
  });

  test('keeps what is odd as odd', () => {
    const record = toTaskRecord({
      task_id: 'a/b',
      status: 'success',
      begin_time: 'x',
      dir_usage: { path: 7, used_capacity: 1.5, message: 'a\u0000b' },
    });

    expect(record).toEqual({
      rawId: 'a/b',
      taskId: undefined,
      status: undefined,
      begin: { type: 'unreadable' },
      end: { type: 'absent' },
      path: undefined,
      usedCapacityBytes: undefined,
      message: 'a b',
    });
  });

  test('of any kind is read without a throw', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => toTaskRecord(value)).not.toThrow();
      }),
    );
  });
});
