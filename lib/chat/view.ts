import type { ErrorCode } from '../core/status.ts';
import type { TaskId } from '../core/task.ts';
import type { AliasesOfTarget } from '../targets/share-directory.ts';
import type { ShareName } from '../targets/share-place.ts';
import type { CommandName } from './command.ts';
import type { CancelledManyView, CancelManyQuestionView, PreviewView, SweptView } from './many-views.ts';
import type { Person } from './person.ts';
import type { ShownTask } from './task-view.ts';

/** What was attempted when something failed. `question` is the step before `cancel`, and changes nothing. */
export type Attempted =
  | { readonly type: 'list'; readonly share: ShareName }
  | { readonly type: 'status' | 'question' | 'cancel'; readonly share: ShareName; readonly task: string }
  /** `many_question` is the step before `many`, and changes nothing. */
  | { readonly type: 'many_question' | 'many'; readonly share: ShareName }
  | { readonly type: 'preview' }
  /** The same for a sweep. */
  | { readonly type: 'sweep_question' | 'sweep'; readonly scope: ShareName | undefined }
  | { readonly type: 'other' };

/** What a person is told, before it is put into words and into a platform's form. */
export type View =
  | {
      readonly type: 'help';
      readonly aliases: readonly string[];
      /** Where there are several targets. */
      readonly byTarget?: readonly AliasesOfTarget[] | undefined;
      readonly canCancel: boolean;
    }
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
  /** Asks which of these shares was meant. */
  | { readonly type: 'several_shares'; readonly word: string; readonly shares: readonly ShareName[] }
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
  /** `command` asks again. */
  | ExpiredView
  /** Another person was asked, or in another chat. */
  | { readonly type: 'foreign' }
  | { readonly type: 'not_set_up'; readonly what: 'cancel' | 'preview' }
  /** No running task of the share can be cancelled. `doubtful`: how many run whose id or times cannot be read. */
  | { readonly type: 'none_running'; readonly share: ShareName; readonly doubtful: number }
  | CancelManyQuestionView
  | CancelledManyView
  /** The configuration leaves this share out of the sweep. */
  | { readonly type: 'not_swept'; readonly share: ShareName }
  | PreviewView
  | SweptView
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
  /** As many tasks are running as SFS Turbo runs at once. */
  readonly isFull: boolean;
  readonly canCancel: boolean;
}

interface ExpiredView {
  readonly type: 'expired';
  readonly command: 'cancel' | 'cancel-all' | 'sweep';
  readonly share: ShareName | undefined;
  readonly taskId: TaskId | undefined;
}

interface CancelledView {
  readonly type: 'cancelled';
  readonly share: ShareName;
  readonly taskId: TaskId;
  readonly path: string;
  readonly wasRunning: boolean;
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
