import type { ShareId } from '../core/task.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';

/** A task that is due. */
export interface Candidate {
  readonly shareId: ShareId;
  readonly task: TaskRecord;
  readonly sinceMs: number;
}

/** The oldest of all candidates that were offered; it never holds more than its capacity. */
export interface Selection {
  /** Takes a candidate in. Returns the one that has no place any more, which may be the same one. */
  readonly offer: (candidate: Candidate) => Candidate | undefined;
  readonly oldestFirst: () => readonly Candidate[];
}

export function createSelection(capacity: number): Selection {
  // a heap with the youngest on top: the one that has to make room
  const heap: Candidate[] = [];

  function rise(candidate: Candidate): void {
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >>> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(parent, candidate)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = candidate;
  }

  function sink(candidate: Candidate): void {
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      const isRight = left !== undefined && right !== undefined && isBefore(left, right);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(candidate, child)) break;
      heap[place] = child;
      place = 2 * place + (isRight ? 2 : 1);
    }
    heap[place] = candidate;
  }

  return {
    offer(candidate) {
      if (heap.length < capacity) {
        rise(candidate);
        return undefined;
      }
      const [youngest] = heap;
      if (youngest === undefined || !isBefore(candidate, youngest)) return candidate;
      sink(candidate);
      return youngest;
    },
    oldestFirst: () => heap.toSorted((a, b) => (isBefore(a, b) ? -1 : 1)),
  };
}

/** Oldest first; of equals always the same one. */
function isBefore(a: Candidate, b: Candidate): boolean {
  if (a.sinceMs !== b.sinceMs) return a.sinceMs < b.sinceMs;
  if (a.shareId !== b.shareId) return a.shareId < b.shareId;
  return (a.task.taskId ?? '') < (b.task.taskId ?? '');
}
