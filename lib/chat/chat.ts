import type { Call } from '../core/call.ts';
import type { ShareName } from '../targets/share-place.ts';
import { type Action, parseAction } from './action.ts';
import { type Command, parseCommand } from './command.ts';
import { attempt } from './commands/attempt.ts';
import { cancelManyQuestion } from './commands/cancel-all.ts';
import { confirm } from './commands/confirm.ts';
import type { ChatContext } from './commands/context.ts';
import { atShare, inShare, inShareIfNamed } from './commands/in-share.ts';
import { list } from './commands/list.ts';
import { preview, sweepQuestion } from './commands/preview.ts';
import { questionFor, questionForClick } from './commands/question.ts';
import { status } from './commands/status.ts';
import { callerOf, type Member, type Person, toMember } from './person.ts';
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
      return serve(context, person, call, command.type, (own, member) => runCommand(own, command, member, call));
    },
    click(person, value, call) {
      const action = parseAction(value);
      return serve(context, person, call, `click.${action?.type ?? 'unknown'}`, (own, member) =>
        action === undefined ? { type: 'unreadable' } : runAction(own, action, member, call),
      );
    },
  };
}

/** Refuses whoever is not allowed, keeps the others to their targets, and logs one line. */
async function serve(
  context: ChatContext,
  person: Person,
  call: Call,
  command: string,
  run: (own: ChatContext, member: Member) => Promise<View> | View,
): Promise<View> {
  const member = toMember(person, context.allowedOn[person.platform]);
  const view = member === undefined ? toRefused(person) : await serveMember(context, member, call, run);
  const share = shareOf(view);
  call.log.info('chat.command', {
    caller: callerOf(person),
    command,
    outcome: view.type,
    target: share?.target,
    share_id: share?.shareId,
    err_code: 'errCode' in view ? view.errCode : undefined,
    reason: 'why' in view ? view.why : undefined,
  });
  return view;
}

function toRefused(person: Person): View {
  return { type: 'refused', person };
}

function serveMember(
  context: ChatContext,
  member: Member,
  call: Call,
  run: (own: ChatContext, member: Member) => Promise<View> | View,
): Promise<View> {
  const own = { ...context, shares: context.shares.within(member.targets) };
  return attempt(own, { type: 'other' }, call, () => run(own, member));
}

function shareOf(view: View): ShareName | undefined {
  if ('share' in view) return view.share;
  return 'scope' in view ? view.scope : undefined;
}

function helpOf({ shares: { aliases, byTarget }, confirmSecret }: ChatContext): View {
  return { type: 'help', aliases, byTarget, canCancel: confirmSecret !== undefined };
}

function runCommand(context: ChatContext, command: Command, person: Member, call: Call): Promise<View> | View {
  switch (command.type) {
    case 'help':
      return helpOf(context);
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

function runAction(context: ChatContext, action: Action, person: Member, call: Call): Promise<View> | View {
  switch (action.type) {
    case 'list':
      return atShare(context, action, (share) => list(context, person, share, action.page, call));
    case 'status':
      return atShare(context, action, (share) => status(context, person, share, action.taskId, call));
    case 'ask':
      return atShare(context, action, (share) => questionForClick(context, person, share, action.taskId, call));
    case 'confirm':
      return confirm(context, person, action.token, call);
    case 'keep':
      return { type: 'kept' };
    default:
      action satisfies never;
      throw new TypeError('unknown action');
  }
}
