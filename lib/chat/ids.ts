import * as v from 'valibot';
import { isId, type ShareId, type TaskId } from '../core/task.ts';

/** An id that Slack or Feishu made. No other text may be compared, signed or logged as one. */
export const PLATFORM_ID = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));

/** The name of a target. */
export const TARGET_NAME = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/));

export const SHARE_ID = v.custom<ShareId>(isId);
export const TASK_ID = v.custom<TaskId>(isId);
