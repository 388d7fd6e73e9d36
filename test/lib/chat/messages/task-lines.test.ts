import { describe, expect, test } from 'vitest';
import { taskLines } from '../../../../lib/chat/messages/task-lines.ts';
import type { ShownTask } from '../../../../lib/chat/task-view.ts';
import { TEXTS_BY_LANGUAGE } from '../../../../lib/chat/texts/languages.ts';
import { toPlainText } from '../../../../lib/core/words.ts';
import { toTaskId } from '../../../support/ids.ts';

const TASK: ShownTask = {
  taskId: toTaskId('2b31'),
  path: '/home',
  status: 'DOING',
  ageMs: 0,
  beganAtMs: 0,
  endedAtMs: undefined,
  sizeBytes: undefined,
  message: '',
};

const linesOf = (changes: Partial<ShownTask>, language: 'en' | 'zh' = 'en') =>
  taskLines({ ...TASK, ...changes }, TEXTS_BY_LANGUAGE[language]).map(toPlainText);

test('a task is told by its path, its state and its id', () => {
  expect(linesOf({})).toEqual(['/home', 'running for 0 seconds', 'Task 2b31']);
  expect(linesOf({ path: '', taskId: undefined, status: undefined })).toEqual([
    '(no path)',
    'in an unknown state 0 seconds ago',
  ]);
});

describe('an age', () => {
  const ageOf = (ageMs: number | undefined, language?: 'en' | 'zh') => linesOf({ ageMs }, language)[1];

  test.each([
    [0, 'running for 0 seconds'],
    [1_000, 'running for 1 second'],
    [119_000, 'running for 119 seconds'],
    [120_000, 'running for 2 minutes'],
    [7_199_000, 'running for 119 minutes'],
    [7_200_000, 'running for 2 hours'],
    [172_800_000, 'running for 2 days'],
    [undefined, 'running; age unknown'],
  ])('of %j ms is told as "%s"', (ageMs, words) => {
    expect(ageOf(ageMs)).toBe(words);
  });

  test.each([
    [1_000, '运行中，已运行 1 秒'],
    [7_200_000, '运行中，已运行 2 小时'],
  ])('of %j ms is told in Chinese as "%s"', (ageMs, words) => {
    expect(ageOf(ageMs, 'zh')).toBe(words);
  });
});

describe('a size', () => {
  const sizeOf = (sizeBytes: number) => linesOf({ status: 'SUCCESS', sizeBytes })[1]?.split('found ')[1];

  test.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1.0 KiB'],
    [1_536, '1.5 KiB'],
    [2_136_746_230, '2.0 GiB'],
    [1_099_511_627_776, '1.0 TiB'],
    [Number.MAX_SAFE_INTEGER, '8.0 PiB'],
  ])('of %i bytes is told as "%s"', (sizeBytes, words) => {
    expect(sizeOf(sizeBytes)).toBe(words);
  });
});
