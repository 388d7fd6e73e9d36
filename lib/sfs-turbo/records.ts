import * as v from 'valibot';
import { isRecord, toPrintable } from '../core/json.ts';
import { isId, type ShareId, TASK_STATUSES, type TaskId, type TaskStatus } from '../core/task.ts';
import { parseServiceTime, type ServiceTime } from './service-time.ts';

/** A task as the service lists it. Odd values are kept as such: whoever deletes by them must see that they are odd. */
export interface TaskRecord {
  /** As it came; the marker of the next page. Absent when it is no text. */
  readonly rawId: string | undefined;
  /** Absent when the id is none that this function would put into a URL. */
  readonly taskId: TaskId | undefined;
  /** Absent when the status is none of the documented ones. */
  readonly status: TaskStatus | undefined;
  readonly begin: ServiceTime;
  readonly end: ServiceTime;
  /** The directory that was measured. */
  readonly path: string | undefined;
  readonly usedCapacityBytes: number | undefined;
  /** What the service says of a failure. */
  readonly message: string;
}

/** A share as ListShares has it; `shareId` is absent when it is none that this function would put into a URL. */
export interface ShareRecord {
  readonly shareId: ShareId | undefined;
}

/** A member that is odd counts as absent. */
const text = v.fallback(v.optional(v.string()), undefined);
const usage = v.object({
  path: text,
  used_capacity: v.fallback(v.optional(v.pipe(v.number(), v.safeInteger())), undefined),
  message: text,
});

const TASK = v.object({
  task_id: text,
  status: v.fallback(v.optional(v.picklist(TASK_STATUSES)), undefined),
  begin_time: v.optional(v.unknown()),
  end_time: v.optional(v.unknown()),
  dir_usage: v.fallback(v.optional(usage), undefined),
});

const taskId = v.fallback(v.optional(v.custom<TaskId>(isId)), undefined);
const SHARE = v.object({ id: v.fallback(v.optional(v.custom<ShareId>(isId)), undefined) });

/** A member of ListFsTasks or the body of ShowFsTask; nothing when it is no object at all. */
export function toTaskRecord(value: unknown): TaskRecord | undefined {
  const { success, output } = v.safeParse(TASK, value);
  if (!success || !isRecord(value)) return undefined;
  const { task_id: rawId, status, begin_time: begin, end_time: end, dir_usage: directory } = output;
  return {
    rawId,
    taskId: v.parse(taskId, rawId),
    status,
    begin: parseServiceTime(begin),
    end: parseServiceTime(end),
    path: directory?.path,
    usedCapacityBytes: directory?.used_capacity,
    message: toPrintable(directory?.message ?? ''),
  };
}

export function toShareRecord(value: unknown): ShareRecord | undefined {
  const { success, output } = v.safeParse(SHARE, value);
  return success && isRecord(value) ? { shareId: output.id } : undefined;
}

/** A list whose every member is at least an object; one that is not makes the whole page unreadable. */
export function parseList<T>(body: unknown, name: string, parse: (member: unknown) => T | undefined): T[] | undefined {
  const members = isRecord(body) ? body[name] : undefined;
  if (!Array.isArray(members)) return undefined;
  const parsed = members.map(parse).filter((member) => member !== undefined);
  return parsed.length === members.length ? parsed : undefined;
}
