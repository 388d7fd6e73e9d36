import { describe, expect, test } from 'vitest';
import { createLogs, describeBug, LOG_LEVELS } from '../../../lib/core/log.ts';

type Level = (typeof LOG_LEVELS)[number];

function capture(level: Level) {
  const lines: string[] = [];
  return { lines, log: createLogs(level, (line) => lines.push(line))('request-1') };
}

describe('a log line', () => {
  test('is one JSON object with its time, level, request id, event and fields', () => {
    const { lines, log } = capture('INFO');

    log.info('audit', { caller: 'ci', status: 202 });

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{[^\n]*\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'INFO',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      request_id: 'request-1',
      event: 'audit',
      caller: 'ci',
      status: 202,
    });
  });

  test('stays one line whatever its fields hold', () => {
    const { lines, log } = capture('INFO');
    const nasty = 'a\r\nb\u2028{"level":"INFO"}\u0000"\\';

    log.info('audit', { caller: nasty });

    expect(lines[0]?.trimEnd()).not.toMatch(/[\r\n]/);
    expect(JSON.parse(lines[0] ?? '').caller).toBe(nasty);
  });

  test('leaves out a field that is not known', () => {
    const { lines, log } = capture('INFO');

    log.info('audit', { caller: undefined, share_id: 's' });

    expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('caller');
  });

  test('does not compile with a field that is not listed', () => {
    const { log } = capture('ERROR');

    // @ts-expect-error no line may hold a token
    log.info('audit', { token: 'secret' });
    // @ts-expect-error nor an event that nobody has heard of
    log.info('debugging', {});
  });
});

describe('the level', () => {
  test.each<[Level, readonly string[]]>([
    ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['INFO', ['INFO', 'WARN', 'ERROR']],
    ['WARN', ['WARN', 'ERROR']],
    ['ERROR', ['ERROR']],
  ])('%s lets %j through', (level, through) => {
    const { lines, log } = capture(level);

    log.debug('retry');
    log.info('retry');
    log.warn('retry');
    log.error('retry');

    expect(lines.map((line) => JSON.parse(line).level)).toEqual(through);
  });
});

test('what a run must leave behind is written at every level, once', () => {
  for (const level of LOG_LEVELS) {
    const lines: string[] = [];
    const log = createLogs(level, (line) => lines.push(line))('request-1');

    log.record('info', 'audit', { outcome: 'accepted' });

    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'INFO', event: 'audit', outcome: 'accepted', request_id: 'request-1' }),
    ]);
  }
});

describe('a bug', () => {
  test('is told by its kind and place, without its message, which may quote input', () => {
    const described = describeBug(new TypeError('cannot read secret-1\n    of secret-2'));

    expect(described).toMatch(/^TypeError \| at .*log\.test\.ts/);
    expect(described).not.toContain('secret');
  });

  test.each([
    ['text', 'string'],
    [undefined, 'undefined'],
    [null, 'object'],
    [7, 'number'],
  ])('that throws %j is told by its type', (thrown, described) => {
    expect(describeBug(thrown)).toBe(described);
  });

  test('without a stack is told by its kind', () => {
    const bug = new RangeError('secret');
    delete bug.stack;

    expect(describeBug(bug)).toBe('RangeError');
  });

  test('whose message looks like a stack does not get it into the log', () => {
    const described = describeBug(new Error('x\n    at secret (secret:1:1)'));

    expect(described).not.toContain('secret');
  });
});
