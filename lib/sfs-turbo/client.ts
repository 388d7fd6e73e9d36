import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { ProjectId, ShareId, TaskRef } from '../core/task.ts';
import { createDeleteTask, type DeleteTask } from './delete-task.ts';
import type { Dependencies } from './dependencies.ts';
import { type ListedTask, toListedTask } from './documented-task.ts';
import { namingShare, undocumented } from './failures.ts';
import { findProject } from './project.ts';
import { createRead, type Parse, readPage } from './read.ts';
import { parseList, type ShareRecord, type TaskRecord, toShareRecord, toTaskRecord } from './records.ts';
import { createUrls } from './urls.ts';

/** What was read, with the id that SFS Turbo gave to the request. */
export interface Answered<T> {
  readonly value: T;
  readonly upstreamRequestId: string | undefined;
}

/** The calls to SFS Turbo that this function makes. */
export interface SfsTurbo {
  /** @throws {ServiceError} `forbidden` when the project is not the credentials'; what the credentials throw */
  readonly checkProject: (projectId: ProjectId | undefined, call: Call) => Promise<void>;
  readonly deleteTask: DeleteTask;
  /**
   * One page of a share's tasks, in the service's order; `marker` is the id of the last task on the page before. An empty
   * page is the end, a short one need not be. The service answers from a cache of up to five minutes.
   *
   * @throws {ServiceError} `out_of_time` when the call got no permit in time; by the table in `status.ts`;
   *   `task_not_found` when the marker's task is gone; `upstream_invalid` when the page is not as documented
   * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ListFsTasks.html
   */
  readonly listTaskPage: (shareId: ShareId, marker: string | undefined, call: Call) => Promise<readonly TaskRecord[]>;
  /**
   * The same page with every task as the API documents it, too.
   *
   * @throws {ServiceError} as `listTaskPage`; `forbidden` when `query` names another project than the credentials'
   */
  readonly readTaskPage: (query: PageQuery, call: Call) => Promise<Answered<readonly ListedTask[]>>;
  /**
   * As `showTask`, with the task as the API documents it, too.
   *
   * @throws {ServiceError} as `showTask`; `forbidden` when `ref` names another project than the credentials'
   */
  readonly readTask: (ref: TaskRef, call: Call) => Promise<Answered<ListedTask>>;
  /**
   * One task as it is now, up to five minutes late.
   *
   * @throws {ServiceError} by the table in `status.ts`
   * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ShowFsTask.html
   */
  readonly showTask: (ref: TaskRef, call: Call) => Promise<TaskRecord>;
  /**
   * One page of the project's shares, of every type; whether one supports tasks is for the service to say.
   *
   * @throws {ServiceError} by the table in `status.ts`
   * @see https://support.huaweicloud.com/intl/en-us/api-sfsturbo/ListShares.html
   */
  readonly listSharePage: (offset: number, call: Call) => Promise<readonly ShareRecord[]>;
}

// An answer may have 64 KiB: a hundred tasks, the longest page there is, fit with usual paths, while a path may have 4,096
// characters; a share's description takes up to 1.5 KB. A page that turns out too large is asked for again in less.
const TASK_PAGE_LIMITS = [100, 25, 5] as const;
const SHARE_PAGE_LIMITS = [40, 10] as const;

export function createSfsTurbo(sfsTurboUrl: string, dependencies: Dependencies): SfsTurbo {
  const urls = createUrls(sfsTurboUrl);
  const read = createRead(dependencies);

  async function readWhole<T>(ref: TaskRef, parse: Parse<T>, call: Call): Promise<T> {
    const toUrl = (projectId: ProjectId) => urls.task(projectId, ref);
    const task = await read({ toUrl, parse, projectId: ref.projectId }, call);
    if (task === 'too_large') throw undocumented();
    return task;
  }

  function readTasks<T>({ shareId, projectId, marker, limit }: PageQuery, parse: Parse<T>, call: Call) {
    const reading = {
      projectId,
      limits: [limit, ...TASK_PAGE_LIMITS.filter((smaller) => smaller < limit)],
      toUrl: (id: ProjectId, pageLimit: number) => urls.taskPage(id, shareId, pageLimit, marker),
      parse,
    };
    return readPage(read, reading, call);
  }

  return {
    checkProject: async (projectId, call) => {
      await findProject(projectId, call, dependencies);
    },
    deleteTask: createDeleteTask(urls, dependencies),
    listTaskPage: (shareId, marker, call) =>
      readTasks({ shareId, marker, limit: TASK_PAGE_LIMITS[0] }, tasksOf(toTaskRecord), call),
    readTaskPage: (query, call) =>
      readTasks(query, answered(tasksOf(toListedTask)), call).catch(failWith(query.shareId)),
    showTask: (ref, call) => readWhole(ref, toTaskRecord, call),
    readTask: (ref, call) => readWhole(ref, answered(toListedTask), call).catch(failWith(ref.shareId)),
    listSharePage: (offset, call) => {
      const toUrl = (projectId: ProjectId, limit: number) => urls.sharePage(projectId, limit, offset);
      const parse = (body: unknown) => parseList(body, 'shares', toShareRecord);
      return readPage(read, { limits: SHARE_PAGE_LIMITS, toUrl, parse }, call);
    },
  };
}

/** One page of a share's tasks. */
interface PageQuery {
  readonly shareId: ShareId;
  readonly projectId?: ProjectId | undefined;
  readonly marker: string | undefined;
  readonly limit: number;
}

/** A failure for a caller who named the share. @throws {ServiceError} */
function failWith(shareId: ShareId) {
  return (error: unknown): never => {
    throw error instanceof ServiceError ? namingShare(error, shareId) : error;
  };
}

type ParseBody<T> = (body: unknown) => T | undefined;

function tasksOf<T>(parse: ParseBody<T>): ParseBody<readonly T[]> {
  return (body) => parseList(body, 'tasks', parse);
}

function answered<T>(parse: ParseBody<T>): Parse<Answered<T>> {
  return (body, upstreamRequestId) => {
    const value = parse(body);
    return value === undefined ? undefined : { value, upstreamRequestId };
  };
}
