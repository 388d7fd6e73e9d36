import type { ShareId } from '../../core/task.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';

/** A task that is due. */
export interface Candidate {
  readonly shareId: ShareId;
  readonly task: TaskRecord;
  /** The moment that its age is counted from, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** The moment that it became due, in milliseconds since the epoch. */
  readonly dueSinceMs: number;
  /** When the list of its share was read, in milliseconds since the epoch. */
  readonly listedAtMs: number;
}

/** Divides the candidates at the cap; both parts are in order, oldest first. */
export function chooseOldest(
  candidates: readonly Candidate[],
  cap: number,
): { readonly chosen: readonly Candidate[]; readonly overCap: readonly Candidate[] } {
  const sorted = candidates.toSorted(byAge);
  return { chosen: sorted.slice(0, cap), overCap: sorted.slice(cap) };
}

/** Oldest first. Times have whole seconds, so ids decide between equals: every run must choose the same ones. */
function byAge(a: Candidate, b: Candidate): number {
  if (a.sinceMs !== b.sinceMs) return a.sinceMs - b.sinceMs;
  if (a.shareId !== b.shareId) return a.shareId < b.shareId ? -1 : 1;
  return String(a.task.taskId) < String(b.task.taskId) ? -1 : 1;
}
