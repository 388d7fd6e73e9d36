import type { ErrorCode } from '../status.ts';
import type { TaskId, TaskStatus } from '../task.ts';
import type { CommandName } from './command.ts';
import type { Person } from './person.ts';
import type { ShareName } from './shares.ts';

/** A task as it is shown. */
export interface ShownTask {
  /** Absent when the id is none that this function would put into a URL: such a task can only be looked at. */
  readonly taskId: TaskId | undefined;
  readonly path: string;
  readonly status: TaskStatus | undefined;
  /** How long it has been running, or since it ended; absent when its times cannot be read. */
  readonly ageMs: number | undefined;
  readonly beganAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** What it found; absent unless it succeeded. */
  readonly sizeBytes: number | undefined;
  /** What the service says of a failure. */
  readonly message: string;
}

/** A task that the next sweep would delete. */
export interface DueTask {
  readonly share: ShareName;
  readonly task: ShownTask;
}

/** What was under way when something failed. */
export type Doing =
  | { readonly type: 'list'; readonly share: ShareName }
  | { readonly type: 'status' | 'ask'; readonly share: ShareName; readonly task: string }
  | { readonly type: 'cancel'; readonly share: ShareName; readonly task: string }
  | { readonly type: 'preview' }
  | { readonly type: 'other' };

/** What a person is told, before any words or platform. */
export type View =
  | { readonly type: 'help'; readonly aliases: readonly string[]; readonly canCancel: boolean }
  | { readonly type: 'refused'; readonly person: Person }
  /** The platform sent something that is no command and no click of ours. */
  | { readonly type: 'unreadable' }
  /** It came so late that it is not carried out any more. */
  | { readonly type: 'late' }
  | { readonly type: 'unknown_command'; readonly word: string; readonly suggestion: CommandName | undefined }
  | { readonly type: 'usage'; readonly command: CommandName }
  | { readonly type: 'unknown_share'; readonly word: string; readonly suggestion: string | undefined }
  /** Of a type that has no such tasks. */
  | { readonly type: 'unsupported_share'; readonly share: ShareName }
  | { readonly type: 'bad_task' }
  | { readonly type: 'no_task'; readonly share: ShareName; readonly word: string }
  | { readonly type: 'ambiguous'; readonly share: ShareName; readonly word: string; readonly count: number }
  | {
      readonly type: 'list';
      readonly share: ShareName;
      /** Those of this page, newest first. */
      readonly tasks: readonly ShownTask[];
      readonly total: number;
      readonly page: number;
      readonly pages: number;
      /** False when the listing could not be read to its end. */
      readonly complete: boolean;
      readonly canCancel: boolean;
    }
  | { readonly type: 'task'; readonly share: ShareName; readonly task: ShownTask; readonly canCancel: boolean }
  | {
      readonly type: 'question';
      readonly share: ShareName;
      readonly task: ShownTask;
      /** The signed confirmation. */
      readonly token: string;
    }
  | {
      readonly type: 'cancelled';
      readonly share: ShareName;
      readonly taskId: TaskId;
      readonly path: string;
      readonly wasRunning: boolean;
    }
  | {
      readonly type: 'gone';
      readonly share: ShareName;
      readonly taskId: TaskId;
      readonly errCode: string | undefined;
    }
  /** The request to cancel may have been carried out. */
  | { readonly type: 'unknown_outcome'; readonly share: ShareName; readonly taskId: TaskId; readonly errCode: string }
  | { readonly type: 'kept' }
  | { readonly type: 'expired'; readonly share: ShareName; readonly taskId: TaskId }
  | { readonly type: 'foreign' }
  | { readonly type: 'not_set_up'; readonly what: 'cancel' | 'preview' }
  | {
      readonly type: 'preview';
      /** The first of them. */
      readonly due: readonly DueTask[];
      readonly dueCount: number;
      readonly shareCount: number;
      readonly failedShareCount: number;
      /** Time ran out before every share was looked at. */
      readonly truncated: boolean;
    }
  | {
      readonly type: 'failed';
      readonly doing: Doing;
      readonly code: ErrorCode;
      readonly errCode: string;
      readonly errMsg: string;
      readonly requestId: string;
    };
