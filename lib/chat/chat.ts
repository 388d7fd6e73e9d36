import type { Call } from '../call.ts';
import type { CancelTask } from '../cancel.ts';
import type { ChatSettings } from '../config/chat.ts';
import { ServiceError, toServiceError } from '../errors.ts';
import { describeBug } from '../log.ts';
import type { SfsTurbo } from '../sfs-turbo.ts';
import type { Sweep, TaskReport } from '../sweep.ts';
import { type AllowedShares, FEATURES, type ServiceTime, type TaskId, type TaskRecord } from '../task.ts';
import type { World } from '../world.ts';
import { type Action, parseAction } from './action.ts';
import { type Command, parseCommand } from './command.ts';
import { type Asked, openConfirmation, signConfirmation } from './confirm.ts';
import { listWhatFits } from './listing.ts';
import { callerOf, isListed, type Person } from './person.ts';
import { createShareDirectory, type ShareName } from './shares.ts';
import type { Doing, DueTask, ShownTask, View } from './view.ts';

/** What people can do in a chat. Neither ever throws: whatever happens is a view. */
export interface Chat {
  /** Carries out what was typed behind `/du`. */
  readonly command: (person: Person, text: string, call: Call) => Promise<View>;
  /** Carries out what a button of ours stands for. */
  readonly click: (person: Person, value: unknown, call: Call) => Promise<View>;
}

export interface ChatDependencies {
  readonly settings: ChatSettings;
  readonly allowedShares: AllowedShares;
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
  /** Absent where no sweep is configured. */
  readonly sweep: Sweep | undefined;
  readonly world: World;
}

const TASKS_PER_PAGE = 10;
// an id of this length is a whole one, in either of the forms that the documentation shows
const WHOLE_ID_LENGTH = 32;

export function createChat(dependencies: ChatDependencies): Chat {
  const { settings, allowedShares, sfsTurbo, cancelTask, sweep, world } = dependencies;
  const { confirmSecret } = settings;
  const shares = createShareDirectory(settings.shareAliases, allowedShares);
  const allowedOn = { slack: settings.slackAllowed, feishu: settings.feishuAllowed };
  const canCancel = confirmSecret !== undefined;

  /** Lets in who is listed, answers failures in words, and leaves one line. */
  async function serve(
    person: Person,
    call: Call,
    command: string,
    doing: Doing,
    carryOut: () => Promise<View> | View,
  ): Promise<View> {
    const view = isListed(person, allowedOn[person.platform])
      ? await attempt(doing, call, carryOut)
      : ({ type: 'refused', person } as const);
    const share = 'share' in view ? view.share : undefined;
    call.log.info('chat.command', {
      caller: callerOf(person),
      command,
      outcome: view.type,
      share_id: share?.shareId,
      err_code: 'errCode' in view ? view.errCode : undefined,
    });
    return view;
  }

  async function attempt(doing: Doing, call: Call, carryOut: () => Promise<View> | View): Promise<View> {
    try {
      return await carryOut();
    } catch (thrown) {
      return toFailedView(toServiceError(thrown), doing, call);
    }
  }

  function toFailedView(error: ServiceError, doing: Doing, call: Call): View {
    if (error.code === 'internal') call.log.error('bug', { bug: describeBug(error.cause) });
    // SFS.TURBO.9000: there is no such share, or no permission for it
    if ((error.code === 'upstream_forbidden' || error.code === 'forbidden') && 'share' in doing) {
      return unknownShare(doing.share.label);
    }
    const { code, errCode, upstream } = error;
    return { type: 'failed', doing, code, errCode, errMsg: upstream?.errMsg ?? '', requestId: call.requestId };
  }

  function unknownShare(word: string): View {
    return { type: 'unknown_share', word, suggestion: shares.suggest(word) };
  }

  function runCommand(command: Command, person: Person, call: Call): Promise<View> | View {
    switch (command.type) {
      case 'help':
        return { type: 'help', aliases: shares.aliases, canCancel };
      case 'unknown':
        return { type: 'unknown_command', word: command.word, suggestion: command.suggestion };
      case 'usage':
        return { type: 'usage', command: command.command };
      case 'bad_task':
        return { type: 'bad_task' };
      case 'preview':
        return preview(call);
      case 'list':
        return withShare(command.share, (share) => list(share, 1, call));
      case 'status':
        return withShare(command.share, (share) =>
          withTask(share, command.task, 'status', call, (task) => ({ type: 'task', share, task, canCancel })),
        );
      case 'cancel':
        return withShare(command.share, (share) =>
          withTask(share, command.task, 'ask', call, (task) => question(person, share, task)),
        );
      default:
        command satisfies never;
        throw new TypeError('unknown command');
    }
  }

  function runAction(action: Action, person: Person, call: Call): Promise<View> | View {
    switch (action.type) {
      case 'list':
        return withShare(action.shareId, (share) => list(share, action.page, call));
      case 'status':
        return withShare(action.shareId, (share) =>
          withTask(share, action.taskId, 'status', call, (task) => ({ type: 'task', share, task, canCancel })),
        );
      case 'ask':
        return withShare(action.shareId, (share) => ask(person, share, action.taskId, call));
      case 'confirm':
        return confirm(person, action.token, call);
      case 'keep':
        return { type: 'kept' };
      default:
        action satisfies never;
        throw new TypeError('unknown action');
    }
  }

  function withShare(word: string, then: (share: ShareName) => Promise<View> | View): Promise<View> | View {
    const found = shares.find(word);
    if (found.type === 'unknown') return { type: 'unknown_share', word, suggestion: found.suggestion };
    return then(found.share);
  }

  async function list(share: ShareName, page: number, call: Call): Promise<View> {
    return attempt({ type: 'list', share }, call, async () => {
      const listing = await listWhatFits(sfsTurbo, share.shareId, call);
      if (listing === 'unsupported') return { type: 'unsupported_share', share };
      const { tasks, complete } = listing;
      const newestFirst = tasks.toSorted((one, other) => beganAt(other) - beganAt(one));
      const pages = Math.max(1, Math.ceil(newestFirst.length / TASKS_PER_PAGE));
      // the list may have become shorter since the button was made
      const shownPage = Math.min(page, pages);
      const first = (shownPage - 1) * TASKS_PER_PAGE;
      return {
        type: 'list',
        share,
        tasks: newestFirst.slice(first, first + TASKS_PER_PAGE).map(toShownTask),
        total: newestFirst.length,
        page: shownPage,
        pages,
        complete,
        canCancel,
      };
    });
  }

  /** Finds the one task whose id begins with `prefix`. A whole id is asked for by itself, which is much less to read. */
  async function withTask(
    share: ShareName,
    prefix: string,
    doing: 'status' | 'ask',
    call: Call,
    then: (task: ShownTask) => View,
  ): Promise<View> {
    return attempt({ type: doing, share, task: prefix }, call, async () => {
      if (prefix.length >= WHOLE_ID_LENGTH) {
        const task = await show(share, prefix as TaskId, call);
        return task === undefined ? { type: 'no_task', share, word: prefix } : then(task);
      }
      const listing = await listWhatFits(sfsTurbo, share.shareId, call);
      if (listing === 'unsupported') return { type: 'unsupported_share', share };
      const { tasks, complete } = listing;
      const matches = tasks.filter(({ taskId }) => taskId?.toLowerCase().startsWith(prefix.toLowerCase()));
      const match = matches.find(({ taskId }) => taskId === prefix) ?? matches[0];
      if (match?.taskId !== prefix) {
        if (!complete) throw tooLong();
        if (matches.length > 1) return { type: 'ambiguous', share, word: prefix, count: matches.length };
      }
      return match === undefined ? { type: 'no_task', share, word: prefix } : then(toShownTask(match));
    });
  }

  async function show({ shareId }: ShareName, taskId: TaskId, call: Call): Promise<ShownTask | undefined> {
    try {
      const record = await sfsTurbo.showTask({ shareId, taskId, feature: FEATURES[0] }, call);
      // the answer's own id is not needed, and may be missing: all of its fields are documented as optional
      return toShownTask({ ...record, taskId });
    } catch (error) {
      if (toServiceError(error).code === 'task_not_found') return undefined;
      throw error;
    }
  }

  function question(person: Person, share: ShareName, task: ShownTask): View {
    if (confirmSecret === undefined) return { type: 'not_set_up', what: 'cancel' };
    if (task.taskId === undefined) return { type: 'bad_task' };
    const asked = {
      shareId: share.shareId,
      taskId: task.taskId,
      path: task.path,
      wasRunning: task.status === 'DOING',
    };
    return { type: 'question', share, task, token: signConfirmation(confirmSecret, person, asked, world.now()) };
  }

  function ask(person: Person, share: ShareName, taskId: TaskId, call: Call): Promise<View> {
    return attempt({ type: 'ask', share, task: taskId }, call, async () => {
      const task = await show(share, taskId, call);
      if (task === undefined) return { type: 'gone', share, taskId, errCode: undefined };
      return question(person, share, task);
    });
  }

  function confirm(person: Person, token: string, call: Call): Promise<View> | View {
    if (confirmSecret === undefined) return { type: 'not_set_up', what: 'cancel' };
    const confirmation = openConfirmation(confirmSecret, person, token, world.now());
    switch (confirmation.type) {
      case 'forged':
        return { type: 'unreadable' };
      case 'foreign':
        return { type: 'foreign' };
      case 'expired': {
        const { shareId, taskId } = confirmation.asked;
        return withShare(shareId, (share) => ({ type: 'expired', share, taskId }));
      }
      case 'confirmed':
        return withShare(confirmation.asked.shareId, (share) => cancel(person, share, confirmation.asked, call));
      default:
        confirmation satisfies never;
        throw new TypeError('unknown confirmation');
    }
  }

  async function cancel(person: Person, share: ShareName, asked: Asked, call: Call): Promise<View> {
    const { shareId, taskId, path, wasRunning } = asked;
    try {
      const { outcome } = await cancelTask({ shareId, taskId, feature: FEATURES[0] }, callerOf(person), call);
      return outcome === 'accepted'
        ? { type: 'cancelled', share, taskId, path, wasRunning }
        : { type: 'gone', share, taskId, errCode: undefined };
    } catch (thrown) {
      const error = toServiceError(thrown);
      if (error.code === 'task_not_found') return { type: 'gone', share, taskId, errCode: error.errCode };
      if (error.mayBeDone) return { type: 'unknown_outcome', share, taskId, errCode: error.errCode };
      return toFailedView(error, { type: 'cancel', share, task: taskId }, call);
    }
  }

  async function preview(call: Call): Promise<View> {
    if (sweep === undefined) return { type: 'not_set_up', what: 'preview' };
    return attempt({ type: 'preview' }, call, async () => {
      const due: DueTask[] = [];
      const onTask = ({ shareId, task, verdict }: TaskReport): void => {
        if (verdict === 'delete') due.push({ share: shares.nameOf(shareId), task: toShownTask(task) });
      };
      const summary = await sweep({ dryRun: true }, call, { onTask });
      const { shares: shareCount, failed_shares: failedShareCount, truncated } = summary;
      const shown = due.slice(0, TASKS_PER_PAGE);
      return { type: 'preview', due: shown, dueCount: due.length, shareCount, failedShareCount, truncated };
    });
  }

  function toShownTask(record: TaskRecord): ShownTask {
    const { taskId, status, path = '', usedCapacityBytes, message } = record;
    const beganAtMs = toMs(record.begin);
    const endedAtMs = toMs(record.end);
    const sinceMs = status === 'DOING' ? beganAtMs : (endedAtMs ?? beganAtMs);
    return {
      taskId,
      path,
      status,
      // the clocks of two sides differ: a little below zero is now
      ageMs: sinceMs === undefined ? undefined : Math.max(0, world.now() - sinceMs),
      beganAtMs,
      endedAtMs: status === 'DOING' ? undefined : endedAtMs,
      sizeBytes: status === 'SUCCESS' ? usedCapacityBytes : undefined,
      message,
    };
  }

  return {
    command(person, text, call) {
      const command = parseCommand(text);
      return serve(person, call, command.type, { type: 'other' }, () => runCommand(command, person, call));
    },
    click(person, value, call) {
      const action = parseAction(value);
      return serve(person, call, `click.${action?.type ?? 'unknown'}`, { type: 'other' }, () =>
        action === undefined ? { type: 'unreadable' } : runAction(action, person, call),
      );
    },
  };
}

function toMs(time: ServiceTime): number | undefined {
  return time.type === 'time' ? time.atMs : undefined;
}

/** Tasks whose beginning cannot be read come last. */
function beganAt({ begin }: TaskRecord): number {
  return toMs(begin) ?? 0;
}

/** An id that begins like the given one may still be on a page that there was no time for. */
function tooLong(): ServiceError {
  return new ServiceError('upstream_timeout', 'the share has more tasks than could be read in time');
}
