/** A task as it truly is at the moment, without the lag of listings. */
export interface CloudTask {
  readonly id: string;
  readonly path: string;
  readonly status: string;
  readonly beginTime: string;
  /** empty while the task runs */
  readonly endTime: string;
  readonly usedCapacityBytes: number;
}

/** One record of a listing; the fields are as documented unless a test has laid others over them. */
export type ListedTask = Readonly<Record<string, unknown>>;

/** @see {@link https://support.huaweicloud.com/api-sfsturbo/ListFsTasks.html} */
export function toListed(task: CloudTask, raw: Readonly<Record<string, unknown>>): ListedTask {
  const isDone = task.status === 'SUCCESS';
  return {
    task_id: task.id,
    status: task.status,
    dir_usage: {
      path: task.path,
      used_capacity: isDone ? task.usedCapacityBytes : 0,
      file_count: { dir: isDone ? 1 : 0, regular: isDone ? 3 : 0, pipe: 0, char: 0, block: 0, socket: 0, symlink: 0 },
      message: task.status === 'FAIL' ? 'du failed' : '',
    },
    begin_time: task.beginTime,
    // while a task runs its end_time is not documented; empty is what the zero value of a string looks like
    end_time: task.endTime,
    ...raw,
  };
}
