import { expect, test } from 'vitest';
import { toResponse } from '../../../handlers/platform/answer.ts';
import { toManyAnswer } from '../../../handlers/platform/many-answer.ts';
import type { ManyTask } from '../../../lib/tasks/many-task.ts';

const PATH = `/${'"'.repeat(4_095)}`;
const taskOf = (taskId: string): ManyTask => ({
  ...{ taskId, path: PATH, status: 'SUCCESS', ageMs: 1_000 },
  ...{ verdict: 'delete', reason: 'matched', outcome: 'accepted' },
});

function answerFor(tasks: readonly ManyTask[]) {
  const counts = { matched: tasks.length, cancelled: 0, alreadyGone: 0, failed: 0, remaining: 0 };
  const answer = toResponse(toManyAnswer({ dryRun: false, ...counts, tasks }), 'request-1');
  return { bytes: Buffer.byteLength(JSON.stringify(answer)), tasks: JSON.parse(answer.body).tasks as unknown[] };
}

test('an answer names every task that was deleted, whatever its path, and keeps to what the platforms take', () => {
  const { bytes, tasks } = answerFor(Array.from({ length: 1_000 }, (_, at) => taskOf(`task-${at}`)));

  expect(tasks).toHaveLength(1_000);
  expect(tasks[0]).toMatchObject({ task_id: 'task-0', path: PATH });
  expect(tasks[999]).toMatchObject({ task_id: 'task-999', outcome: 'accepted' });
  expect(bytes).toBeLessThan(6_000_000);
});

test('an answer leaves out tasks that were only looked at when they no longer fit', () => {
  const { outcome: _, ...seen } = taskOf('seen');
  const { bytes, tasks } = answerFor(Array.from({ length: 1_000 }, () => seen));

  expect(tasks.length).toBeGreaterThan(100);
  expect(tasks.length).toBeLessThan(1_000);
  expect(bytes).toBeLessThan(6_000_000);
});
