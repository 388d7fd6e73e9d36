import { expect, test } from 'vitest';
import { logText } from './log-text.ts';
import { shortIds, wrap } from './print.ts';

test('an id is shortened to its first eight digits, with hyphens or without', () => {
  const text = 'task 2b31ed520a1b2c3d4e5f6e6db57a1b2c of 77ba6f4b-6365-4895-8dbc-d9e21b79d34a';

  expect(shortIds(text)).toBe('task 2b31ed52… of 77ba6f4b…');
});

test('a long line is broken at spaces and commas, and goes on indented', () => {
  const lines = wrap(`  ${'word '.repeat(25)}a,b`).split('\n');

  expect(lines).toEqual([`  ${'word '.repeat(19)}`.trimEnd(), `    ${'word '.repeat(6)}a,b`]);
});

test('what cannot be broken stays whole', () => {
  const url = `http://127.0.0.1/${'x'.repeat(120)}`;

  expect(wrap(`see ${url} there`)).toBe(`see\n  ${url}\n  there`);
});

test('a line of the log is shown by its fields', () => {
  const line = '{"level":"INFO","timestamp":"2026-03-01T12:00:01.000Z","event":"audit","caller":"ci","status":202}';

  expect(logText(line)).toBe('12:00:01 INFO  audit caller=ci status=202');
});

test('a line of metrics says so, and leaves out how CloudWatch reads it', () => {
  const line = JSON.stringify({
    _aws: { Timestamp: 1, CloudWatchMetrics: [] },
    FunctionName: 'timer',
    SweepDeleted: 5,
  });

  expect(logText(line)).toBe('metrics FunctionName=timer SweepDeleted=5');
});
