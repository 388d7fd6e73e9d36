import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseShareId } from '../../../../lib/core/task.ts';
import { toTaskRecord } from '../../../../lib/sfs-turbo/records.ts';
import { type Candidate, chooseOldest } from '../../../../lib/tasks/deleting/choose-oldest.ts';

function candidate(sinceMs: number, taskId = 'task', shareId = 'share'): Candidate {
  const task = toTaskRecord({ task_id: taskId });
  if (task === undefined) throw new TypeError('no task');
  return { shareId: parseShareId(shareId), task, sinceMs, dueSinceMs: sinceMs, listedAtMs: 9 };
}

const agesOf = (candidates: readonly Candidate[]): readonly number[] => candidates.map(({ sinceMs }) => sinceMs);

describe('of the tasks that are due', () => {
  test('the oldest are chosen, and the others are over the cap', () => {
    const [oldest, older, young, youngest] = [candidate(1), candidate(2), candidate(3), candidate(4)];

    const divided = chooseOldest([young, older, youngest, oldest], 2);

    expect(divided).toEqual({ chosen: [oldest, older], overCap: [young, youngest] });
  });

  test('none is chosen with a cap of 0', () => {
    const due = [candidate(1)];

    expect(chooseOldest(due, 0)).toEqual({ chosen: [], overCap: due });
  });

  test.each([
    { name: 'share', first: candidate(1, 'b', 'share-1'), second: candidate(1, 'a', 'share-2') },
    { name: 'task', first: candidate(1, 'a'), second: candidate(1, 'b') },
  ])('of two with the same age that with the lower id of its $name is always chosen', ({ first, second }) => {
    const [forward, backward] = [chooseOldest([first, second], 1), chooseOldest([second, first], 1)];

    expect(forward).toEqual({ chosen: [first], overCap: [second] });
    expect(backward).toEqual({ chosen: [first], overCap: [second] });
  });

  test('each is chosen or over the cap, and none that is over the cap is older than one that is chosen', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 40 }), fc.nat(12), (ages, cap) => {
        const { chosen, overCap } = chooseOldest(
          ages.map((sinceMs) => candidate(sinceMs)),
          cap,
        );

        const sorted = ages.toSorted((a, b) => a - b);
        expect(agesOf(chosen)).toEqual(sorted.slice(0, cap));
        expect(agesOf(overCap)).toEqual(sorted.slice(cap));
      }),
    );
  });
});
