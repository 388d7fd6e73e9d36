import { ANSWER_BY_CODE } from '../../lib/core/status.ts';
import { isFailed, whatFailed } from '../../lib/sweep/summary.ts';
import type { SweptNow } from '../../lib/sweep/sweep-now.ts';
import type { CancelManyResult } from '../../lib/tasks/many-report.ts';
import type { ManyTask } from '../../lib/tasks/many-task.ts';
import type { Answer } from './answer.ts';

/** 200 when no DELETE failed; otherwise 502 with the same members beside errCode and errMsg. */
export function toManyAnswer(result: CancelManyResult): Answer {
  const { dryRun, matched, cancelled, alreadyGone, failed, remaining, tasks } = result;
  const body = {
    dry_run: dryRun,
    matched,
    cancelled,
    already_gone: alreadyGone,
    failed,
    remaining,
    tasks: fitting(tasks.map(toJson)),
  };
  return failed === 0 ? { status: 200, body } : partial(`${failed} of ${matched} tasks could not be cancelled`, body);
}

/** 200 for a good run; otherwise 502 with the same members beside errCode and errMsg. */
export function toSweepAnswer({ summary, tasks, isTruncated, failedShares }: SweptNow): Answer {
  const told = fitting(
    tasks.map((task) => ({
      ...(task.target !== undefined && { target: task.target }),
      share_id: task.shareId,
      ...toJson(task),
    })),
  );
  const body = {
    ...summary,
    tasks: told,
    ...((isTruncated || told.length < tasks.length) && { tasks_truncated: true }),
    ...(failedShares.length > 0 && { share_failures: failedShares.map(toShareFailure) }),
  };
  return isFailed(summary) ? partial(`the sweep failed${whatFailed(summary)}`, body) : { status: 200, body };
}

function toShareFailure({ target, shareId, failure }: SweptNow['failedShares'][number]) {
  return { target, share_id: shareId, err_code: failure.errCode, err_msg: failure.message };
}

// Lambda and FunctionGraph take 6 MB, and a path may have 4,096 characters
const MOST_BYTES = 4_000_000;

/** Leaves out what no longer fits into an answer. A task that a request was sent for is named all the same, without its path. */
function fitting<T extends ReturnType<typeof toJson>>(tasks: readonly T[]): readonly T[] {
  let leftBytes = MOST_BYTES;
  return tasks.flatMap((task) => {
    // the gateway's answer has the body as text, so each quotation mark is escaped once more
    leftBytes -= Buffer.byteLength(JSON.stringify(JSON.stringify(task)));
    if (leftBytes >= 0) return [task];
    return task.outcome === undefined && task.err_code === undefined ? [] : [{ ...task, path: undefined }];
  });
}

function partial(errMsg: string, members: object): Answer {
  const { status, errCode } = ANSWER_BY_CODE.partial;
  return {
    status,
    body: { errCode, errMsg, ...members },
    failure: { errCode, reason: errMsg, clockOffS: undefined },
  };
}

function toJson({ taskId, path, status, ageMs, verdict, reason, outcome, errCode }: ManyTask) {
  const age = ageMs === undefined ? undefined : Math.floor(ageMs / 1_000);
  return { task_id: taskId, path, status, age_s: age, verdict, reason, outcome, err_code: errCode };
}
