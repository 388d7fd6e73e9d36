import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseShareId } from '../../../lib/core/task.ts';
import { toTaskRecord } from '../../../lib/sfs-turbo/records.ts';
import { type Candidate, createSelection } from '../../../lib/sweep/selection.ts';

function candidate(sinceMs: number, taskId = 'task', shareId = 'share'): Candidate {
  const task = toTaskRecord({ task_id: taskId });
  if (task === undefined) throw new TypeError('no task');
  return { shareId: parseShareId(shareId), task, sinceMs };
}

const agesOf = (candidates: readonly Candidate[]): readonly number[] => candidates.map(({ sinceMs }) => sinceMs);

describe('a selection', () => {
  test('holds the oldest, and gives back what has no place', () => {
    const selection = createSelection(2);
    const [oldest, older, young, youngest] = [1, 2, 3, 4].map((sinceMs) => candidate(sinceMs)) as [
      Candidate,
      Candidate,
      Candidate,
      Candidate,
    ];

    const left = [young, older, youngest, oldest].map((offered) => selection.offer(offered));

    expect(left).toEqual([undefined, undefined, youngest, young]);
    expect(selection.oldestFirst()).toEqual([oldest, older]);
  });

  test('of no capacity gives back everything', () => {
    const selection = createSelection(0);
    const offered = candidate(1);

    expect(selection.offer(offered)).toBe(offered);
    expect(selection.oldestFirst()).toEqual([]);
  });

  test.each([
    { name: 'its share comes first', first: candidate(1, 'b', 'share-1'), second: candidate(1, 'a', 'share-2') },
    { name: 'its task comes first', first: candidate(1, 'a'), second: candidate(1, 'b') },
  ])('of two equally old ones always holds the one of which $name', ({ first, second }) => {
    const [forward, backward] = [createSelection(1), createSelection(1)];

    const leftForward = [first, second].map((offered) => forward.offer(offered));
    const leftBackward = [second, first].map((offered) => backward.offer(offered));

    expect(leftForward).toEqual([undefined, second]);
    expect(leftBackward).toEqual([undefined, second]);
  });

  test('is what sorting all of them would give, whatever came in which order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 40 }), fc.nat(12), (ages, capacity) => {
        const selection = createSelection(capacity);

        const left = ages.map((sinceMs) => selection.offer(candidate(sinceMs))).filter((one) => one !== undefined);

        const sorted = ages.toSorted((a, b) => a - b);
        expect(agesOf(selection.oldestFirst())).toEqual(sorted.slice(0, capacity));
        expect(agesOf(left).toSorted((a, b) => a - b)).toEqual(sorted.slice(capacity));
      }),
    );
  });
});
