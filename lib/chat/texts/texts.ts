import type { AgeUnit } from '../../core/age.ts';
import type { TaskStatus } from '../../core/task.ts';
import type { Words } from '../../core/words.ts';
import type { CommandName } from '../command.ts';
import type { FailedTask } from '../task-view.ts';
import type { ViewOf } from '../view.ts';

/** Every text that a person in a chat may see. A language that lacks one does not compile. */
export interface Texts {
  readonly titles: Readonly<Record<Title, string>>;
  readonly buttons: Readonly<Record<Label, string>>;
  readonly usage: Readonly<Record<CommandName, { readonly form: string; readonly does: string }>>;
  readonly statuses: Readonly<Record<TaskStatus | 'unknown', string>>;

  readonly helpAliases: (aliases: readonly string[]) => Words;
  readonly helpNoAliases: Words;
  readonly helpTarget: (target: string, aliases: readonly string[]) => Words;
  readonly helpTargets: Words;
  readonly helpTask: Words;
  readonly helpNoCancel: Words;
  readonly refused: (variable: string, entry: string) => Words;
  readonly unreadable: Words;
  readonly late: Words;
  readonly unknownCommand: (word: string, suggestion: string | undefined) => Words;
  readonly usageOf: (form: string) => Words;
  readonly unknownShare: (word: string, suggestion: string | undefined) => Words;
  readonly severalShares: (word: string) => Words;
  readonly unsupportedShare: (share: string) => Words;
  readonly badTask: (shortest: number) => Words;
  readonly noTask: (share: string, word: string, listCommand: string) => Words;
  readonly ambiguous: (word: string, count: number) => Words;

  readonly listHead: (share: string, total: number) => Words;
  readonly listPage: (page: number, pages: number) => Words;
  readonly listIncomplete: Words;
  /** Shares in which ten tasks are running. */
  readonly full: (shares: readonly string[]) => Words;
  readonly cancelThem: (command: string) => Words;
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
  readonly notSetUp: Readonly<Record<ViewOf<'not_set_up'>['what'], Words>>;

  readonly noneRunning: (share: string) => Words;
  readonly doubtfulRunning: (count: number) => Words;
  readonly manyHead: (share: string, count: number) => Words;
  readonly manyOthers: (count: number) => Words;
  readonly manyQuestion: Words;
  readonly named: (path: Words, taskId: string, share: string | undefined) => Words;
  readonly because: (task: Words, failure: Words, errCode: string) => Words;
  readonly whyFailed: Readonly<Record<FailedTask['why'], Words>>;
  readonly manyCancelled: (count: number) => Words;
  readonly manyGone: (count: number) => Words;
  readonly manyFailed: (count: number) => Words;
  readonly manyEnded: (count: number) => Words;
  readonly manyUnreached: (count: number) => Words;
  readonly askAgain: (command: string) => Words;

  readonly previewHead: (count: number, shares: number) => Words;
  readonly previewNothing: (shares: number) => Words;
  readonly previewNothingFound: Words;
  readonly previewMore: (count: number) => Words;
  readonly previewFailedShares: (count: number) => Words;
  readonly previewTruncated: Words;
  readonly previewDryRun: Words;
  readonly previewWaiting: (count: number) => Words;
  readonly notSwept: (share: string, where: string) => Words;
  /** Targets in which no sweep deletes anything. */
  readonly sweepLeavesOut: (targets: readonly string[]) => Words;
  readonly sweepQuestion: (count: number) => Words;
  readonly sweepIsDry: Words;
  readonly sweepNotSetUp: Words;
  readonly sweptNothing: Words;
  readonly sweptDeleted: (count: number) => Words;
  readonly sweptTruncated: Words;
  readonly sweptRemaining: (count: number) => Words;
  readonly sweptFailedShares: (count: number) => Words;

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
  | 'severalShares'
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
  | 'noneRunning'
  | 'cancelMany'
  | 'cancelledMany'
  | 'cancelledPart'
  | 'notSwept'
  | 'preview'
  | 'sweepQuestion'
  | 'swept'
  | 'sweptPart'
  | 'failed';

type Label =
  | 'cancel'
  | 'confirmRunning'
  | 'confirmFinished'
  | 'confirmMany'
  | 'confirmSweep'
  | 'keep'
  | 'keepMany'
  | 'newer'
  | 'older'
  | 'toList'
  | 'status';

/** The kinds of failure that the person is told apart. */
export type Failure = 'silent' | 'busy' | 'credentials' | 'refused' | 'invalid' | 'setup' | 'bug';
