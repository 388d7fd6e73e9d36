import type { ShareId, TaskRecord } from './task.ts';

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
  const sorted: Candidate[] = [];

  function placeOf(candidate: Candidate): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = sorted[middle];
      if (other !== undefined && isBefore(other, candidate)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    offer(candidate) {
      const place = placeOf(candidate);
      if (place >= capacity) return candidate;
      sorted.splice(place, 0, candidate);
      return sorted.length > capacity ? sorted.pop() : undefined;
    },
    oldestFirst: () => sorted,
  };
}

/** Oldest first; of equals always the same one. */
function isBefore(a: Candidate, b: Candidate): boolean {
  if (a.sinceMs !== b.sinceMs) return a.sinceMs < b.sinceMs;
  return `${a.shareId} ${a.task.taskId}` < `${b.shareId} ${b.task.taskId}`;
}
