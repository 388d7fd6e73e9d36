import type { Call } from '../core/call.ts';
import type { ShareId, TaskRef } from '../core/task.ts';
import { createDeleteTask, type DeleteTask } from './delete-task.ts';
import type { Dependencies } from './dependencies.ts';
import { undocumented } from './failures.ts';
import { createRead, readPage } from './read.ts';
import { parseList, type ShareRecord, type TaskRecord, toShareRecord, toTaskRecord } from './records.ts';
import { createUrls } from './urls.ts';

/** The calls to SFS Turbo that this function makes. */
export interface SfsTurbo {
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

  return {
    deleteTask: createDeleteTask(urls, dependencies),
    listTaskPage: (shareId, marker, call) =>
      readPage(
        read,
        TASK_PAGE_LIMITS,
        (projectId, limit) => urls.taskPage(projectId, shareId, limit, marker),
        (body) => parseList(body, 'tasks', toTaskRecord),
        call,
      ),
    showTask: async (ref, call) => {
      const task = await read((projectId) => urls.task(projectId, ref), toTaskRecord, call);
      if (task === 'too_large') throw undocumented();
      return task;
    },
    listSharePage: (offset, call) =>
      readPage(
        read,
        SHARE_PAGE_LIMITS,
        (projectId, limit) => urls.sharePage(projectId, limit, offset),
        (body) => parseList(body, 'shares', toShareRecord),
        call,
      ),
  };
}
