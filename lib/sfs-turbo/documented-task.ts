import * as v from 'valibot';
import { TASK_STATUSES } from '../core/task.ts';
import { type TaskRecord, toTaskRecord } from './records.ts';

/** An id of a task as the service lists it, which is the marker of a page, too. Its form is not documented. */
export const listedTaskId = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/));

// the results of a running task are not documented: they may be absent, null, empty or zero
const text = v.nullish(v.string());
const count = v.nullish(v.number());

const DIR_USAGE = v.object({
  path: v.optional(v.string()),
  used_capacity: count,
  file_count: v.nullish(v.record(v.string(), v.number())),
  message: text,
});

const TASK = v.object({
  task_id: listedTaskId,
  status: v.picklist(TASK_STATUSES),
  begin_time: v.optional(v.string()),
  end_time: text,
  dir_usage: v.nullish(DIR_USAGE),
});

/**
 * A task with the members that the API documents, as they came.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ListFsTasks.html
 */
export type DocumentedTask = v.InferOutput<typeof TASK>;

/** A task as the API documents it, and what we read from it. */
export interface ListedTask {
  readonly documented: DocumentedTask;
  readonly record: TaskRecord;
}

/** Nothing when a member is missing or is not as documented. */
export function toListedTask(value: unknown): ListedTask | undefined {
  const { success, output } = v.safeParse(TASK, value);
  const record = toTaskRecord(value);
  return success && record !== undefined ? { documented: output, record } : undefined;
}
