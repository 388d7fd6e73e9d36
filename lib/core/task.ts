import { ServiceError } from './errors.ts';
import { isRecord, toPrintable } from './json.ts';

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

export type ProjectId = Brand<'ProjectId'>;
export type ShareId = Brand<'ShareId'>;
export type TaskId = Brand<'TaskId'>;

/** Task types of the file system API; `dir-usage` (DU tasks) is the only one documented. */
export const FEATURES = ['dir-usage'] as const;
export type Feature = (typeof FEATURES)[number];

/** One task to cancel. `projectId` is absent when the caller leaves the project to the credentials. */
export interface TaskRef {
  readonly shareId: ShareId;
  readonly taskId: TaskId;
  readonly feature: Feature;
  readonly projectId?: ProjectId | undefined;
}

// The documentation shows dashed UUIDs and 32 hex digits for the same kind of id, so the form is kept loose;
// what matters is that no id can leave its path segment.
const ID = /^[A-Za-z0-9-]{1,64}$/;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** Ids of the shares that may be touched; `*` stands for every share. */
export type AllowedShares = '*' | ReadonlySet<ShareId>;

export function isAllowed(shareId: ShareId, allowedShares: AllowedShares): boolean {
  return allowedShares === '*' || allowedShares.has(shareId);
}

function parseId(value: unknown, field: string): string {
  if (value === undefined || value === null || value === '') {
    throw new ServiceError('invalid_input', `${field} is missing`);
  }
  if (isId(value)) return value;
  throw new ServiceError('invalid_input', `${field} must be 1 to 64 letters, digits or hyphens`);
}

export const parseShareId = (value: unknown, field = 'share_id'): ShareId => parseId(value, field) as ShareId;
export const parseTaskId = (value: unknown, field = 'task_id'): TaskId => parseId(value, field) as TaskId;
export const parseProjectId = (value: unknown, field = 'project_id'): ProjectId => parseId(value, field) as ProjectId;

export function parseFeature(value: unknown): Feature {
  const feature = FEATURES.find((known) => known === value);
  if (feature === undefined) throw new ServiceError('feature_invalid', 'feature invalid');
  return feature;
}

const FIELDS: ReadonlySet<string> = new Set(['share_id', 'task_id', 'feature', 'project_id']);

/**
 * A task from untrusted input: a decoded JSON body or the parameters of a path.
 *
 * @throws {ServiceError} `invalid_input` naming the first faulty field; `feature_invalid` when all else is well.
 */
export function parseTaskRef(input: unknown): TaskRef {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ServiceError('invalid_input', 'body must be a JSON object');
  }
  const unknown = Object.keys(input).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) {
    throw new ServiceError('invalid_input', `unknown field ${quoted(unknown)}; known: ${[...FIELDS].join(', ')}`);
  }
  const fields = input as Readonly<Record<string, unknown>>;
  const shareId = parseShareId(fields['share_id']);
  const taskId = parseTaskId(fields['task_id']);
  const projectId = fields['project_id'] === undefined ? undefined : parseProjectId(fields['project_id']);
  const feature = fields['feature'] === undefined ? FEATURES[0] : parseFeature(fields['feature']);
  return { shareId, taskId, feature, projectId };
}

/** A caller's own word made safe to repeat to it. */
export function quoted(word: string): string {
  return JSON.stringify(word.length > 64 ? `${word.slice(0, 64)}…` : word);
}

/** States of a task: done, failed, under way. */
export const TASK_STATUSES = ['SUCCESS', 'FAIL', 'DOING'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** A time that came from the service: absent, unreadable, or milliseconds since the epoch. */
export type ServiceTime =
  | { readonly type: 'absent' }
  | { readonly type: 'unreadable' }
  | { readonly type: 'time'; readonly atMs: number };

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

/** A member of ListFsTasks or the body of ShowFsTask; nothing when it is no object at all. */
export function toTaskRecord(value: unknown): TaskRecord | undefined {
  if (!isRecord(value)) return undefined;
  const { task_id: id, status, begin_time: begin, end_time: end, dir_usage: usage } = value;
  const { path, used_capacity: usedCapacity, message } = isRecord(usage) ? usage : {};
  return {
    rawId: typeof id === 'string' ? id : undefined,
    taskId: isId(id) ? (id as TaskId) : undefined,
    status: TASK_STATUSES.find((known) => known === status),
    begin: parseServiceTime(begin),
    end: parseServiceTime(end),
    path: typeof path === 'string' ? path : undefined,
    usedCapacityBytes: Number.isSafeInteger(usedCapacity) ? (usedCapacity as number) : undefined,
    message: typeof message === 'string' ? toPrintable(message) : '',
  };
}

// "This API is only supported for file systems created after August 1, 2023" (DeleteFsTask, ListFsTasks): what is older is a
// zero value, such as 0001-01-01 or 1970-01-01, and no age.
const FIRST_TIME_MS = Date.UTC(2023, 7, 1);
const SERVICE_TIME = /^(\d{4}-\d{2}-(\d{2})) (\d{2}:\d{2}:\d{2})$/;

/**
 * `2024-03-01 11:46:01`: UTC without a zone (ListFsTasks). `new Date` would read it as local time, so it is taken apart;
 * and a time that is not exactly in this form is unreadable, not guessed. So is one from before the API.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ListFsTasks.html
 */
export function parseServiceTime(value: unknown): ServiceTime {
  if (value === undefined || value === null || value === '') return { type: 'absent' };
  const [, date, day, time] = typeof value === 'string' ? (SERVICE_TIME.exec(value) ?? []) : [];
  const atMs = Date.parse(`${date}T${time}Z`);
  // 2024-02-30 and 24:00:00 are moved to the next day that there is
  const isDate = new Date(atMs).getUTCDate() === Number(day);
  return isDate && atMs >= FIRST_TIME_MS ? { type: 'time', atMs } : { type: 'unreadable' };
}
