import type { Call } from '../core/call.ts';
import { type Action, parseAction } from './action.ts';
import { type Command, parseCommand } from './command.ts';
import { attempt } from './commands/attempt.ts';
import { cancelManyQuestion } from './commands/cancel-all.ts';
import { confirm } from './commands/confirm.ts';
import type { ChatContext } from './commands/context.ts';
import { inShare, inShareIfNamed } from './commands/in-share.ts';
import { list } from './commands/list.ts';
import { preview, sweepQuestion } from './commands/preview.ts';
import { questionFor, questionForClick } from './commands/question.ts';
import { status } from './commands/status.ts';
import { callerOf, isListed, type Person } from './person.ts';
import type { ShareName } from './shares.ts';
import type { View } from './view.ts';

/** What people can do in a chat. Neither function throws: every failure is a view too. */
export interface Chat {
  /** Carries out what a person typed after `/du`. */
  readonly command: (person: Person, text: string, call: Call) => Promise<View>;
  /** Carries out a click on one of our buttons; `value` is what the button carries. */
  readonly click: (person: Person, value: unknown, call: Call) => Promise<View>;
}

export function createChat(context: ChatContext): Chat {
  return {
    command(person, text, call) {
      const command = parseCommand(text);
      return serve(context, person, call, command.type, () => runCommand(context, command, person, call));
    },
    click(person, value, call) {
      const action = parseAction(value);
      return serve(context, person, call, `click.${action?.type ?? 'unknown'}`, () =>
        action === undefined ? { type: 'unreadable' } : runAction(context, action, person, call),
      );
    },
  };
}

/** Refuses whoever is not allowed, and logs one line. */
async function serve(
  context: ChatContext,
  person: Person,
  call: Call,
  command: string,
  run: () => Promise<View> | View,
): Promise<View> {
  const isAllowed = isListed(person, context.allowedOn[person.platform]);
  const view: View = isAllowed ? await attempt(context, { type: 'other' }, call, run) : { type: 'refused', person };
  call.log.info('chat.command', {
    caller: callerOf(person),
    command,
    outcome: view.type,
    share_id: shareOf(view)?.shareId,
    err_code: 'errCode' in view ? view.errCode : undefined,
    reason: 'why' in view ? view.why : undefined,
  });
  return view;
}

function shareOf(view: View): ShareName | undefined {
  if ('share' in view) return view.share;
  return 'scope' in view ? view.scope : undefined;
}

function runCommand(context: ChatContext, command: Command, person: Person, call: Call): Promise<View> | View {
  switch (command.type) {
    case 'help':
      return { type: 'help', aliases: context.shares.aliases, canCancel: context.confirmSecret !== undefined };
    case 'list':
      return inShare(context, command.share, (share) => list(context, person, share, 1, call));
    case 'status':
      return inShare(context, command.share, (share) => status(context, person, share, command.task, call));
    case 'cancel':
      return inShare(context, command.share, (share) => questionFor(context, person, share, command.task, call));
    case 'cancel-all':
      return inShare(context, command.share, (share) => cancelManyQuestion(context, person, share, call));
    case 'preview':
      return preview(context, person, call);
    case 'sweep':
      return inShareIfNamed(context, command.share, (scope) => sweepQuestion(context, person, scope, call));
    case 'unknown':
      return { type: 'unknown_command', word: command.word, suggestion: command.suggestion };
    case 'usage':
      return { type: 'usage', command: command.command };
    case 'bad_task':
      return { type: 'bad_task' };
    default:
      command satisfies never;
      throw new TypeError('unknown command');
  }
}

function runAction(context: ChatContext, action: Action, person: Person, call: Call): Promise<View> | View {
  switch (action.type) {
    case 'list':
      return inShare(context, action.shareId, (share) => list(context, person, share, action.page, call));
    case 'status':
      return inShare(context, action.shareId, (share) => status(context, person, share, action.taskId, call));
    case 'ask':
      return inShare(context, action.shareId, (share) => questionForClick(context, person, share, action.taskId, call));
    case 'confirm':
      return confirm(context, person, action.token, call);
    case 'keep':
      return { type: 'kept' };
    default:
      action satisfies never;
      throw new TypeError('unknown action');
  }
}
