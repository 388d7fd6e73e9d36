import { ServiceError } from './errors.ts';
import { isRecord } from './json.ts';

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

export type ProjectId = Brand<'ProjectId'>;
export type ShareId = Brand<'ShareId'>;
export type TaskId = Brand<'TaskId'>;

/** Task types of the file system API; `dir-usage` (DU tasks) is the only one documented. */
export const FEATURES = ['dir-usage'] as const;
type Feature = (typeof FEATURES)[number];

/** One task to cancel. `projectId` is absent when the caller leaves the project to the credentials. */
export interface TaskRef {
  readonly shareId: ShareId;
  readonly taskId: TaskId;
  readonly feature: Feature;
  readonly projectId?: ProjectId | undefined;
  /** The target, by its name. */
  readonly target?: string | undefined;
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
  if (!isRecord(input)) throw new ServiceError('invalid_input', 'body must be a JSON object');
  const unknown = Object.keys(input).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) {
    throw new ServiceError('invalid_input', `unknown field ${quoted(unknown)}; known: ${[...FIELDS].join(', ')}`);
  }
  const shareId = parseShareId(input['share_id']);
  const taskId = parseTaskId(input['task_id']);
  const projectId = input['project_id'] === undefined ? undefined : parseProjectId(input['project_id']);
  const feature = input['feature'] === undefined ? FEATURES[0] : parseFeature(input['feature']);
  return { shareId, taskId, feature, projectId };
}

/** A caller's own word made safe to repeat to it. */
export function quoted(word: string): string {
  return JSON.stringify(word.length > 64 ? `${word.slice(0, 64)}…` : word);
}

/**
 * So many tasks of a share may run at a time: the service refuses to start another.
 *
 * @see https://support.huaweicloud.com/api-sfs/CreateFsTask.html
 */
export const MAX_RUNNING_TASKS = 10;

/** States of a task: done, failed, under way. */
export const TASK_STATUSES = ['SUCCESS', 'FAIL', 'DOING'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Whether a share with so many running tasks gets no further one: the next measurement is refused. */
export function isFull(runningTasks: number): boolean {
  return runningTasks >= MAX_RUNNING_TASKS;
}
