import type { Call } from '../../core/call.ts';
import type { ChatApp } from '../app.ts';
import { toMessage } from '../messages/to-message.ts';
import type { Person } from '../person.ts';
import { leaveTimeToPost } from '../post-time.ts';
import type { View } from '../view.ts';
import { type SlackMessage, toSlackMessage } from './messages.ts';

/** `/du …` as a person typed it. */
export interface SlackCommand {
  readonly person: Person;
  readonly text: string;
}

/** A click on a button of ours. */
export interface SlackClick {
  readonly person: Person;
  /** What the button carries. */
  readonly value: unknown;
  /** Where the answer is posted to; not checked yet. */
  readonly responseUrl: unknown;
}

const UNREADABLE: Readonly<View> = { type: 'unreadable' };

/** @param command absent when the request could not be read */
export async function answerSlackCommand(
  command: SlackCommand | undefined,
  chat: ChatApp,
  call: Call,
): Promise<SlackMessage> {
  const view = command === undefined ? UNREADABLE : await chat.command(command.person, command.text, call);
  return toSlackMessage(toMessage(view, chat.texts), false);
}

/**
 * Posts the answer to the click's `response_url`, since Slack does not show the body of the HTTP answer to a click.
 *
 * @param click absent when the request could not be read
 */
export async function answerSlackClick(
  click: SlackClick | undefined,
  chat: ChatApp,
  call: Call,
): Promise<SlackMessage> {
  const view = click === undefined ? UNREADABLE : await chat.click(click.person, click.value, leaveTimeToPost(call));
  const message = toSlackMessage(toMessage(view, chat.texts), replaces(view));
  if (click !== undefined) await chat.slack.respond(click.responseUrl, message, call);
  return message;
}

/** A question appears below the list that it came from. Whoever may not click leaves the message as it is. */
function replaces({ type }: View): boolean {
  return type !== 'question' && type !== 'refused' && type !== 'foreign' && type !== 'unreadable';
}
