import type { ErrorCode } from '../status.ts';
import type { TaskId } from '../task.ts';
import type { Action } from './action.ts';
import { COMMANDS, type CommandName, SHORTEST_TASK_PREFIX } from './command.ts';
import { entryOf, type Platform } from './person.ts';
import type { ShareName } from './shares.ts';
import type { AgeUnit, Failure, Texts } from './texts/texts.ts';
import { say, type Words } from './texts/words.ts';
import type { Doing, DueTask, ShownTask, View } from './view.ts';

/** How a message is meant; platforms show it by a colour. */
export type Tone = 'plain' | 'done' | 'careful' | 'bad';

export interface Button {
  readonly label: string;
  readonly style: 'plain' | 'danger';
  readonly action: Action;
}

export type Item =
  /** Lines of one paragraph, with a button at its side where there is something to do with it. */
  | { readonly type: 'text'; readonly lines: readonly Words[]; readonly button?: Button | undefined }
  | { readonly type: 'buttons'; readonly buttons: readonly Button[] }
  /** Small print. */
  | { readonly type: 'note'; readonly lines: readonly Words[] };

/** A message with its words, but of no platform yet. The title is never anything but our own words. */
export interface Message {
  readonly tone: Tone;
  readonly title: string;
  readonly items: readonly Item[];
}

/** Variables that a person's operator has to change. */
const ALLOWED_BY_PLATFORM: Readonly<Record<Platform, string>> = { slack: 'SLACK_ALLOWED', feishu: 'FEISHU_ALLOWED' };

/** Puts a view into words. */
export function toMessage(view: View, texts: Texts): Message {
  const { titles } = texts;
  switch (view.type) {
    case 'help':
      return { tone: 'plain', title: titles.help, items: helpItems(view, texts) };
    case 'refused': {
      const reason = texts.refused(ALLOWED_BY_PLATFORM[view.person.platform], entryOf(view.person));
      return { tone: 'bad', title: titles.refused, items: [text(reason)] };
    }
    case 'unreadable':
      return { tone: 'bad', title: titles.notUnderstood, items: [text(texts.unreadable)] };
    case 'late':
      return { tone: 'careful', title: titles.late, items: [text(texts.late)] };
    case 'unknown_command': {
      const words = texts.unknownCommand(view.word, view.suggestion && texts.usage[view.suggestion].form);
      return { tone: 'careful', title: titles.notUnderstood, items: [text(words)] };
    }
    case 'usage':
      return { tone: 'careful', title: titles.notUnderstood, items: [text(usageLine(view.command, texts))] };
    case 'unknown_share':
      return {
        tone: 'careful',
        title: titles.unknownShare,
        items: [text(texts.unknownShare(view.word, view.suggestion))],
      };
    case 'unsupported_share':
      return {
        tone: 'careful',
        title: titles.unsupportedShare,
        items: [text(texts.unsupportedShare(view.share.label))],
      };
    case 'bad_task':
      return { tone: 'careful', title: titles.notUnderstood, items: [text(texts.badTask(SHORTEST_TASK_PREFIX))] };
    case 'no_task': {
      const words = texts.noTask(view.share.label, view.word, commandText('list', view.share));
      return { tone: 'careful', title: titles.noTask, items: [text(words), note(texts.listLag)] };
    }
    case 'ambiguous':
      return { tone: 'careful', title: titles.ambiguous, items: [text(texts.ambiguous(view.word, view.count))] };
    case 'list':
      return { tone: 'plain', title: titles.list, items: listItems(view, texts) };
    case 'task':
      return { tone: 'plain', title: titles.task, items: taskItems(view, texts) };
    case 'question':
      return { tone: 'careful', title: titles.question, items: questionItems(view, texts) };
    case 'cancelled': {
      const words = view.wasRunning ? texts.cancelledRunning(view.path) : texts.cancelledFinished(view.path);
      const lines = [texts.taskId(view.taskId), texts.share(view.share.label), texts.listLag];
      return { tone: 'done', title: titles.cancelled, items: [text(words), note(...lines), toList(view.share, texts)] };
    }
    case 'gone': {
      const lines = [texts.share(view.share.label), ...(view.errCode === undefined ? [] : [texts.code(view.errCode)])];
      const items = [text(texts.gone(view.taskId)), note(...lines), toList(view.share, texts)];
      return { tone: 'plain', title: titles.gone, items };
    }
    case 'unknown_outcome': {
      const asking = texts.askFor(commandText('status', view.share, view.taskId));
      const items = [
        text(texts.unknownOutcome, asking),
        note(texts.code(view.errCode), texts.listLag),
        lookAgain(view.share, view.taskId, texts),
      ];
      return { tone: 'careful', title: titles.unknownOutcome, items };
    }
    case 'kept':
      return { tone: 'plain', title: titles.kept, items: [text(texts.kept)] };
    case 'expired': {
      const words = texts.expired(commandText('cancel', view.share, view.taskId));
      return { tone: 'careful', title: titles.expired, items: [text(words), toList(view.share, texts)] };
    }
    case 'foreign':
      return { tone: 'bad', title: titles.foreign, items: [text(texts.foreign)] };
    case 'not_set_up': {
      const words = view.what === 'cancel' ? texts.cancelNotSetUp : texts.previewNotSetUp;
      return { tone: 'careful', title: titles.notSetUp, items: [text(words)] };
    }
    case 'preview':
      return { tone: 'plain', title: titles.preview, items: previewItems(view, texts) };
    case 'failed':
      return { tone: 'bad', title: titles.failed, items: failedItems(view, texts) };
    default:
      view satisfies never;
      throw new TypeError('unknown view');
  }
}

type ViewOf<Type extends View['type']> = Extract<View, { readonly type: Type }>;

function text(...lines: readonly Words[]): Item {
  return { type: 'text', lines };
}

function note(...lines: readonly Words[]): Item {
  return { type: 'note', lines };
}

function helpItems({ aliases, canCancel }: ViewOf<'help'>, texts: Texts): readonly Item[] {
  const commands = COMMANDS.filter((command) => command !== 'cancel' || canCancel);
  const lines = commands.map((command) => say`${texts.usage[command].form}  ${[texts.usage[command].does]}`);
  const notes = [texts.helpTask, ...(canCancel ? [] : [texts.helpNoCancel])];
  const shares = aliases.length > 0 ? texts.helpAliases(aliases) : texts.helpNoAliases;
  return [text(...lines), text(shares), note(...notes)];
}

function usageLine(command: CommandName, texts: Texts): Words {
  return texts.usageOf(texts.usage[command].form);
}

function listItems(view: ViewOf<'list'>, texts: Texts): readonly Item[] {
  const { share, tasks, total, page, pages, complete, canCancel } = view;
  const notes = [...(complete ? [] : [texts.listIncomplete]), texts.listLag];
  if (total === 0) return [text(texts.noTasks(share.label)), note(...notes)];

  const turns: readonly Button[] = [
    ...(page > 1 ? [turnTo(share, page - 1, texts.buttons.newer)] : []),
    ...(page < pages ? [turnTo(share, page + 1, texts.buttons.older)] : []),
  ];
  return [
    text(texts.listHead(share.label, total)),
    ...tasks.map((task) => taskRow(share, task, canCancel, texts)),
    note(...(pages > 1 ? [texts.listPage(page, pages)] : []), ...notes),
    ...(turns.length > 0 ? [{ type: 'buttons' as const, buttons: turns }] : []),
  ];
}

function turnTo({ shareId }: ShareName, page: number, label: string): Button {
  return { label, style: 'plain', action: { type: 'list', shareId, page } };
}

function taskRow(share: ShareName, task: ShownTask, canCancel: boolean, texts: Texts): Item {
  const lines = [pathOf(task, texts), stateOf(task, texts), ...idLines(task, texts)];
  return { type: 'text', lines, button: canCancel ? cancelButton(share, task, texts) : undefined };
}

function cancelButton({ shareId }: ShareName, { taskId }: ShownTask, texts: Texts): Button | undefined {
  if (taskId === undefined) return undefined;
  return { label: texts.buttons.cancel, style: 'plain', action: { type: 'ask', shareId, taskId } };
}

function taskItems({ share, task, canCancel }: ViewOf<'task'>, texts: Texts): readonly Item[] {
  return [
    { ...taskRow(share, task, canCancel, texts) },
    text(
      texts.share(share.label),
      ...(task.beganAtMs === undefined ? [] : [texts.began(toTime(task.beganAtMs))]),
      ...(task.endedAtMs === undefined ? [] : [texts.ended(toTime(task.endedAtMs))]),
      ...(task.message === '' ? [] : [texts.message(task.message)]),
    ),
    note(texts.listLag),
  ];
}

function questionItems({ share, task, token }: ViewOf<'question'>, texts: Texts): readonly Item[] {
  const running = task.status === 'DOING';
  const label = running ? texts.buttons.confirmRunning : texts.buttons.confirmFinished;
  return [
    text(pathOf(task, texts), stateOf(task, texts), ...idLines(task, texts), texts.share(share.label)),
    text(running ? texts.questionRunning : texts.questionFinished),
    {
      type: 'buttons',
      buttons: [
        { label, style: 'danger', action: { type: 'confirm', token } },
        { label: texts.buttons.keep, style: 'plain', action: { type: 'keep' } },
      ],
    },
    note(texts.questionValid),
  ];
}

function toList({ shareId }: ShareName, texts: Texts): Item {
  const action: Action = { type: 'list', shareId, page: 1 };
  return { type: 'buttons', buttons: [{ label: texts.buttons.toList, style: 'plain', action }] };
}

function lookAgain({ shareId }: ShareName, taskId: TaskId, texts: Texts): Item {
  const action: Action = { type: 'status', shareId, taskId };
  return { type: 'buttons', buttons: [{ label: texts.buttons.status, style: 'plain', action }] };
}

function previewItems(view: ViewOf<'preview'>, texts: Texts): readonly Item[] {
  const { due, dueCount, shareCount, failedShareCount, truncated } = view;
  const readCount = shareCount - failedShareCount;
  const isWhole = readCount > 0 && !truncated;
  const nothing = isWhole ? texts.previewNothing(readCount) : texts.previewNothingFound;
  const head = dueCount === 0 ? nothing : texts.previewHead(dueCount, readCount);
  const more = dueCount - due.length;
  return [
    text(head),
    ...due.map((task) => dueRow(task, texts)),
    ...(more > 0 ? [text(texts.previewMore(more))] : []),
    note(
      ...(failedShareCount > 0 ? [texts.previewFailedShares(failedShareCount)] : []),
      ...(truncated ? [texts.previewTruncated] : []),
      texts.previewDryRun,
    ),
  ];
}

function dueRow({ share, task }: DueTask, texts: Texts): Item {
  return text(pathOf(task, texts), stateOf(task, texts), [...texts.share(share.label)]);
}

function failedItems({ doing, code, errCode, errMsg, requestId }: ViewOf<'failed'>, texts: Texts): readonly Item[] {
  const failure = FAILURE_BY_CODE[code];
  const again = commandOf(doing);
  return [
    text(
      texts.failures[failure],
      doing.type === 'cancel' ? texts.notCancelled : texts.nothingChanged,
      ...(failure === 'refused' && errMsg !== '' ? [texts.serviceSays(errMsg)] : []),
      ...(again === undefined ? [] : [texts.tryAgain(again)]),
    ),
    note(texts.code(errCode), texts.requestId(requestId)),
  ];
}

const FAILURE_BY_CODE: Readonly<Record<ErrorCode, Failure>> = {
  upstream_timeout: 'silent',
  upstream_unavailable: 'busy',
  upstream_throttled: 'busy',
  iam_rejected: 'credentials',
  upstream_bad_request: 'refused',
  upstream_forbidden: 'refused',
  task_not_found: 'refused',
  upstream_conflict: 'refused',
  upstream_error: 'refused',
  upstream_invalid: 'invalid',
  misconfigured: 'setup',
  feature_invalid: 'bug',
  invalid_input: 'bug',
  unauthenticated: 'bug',
  forbidden: 'bug',
  no_route: 'bug',
  method_not_allowed: 'bug',
  body_too_large: 'bug',
  media_type: 'bug',
  internal: 'bug',
};

function commandOf(doing: Doing): string | undefined {
  switch (doing.type) {
    case 'list':
      return commandText('list', doing.share);
    case 'status':
      return commandText('status', doing.share, doing.task);
    case 'ask':
    case 'cancel':
      return commandText('cancel', doing.share, doing.task);
    case 'preview':
      return '/du preview';
    case 'other':
      return undefined;
    default:
      doing satisfies never;
      throw new TypeError('unknown doing');
  }
}

function commandText(command: CommandName, share: ShareName, task?: string): string {
  return ['/du', command, share.label, ...(task === undefined ? [] : [task])].join(' ');
}

function pathOf({ path }: ShownTask, texts: Texts): Words {
  return path === '' ? texts.noPath : texts.path(path);
}

function stateOf({ status, ageMs, sizeBytes }: ShownTask, texts: Texts): Words {
  const age = ageMs === undefined ? undefined : toAge(ageMs, texts);
  const since = age === undefined ? undefined : status === 'DOING' ? texts.runningFor(age) : texts.ago(age);
  return texts.state(
    texts.statuses[status ?? 'unknown'],
    since,
    sizeBytes === undefined ? undefined : toSize(sizeBytes),
  );
}

function idLines({ taskId }: ShownTask, texts: Texts): readonly Words[] {
  return taskId === undefined ? [] : [texts.taskId(taskId)];
}

const AGE_UNITS: readonly (readonly [AgeUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** In the largest unit that there are two of, as people say it: 47 hours, then 2 days. */
function toAge(ageMs: number, texts: Texts): string {
  const [unit, unitMs] = AGE_UNITS.find(([, length]) => ageMs >= 2 * length) ?? ['second', 1_000];
  return texts.age(Math.max(0, Math.floor(ageMs / unitMs)), unit);
}

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

function toSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), SIZE_UNITS.length - 1);
  const amount = bytes / 1_024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${SIZE_UNITS[power] ?? 'B'}`;
}

/** `2023-03-01 11:46 UTC` */
function toTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
