import type { ErrorCode } from '../core/status.ts';
import type { TaskId, TaskStatus } from '../core/task.ts';
import type { CommandName } from './command.ts';
import type { Person } from './person.ts';
import type { ShareName } from './shares.ts';

/** A task as people see it. */
export interface ShownTask {
  /** Absent when the id is not one that this function would put into a URL: such a task can only be looked at. */
  readonly taskId: TaskId | undefined;
  readonly path: string;
  readonly status: TaskStatus | undefined;
  /** How long it has been running, or since it ended. Absent when its times cannot be read. */
  readonly ageMs: number | undefined;
  readonly beganAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** The measured usage; absent unless the task succeeded. */
  readonly sizeBytes: number | undefined;
  /** What the service says about a failed task. */
  readonly message: string;
}

/** A task that the next sweep would delete. */
export interface DueTask {
  readonly share: ShareName;
  readonly task: ShownTask;
}

/** What was attempted when something failed. `question` is the step before `cancel`, and changes nothing. */
export type Attempted =
  | { readonly type: 'list'; readonly share: ShareName }
  | { readonly type: 'status' | 'question' | 'cancel'; readonly share: ShareName; readonly task: string }
  | { readonly type: 'preview' }
  | { readonly type: 'other' };

/** What a person is told, before it is put into words and into a platform's form. */
export type View =
  | { readonly type: 'help'; readonly aliases: readonly string[]; readonly canCancel: boolean }
  /** The person is not on the list of those who may use the chat. */
  | { readonly type: 'refused'; readonly person: Person }
  /** The request holds neither a command nor a click on one of our buttons. */
  | { readonly type: 'unreadable' }
  /** The request came too late to be carried out. */
  | { readonly type: 'late' }
  | { readonly type: 'unknown_command'; readonly word: string; readonly suggestion: CommandName | undefined }
  /** The command has too few words, or too many. */
  | { readonly type: 'usage'; readonly command: CommandName }
  | { readonly type: 'unknown_share'; readonly word: string; readonly suggestion: string | undefined }
  /** The share's type has no directory-usage tasks. */
  | { readonly type: 'unsupported_share'; readonly share: ShareName }
  | { readonly type: 'bad_task' }
  | { readonly type: 'no_task'; readonly share: ShareName; readonly word: string }
  | { readonly type: 'ambiguous'; readonly share: ShareName; readonly word: string; readonly count: number }
  | ListView
  | { readonly type: 'task'; readonly share: ShareName; readonly task: ShownTask; readonly canCancel: boolean }
  /** Asks whether to cancel; `token` is the signed confirmation. */
  | { readonly type: 'question'; readonly share: ShareName; readonly task: ShownTask; readonly token: string }
  | CancelledView
  /** There is no such task any more. */
  | {
      readonly type: 'gone';
      readonly share: ShareName;
      readonly taskId: TaskId;
      readonly errCode: string | undefined;
    }
  /** The DELETE got no answer and may have been carried out. */
  | { readonly type: 'unknown_outcome'; readonly share: ShareName; readonly taskId: TaskId; readonly errCode: string }
  /** The person declined the question. */
  | { readonly type: 'kept' }
  | { readonly type: 'expired'; readonly share: ShareName; readonly taskId: TaskId }
  /** Another person was asked, or in another chat. */
  | { readonly type: 'foreign' }
  | { readonly type: 'not_set_up'; readonly what: 'cancel' | 'preview' }
  | PreviewView
  | FailedView;

/** The view of that type. */
export type ViewOf<Type extends View['type']> = Extract<View, { readonly type: Type }>;

interface ListView {
  readonly type: 'list';
  readonly share: ShareName;
  /** The tasks of this page, newest first. */
  readonly tasks: readonly ShownTask[];
  /** How many tasks all pages have together. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** False when the list could not be read to its end. */
  readonly complete: boolean;
  readonly canCancel: boolean;
}

interface CancelledView {
  readonly type: 'cancelled';
  readonly share: ShareName;
  readonly taskId: TaskId;
  readonly path: string;
  readonly wasRunning: boolean;
}

interface PreviewView {
  readonly type: 'preview';
  /** The first of the due tasks, as many as a message holds. */
  readonly due: readonly DueTask[];
  readonly dueCount: number;
  readonly shareCount: number;
  readonly failedShareCount: number;
  /** Time ran out before every share was looked at. */
  readonly truncated: boolean;
}

interface FailedView {
  readonly type: 'failed';
  readonly attempted: Attempted;
  readonly code: ErrorCode;
  readonly errCode: string;
  readonly errMsg: string;
  readonly requestId: string;
  /** What happened, for the log alone. */
  readonly why: string;
}
