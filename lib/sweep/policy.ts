import type { TaskRecord } from '../sfs-turbo/records.ts';
import { sinceOf } from '../sfs-turbo/task-age.ts';
import { type JudgedTask, soundness, type Verdict } from '../tasks/deleting/verdict.ts';
import type { PolicyOf } from './rules.ts';

/** Judges one task by itself: whether it is not protected, sound, of a status that is swept, and old enough. */
export function judgeTask(task: TaskRecord, policyOf: PolicyOf, nowMs: number): Verdict {
  // without a path nobody can tell whether the task is protected, or the newest result of its directory
  const policy = task.path === undefined || task.path === '' ? 'no_path' : policyOf(task.path);
  const sound = soundness(task, nowMs);
  if (policy === 'protected') {
    return { type: 'keep', reason: policy, sinceMs: 'doubt' in sound ? undefined : sound.sinceMs };
  }
  if ('doubt' in sound) return { type: 'skip', doubt: sound.doubt };
  if (typeof policy === 'string') return { type: 'skip', doubt: policy };

  const { status, sinceMs } = sound;
  const minAgeMs = status === 'DOING' ? policy.doingMinAgeMs : policy.minAgeMs;
  if (!policy.statuses.has(status)) return { type: 'keep', reason: 'status_not_swept', sinceMs };
  if (nowMs - sinceMs < minAgeMs) return { type: 'keep', reason: 'too_young', sinceMs };
  return { type: 'due', sinceMs, dueSinceMs: sinceMs + minAgeMs };
}

/**
 * Judges all tasks of one share: each by itself, and then keeps the newest results of each path. The list must be
 * whole: otherwise an older task could count as the newest.
 */
export function judgeTasks(tasks: readonly TaskRecord[], policyOf: PolicyOf, nowMs: number): readonly JudgedTask[] {
  const keptUntil = whenReplaced(tasks, policyOf, nowMs);
  return tasks.map((task) => {
    const verdict = judgeTask(task, policyOf, nowMs);
    const keptUntilMs = keptUntil.get(task);
    if (verdict.type !== 'due' || keptUntilMs === undefined) return { task, verdict };
    return keptUntilMs === 'never'
      ? { task, verdict: { type: 'keep', reason: 'newest_of_path', sinceMs: verdict.sinceMs } }
      : { task, verdict: { ...verdict, dueSinceMs: Math.max(verdict.dueSinceMs, keptUntilMs) } };
  });
}

/**
 * When each result stopped being one of the newest of its path. A task in doubt does not count: it would take the place of
 * a sound result. All tasks of a path have one policy, so there is one number to keep.
 */
function whenReplaced(
  tasks: readonly TaskRecord[],
  policyOf: PolicyOf,
  nowMs: number,
): ReadonlyMap<TaskRecord, number | 'never'> {
  const replaced = new Map<TaskRecord, number | 'never'>();
  const resultsByPath = new Map<string, { readonly task: TaskRecord; readonly sinceMs: number }[]>();
  for (const task of tasks) {
    if (task.status !== 'SUCCESS' || task.taskId === undefined || task.path === undefined) continue;
    const sinceMs = sinceOf(task, task.status, nowMs);
    if (typeof sinceMs === 'string') continue;
    const results = resultsByPath.get(task.path) ?? [];
    resultsByPath.set(task.path, results);
    results.push({ task, sinceMs });
  }
  for (const [path, results] of resultsByPath) {
    const policy = policyOf(path);
    if (typeof policy === 'string' || policy.keepLatest === 0) continue;
    // times have whole seconds, so ids decide between equals: every run must keep the same ones
    results.sort((a, b) => b.sinceMs - a.sinceMs || (String(a.task.taskId) < String(b.task.taskId) ? -1 : 1));
    results.forEach(({ task }, rank) => {
      replaced.set(task, results[rank - policy.keepLatest]?.sinceMs ?? 'never');
    });
  }
  return replaced;
}
