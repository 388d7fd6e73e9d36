import type { Texts } from './texts.ts';
import { say, type Words } from './words.ts';

const isOrAre = (count: number): string => (count === 1 ? 'is' : 'are');
const tasks = (count: number): Words => (count === 1 ? say`1 task` : say`${count} tasks`);
const shares = (count: number): Words => (count === 1 ? say`1 share` : say`${count} shares`);
const meant = (suggestion: string | undefined): Words =>
  suggestion === undefined ? [] : say` Did you mean ${suggestion}?`;

export const EN: Texts = {
  titles: {
    help: 'Directory-usage tasks',
    refused: 'You may not use this here',
    notUnderstood: 'Not understood',
    late: 'Too late',
    unknownShare: 'No such share here',
    noTask: 'No such task',
    ambiguous: 'Which task?',
    list: 'Directory-usage tasks',
    task: 'Directory-usage task',
    question: 'Cancel this task?',
    cancelled: 'Cancelled',
    gone: 'Already gone',
    unknownOutcome: 'The outcome is not known yet',
    kept: 'Nothing was done',
    expired: 'This question has expired',
    foreign: 'Somebody else was asked',
    notSetUp: 'Not set up',
    preview: 'What the next sweep would delete',
    failed: 'That did not work',
  },
  buttons: {
    cancel: 'Cancel…',
    confirmRunning: 'Stop and delete it',
    confirmFinished: 'Delete its result',
    keep: 'Keep it',
    newer: 'Newer',
    older: 'Older',
    toList: 'Show the list',
    status: 'Look again',
  },
  usage: {
    list: { form: '/du list <share>', does: "a share's tasks, newest first" },
    status: { form: '/du status <share> <task>', does: 'one task' },
    cancel: { form: '/du cancel <share> <task>', does: 'cancel a task; you are asked first' },
    preview: { form: '/du preview', does: 'what the next sweep would delete; deletes nothing' },
    help: { form: '/du help', does: 'this' },
  },
  statuses: { SUCCESS: 'finished', FAIL: 'failed', DOING: 'running', unknown: 'in an unknown state' },

  helpAliases: (aliases) => say`Shares: ${aliases.join(', ')}. A share's id is taken too.`,
  helpIds: say`A share is given by its id. A task is given by its id or the first characters of it, four at least.`,
  helpNoCancel: say`Cancelling is not set up here.`,
  refused: (variable, entry) => say`Ask the operator of this function. To let you in, ${variable} must list ${entry}.`,
  unreadable: say`This function could not read what came. Try ${'/du help'}.`,
  late: say`This came more than five minutes late and was not carried out. Please ask again.`,
  unknownCommand: (word, suggestion) => say`There is no command ${word}.${meant(suggestion)} Try ${'/du help'}.`,
  usageOf: (form) => say`Use it like this: ${form}`,
  unknownShare: (word, suggestion) =>
    say`${word} is no share that this function may touch.${meant(suggestion)} Try ${'/du help'}.`,
  badTask: (shortest) => say`A task is given by its id, or by at least the first ${shortest} characters of it.`,
  noTask: (share, word, listCommand) =>
    say`No task of ${share} has an id that begins with ${word}. ${listCommand} shows them all.`,
  ambiguous: (word, count) =>
    say`The ids of ${count} tasks begin with ${word}. Give more characters of the one that you mean.`,

  listHead: (share, total) => say`${tasks(total)} of ${share}, newest first`,
  listPage: (page, pages) => say`Page ${page} of ${pages}`,
  listIncomplete: say`There was no time to read the whole list: newer tasks may be missing.`,
  noTasks: (share) => say`${share} has no directory-usage tasks.`,
  path: (path) => say`${path}`,
  noPath: say`(no path)`,
  state: (status, age, size) => [
    status,
    ...(age === undefined ? ['; age unknown'] : [` ${age}`]),
    ...(size === undefined ? [] : [`; found ${size}`]),
  ],
  runningFor: (age) => `for ${age}`,
  ago: (age) => `${age} ago`,
  age: (count, unit) => `${count} ${unit}${count === 1 ? '' : 's'}`,
  taskId: (taskId) => say`Task ${taskId}`,
  share: (share) => say`Share ${share}`,
  began: (time) => [`Began ${time}`],
  ended: (time) => [`Ended ${time}`],
  message: (message) => say`The service says: ${message}`,
  listLag: say`SFS Turbo's list may be up to five minutes behind.`,

  questionRunning: say`The task is running. Cancelling stops and deletes it.`,
  questionFinished: say`The task has ended. Cancelling deletes its result.`,
  questionValid: say`This question is for you alone and is good for two minutes.`,
  cancelledRunning: (path) => say`The task that measured ${path} was stopped and deleted.`,
  cancelledFinished: (path) => say`The task that had measured ${path} was deleted together with its result.`,
  gone: (taskId) => say`Task ${taskId} does not exist any more. Somebody was faster, or it was clicked twice.`,
  unknownOutcome: say`SFS Turbo did not answer in time, and the task may have been cancelled all the same.`,
  askFor: (statusCommand) => say`Ask in a moment: ${statusCommand}`,
  kept: say`The task was left as it is.`,
  expired: (cancelCommand) => say`Nothing was done. To ask again: ${cancelCommand}`,
  foreign: say`Only the person who was asked can answer, and only there. Nothing was done.`,
  cancelNotSetUp: say`Cancelling from a chat is not set up here. Ask the operator of this function to set ${'CONFIRM_SECRET'}.`,
  previewNotSetUp: say`No sweep is set up here, so none would delete anything. Its operator sets it up with ${'SWEEP_SHARES'}.`,

  previewHead: (count, shareCount) => say`${tasks(count)} of ${shares(shareCount)} ${[isOrAre(count)]} due`,
  previewNothing: (shareCount) => say`Nothing is due in ${shares(shareCount)}.`,
  previewMore: (count) => say`and ${count} more`,
  previewFailedShares: (count) => say`${shares(count)} could not be read; the sweep would leave them alone.`,
  previewTruncated: say`There was no time to look at everything, so there may be more.`,
  previewDryRun: say`This was a dry run: nothing was deleted.`,

  failures: {
    silent: say`SFS Turbo did not answer in time.`,
    busy: say`SFS Turbo cannot be reached or has too much to do at the moment.`,
    credentials: say`Huawei Cloud refused this function's own credentials. Tell the operator of this function.`,
    refused: say`SFS Turbo refused the request.`,
    invalid: say`SFS Turbo gave an answer that makes no sense. Tell the operator of this function.`,
    setup: say`This function is not set up rightly. Tell its operator.`,
    bug: say`Something is wrong in this function. Tell its operator.`,
  },
  notCancelled: say`The task was not cancelled.`,
  nothingChanged: say`Nothing was changed.`,
  tryAgain: (command) => say`To try again: ${command}`,
  serviceSays: (errMsg) => say`It says: ${errMsg}`,
  code: (errCode) => say`Code ${errCode}`,
  requestId: (requestId) => say`Request ${requestId}`,
};
