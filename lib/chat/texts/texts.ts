import type { TaskStatus } from '../../core/task.ts';
import type { Words } from '../../core/words.ts';
import type { CommandName } from '../command.ts';

/** Every text that a person in a chat may see. A language that lacks one does not compile. */
export interface Texts {
  readonly titles: Readonly<Record<Title, string>>;
  readonly buttons: Readonly<Record<Label, string>>;
  readonly usage: Readonly<Record<CommandName, { readonly form: string; readonly does: string }>>;
  readonly statuses: Readonly<Record<TaskStatus | 'unknown', string>>;

  readonly helpAliases: (aliases: readonly string[]) => Words;
  readonly helpNoAliases: Words;
  readonly helpTask: Words;
  readonly helpNoCancel: Words;
  readonly refused: (variable: string, entry: string) => Words;
  readonly unreadable: Words;
  readonly late: Words;
  readonly unknownCommand: (word: string, suggestion: string | undefined) => Words;
  readonly usageOf: (form: string) => Words;
  readonly unknownShare: (word: string, suggestion: string | undefined) => Words;
  readonly unsupportedShare: (share: string) => Words;
  readonly badTask: (shortest: number) => Words;
  readonly noTask: (share: string, word: string, listCommand: string) => Words;
  readonly ambiguous: (word: string, count: number) => Words;

  readonly listHead: (share: string, total: number) => Words;
  readonly listPage: (page: number, pages: number) => Words;
  readonly listIncomplete: Words;
  readonly noTasks: (share: string) => Words;
  readonly path: (path: string) => Words;
  readonly noPath: Words;
  readonly state: (status: string, age: string | undefined, size: string | undefined) => Words;
  readonly runningFor: (age: string) => string;
  readonly ago: (age: string) => string;
  readonly age: (count: number, unit: AgeUnit) => string;
  readonly taskId: (taskId: string) => Words;
  readonly share: (share: string) => Words;
  readonly began: (time: string) => Words;
  readonly ended: (time: string) => Words;
  readonly message: (message: string) => Words;
  readonly listLag: Words;

  readonly questionRunning: Words;
  readonly questionFinished: Words;
  readonly questionValid: Words;
  readonly cancelledRunning: (path: string) => Words;
  readonly cancelledFinished: (path: string) => Words;
  readonly gone: (taskId: string) => Words;
  readonly unknownOutcome: Words;
  readonly askFor: (statusCommand: string) => Words;
  readonly kept: Words;
  readonly expired: (cancelCommand: string) => Words;
  readonly foreign: Words;
  readonly cancelNotSetUp: Words;
  readonly previewNotSetUp: Words;

  readonly previewHead: (count: number, shares: number) => Words;
  readonly previewNothing: (shares: number) => Words;
  readonly previewNothingFound: Words;
  readonly previewMore: (count: number) => Words;
  readonly previewFailedShares: (count: number) => Words;
  readonly previewTruncated: Words;
  readonly previewDryRun: Words;

  readonly failures: Readonly<Record<Failure, Words>>;
  readonly notCancelled: Words;
  readonly nothingChanged: Words;
  readonly tryAgain: (command: string) => Words;
  readonly serviceSays: (errMsg: string) => Words;
  readonly code: (errCode: string) => Words;
  readonly requestId: (requestId: string) => Words;
}

export type Title =
  | 'help'
  | 'refused'
  | 'notUnderstood'
  | 'late'
  | 'unknownShare'
  | 'unsupportedShare'
  | 'noTask'
  | 'ambiguous'
  | 'list'
  | 'task'
  | 'question'
  | 'cancelled'
  | 'gone'
  | 'unknownOutcome'
  | 'kept'
  | 'expired'
  | 'foreign'
  | 'notSetUp'
  | 'preview'
  | 'failed';

type Label = 'cancel' | 'confirmRunning' | 'confirmFinished' | 'keep' | 'newer' | 'older' | 'toList' | 'status';

export type AgeUnit = 'second' | 'minute' | 'hour' | 'day';

/** The kinds of failure that the person is told apart. */
export type Failure = 'silent' | 'busy' | 'credentials' | 'refused' | 'invalid' | 'setup' | 'bug';
