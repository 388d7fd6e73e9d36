import type { ServiceError } from '../core/errors.ts';
import { toServiceError } from '../core/errors.ts';
import type { ShareId } from '../core/task.ts';
import { toShown } from '../core/words.ts';
import type { SweepSummary } from '../sweep/summary.ts';
import type { Candidate } from '../tasks/deleting/choose-oldest.ts';
import type { Ending } from '../tasks/deleting/ending.ts';
import type { Findings, NotedFailure, NotedTarget, NotedTask } from './run-report.ts';

/** Takes notes during a run: of each target its summary, and of each other kind the first ten, so that memory stays bounded. */
interface Notes {
  readonly onEnding: (candidate: Candidate, ending: Ending) => void;
  readonly onShareFailure: (shareId: ShareId | undefined, error: ServiceError, target?: string) => void;
  /** Due tasks that are still there. */
  readonly onStaying: (candidates: readonly Candidate[]) => void;
  readonly onFullShare: (shareId: ShareId) => void;
  readonly onTarget: (name: string, summary: SweepSummary) => void;
  readonly findings: () => Findings;
}

export const MAX_NOTES = 10;
const MAX_ID_CHARS = 64;

export function takeNotes(now: () => number): Notes {
  const deleted: NotedTask[] = [];
  const failures: NotedFailure[] = [];
  const fullShares: ShareId[] = [];
  const targets: NotedTarget[] = [];
  let waiting: readonly NotedTask[] = [];

  return {
    onEnding: (candidate, ending) => {
      if (ending.type === 'deleted') note(deleted, () => toNotedTask(candidate, now()));
      if (!('error' in ending)) return;
      const error = toServiceError(ending.error);
      note(failures, () => ({ task: toNotedTask(candidate, now()), shareId: candidate.shareId, error }));
    },
    onShareFailure: (shareId, error, target) => note(failures, () => ({ target, shareId, error })),
    onStaying: (candidates) => {
      const oldest = candidates.toSorted((a, b) => a.dueSinceMs - b.dueSinceMs).slice(0, MAX_NOTES);
      const known = [...waiting, ...oldest.map((candidate) => toNotedTask(candidate, now()))];
      waiting = known.toSorted((a, b) => b.dueForMs - a.dueForMs).slice(0, MAX_NOTES);
    },
    onFullShare: (shareId) => note(fullShares, () => shareId),
    onTarget: (name, summary) => targets.push({ name, summary }),
    findings: () => ({ deleted, failures, waiting, fullShares, targets }),
  };
}

function note<T>(notes: T[], make: () => T): void {
  if (notes.length < MAX_NOTES) notes.push(make());
}

function toNotedTask({ shareId, task, sinceMs, dueSinceMs }: Candidate, nowMs: number): NotedTask {
  const { rawId = '', path = '', status } = task;
  return {
    shareId,
    taskId: toShown(rawId, MAX_ID_CHARS),
    path,
    status,
    ageMs: nowMs - sinceMs,
    dueForMs: nowMs - dueSinceMs,
  };
}
