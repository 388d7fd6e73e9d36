import { say, type Words } from '../core/words.ts';
import type { ReportTexts } from './texts.ts';

const tasks = (count: number): Words => (count === 1 ? say`1 task` : say`${count} tasks`);
const shares = (count: number): Words => (count === 1 ? say`1 share` : say`${count} shares`);

export const EN: Readonly<ReportTexts> = {
  titles: {
    notSwept: 'SFS Turbo sweep: it did not run',
    failed: 'SFS Turbo sweep: with failures',
    blind: 'SFS Turbo sweep: time ran out before it saw a task',
    changed: 'SFS Turbo sweep: tasks were deleted',
    nothing: 'SFS Turbo sweep: nothing was deleted',
    dry: 'SFS Turbo sweep: a dry run, nothing was deleted',
  },
  looked: (listed, shareCount) => say`Looked at ${tasks(listed)} of ${shares(shareCount)}.`,
  deleted: (deleted, alreadyGone) =>
    alreadyGone === 0
      ? say`Deleted: ${tasks(deleted)}.`
      : say`Deleted: ${tasks(deleted)}. Already gone: ${alreadyGone}.`,
  failed: (taskCount, shareCount) => say`Failed: ${tasks(taskCount)}, ${shares(shareCount)}.`,
  waiting: (count) => say`Left for the next run: ${tasks(count)}.`,
  wouldDelete: (count) => say`Would be deleted by a real run, up to its cap: ${tasks(count)}.`,
  truncated: say`Time ran out before the run was done.`,
  fullShares: (count, named) =>
    say`${shares(count)} with ten running tasks${among(count, named)}. The next measurement there is refused.`,
  oldest: (path, shareId, dueFor) => say`Longest due: ${path} in share ${shareId}, for ${dueFor}.`,

  failedTask: (path, taskId, shareId, why) => say`Failed: ${path} (task ${taskId}, share ${shareId}): ${why}`,
  failedShare: (shareId, why) => say`Failed: share ${shareId}: ${why}`,
  failedShares: (target, why) =>
    target === undefined
      ? say`Failed: the list of shares: ${why}`
      : say`Failed: the list of shares of ${target}: ${why}`,
  deletedTask: (path, taskId, shareId, age) => say`Deleted: ${path} (task ${taskId}, share ${shareId}), ${age} old`,
  dueTask: (path, taskId, shareId, age) => say`Due: ${path} (task ${taskId}, share ${shareId}), ${age} old`,
  moreFailed: (count) => say`and ${count} more that failed; the log names each`,
  moreTasks: (count) => say`and ${tasks(count)} more; the log names each`,
  target: (name, { deleted, due, failed, left, isDry }) =>
    isDry
      ? say`${name}: ${due} due in a dry run, ${failed} failed`
      : say`${name}: ${deleted} deleted, ${failed} failed, ${left} left`,
  moreTargets: (count) => say`and ${count} more targets; the log names each`,
  fault: (fault) => say`${fault}`,

  noPath: say`(no path)`,
  age: (count, unit) => [`${count} ${unit}${count === 1 ? '' : 's'}`],
  whys: {
    silent: 'no answer in time',
    busy: 'the service cannot be reached or is too busy',
    credentials: "Huawei Cloud refused the function's credentials",
    refused: 'the service refused it',
    invalid: 'the service gave an answer that makes no sense',
    setup: 'the function is not configured correctly',
    event: 'the event that started it is not understood',
    bug: 'a bug of the function; its log tells where',
  },
  because: (why, code, says) => [
    why,
    ...(code === '' ? [] : say` (${code})`),
    ...(says === '' ? ['.'] : say`: ${says}`),
  ],
  source: (place, requestId) => (place === undefined ? say`Request ${requestId}` : say`${place}, request ${requestId}`),
};

function among(count: number, named: readonly string[]): Words {
  if (named.length === 0) return [];
  return count > named.length ? say`, among them ${named.join(', ')}` : say`: ${named.join(', ')}`;
}
