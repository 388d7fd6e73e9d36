import type { Call } from '../../core/call.ts';
import type { ChatApp, FeishuBot } from '../app.ts';
import { toMessage } from '../messages/to-message.ts';
import type { Person } from '../person.ts';
import { leaveTimeToPost } from '../post-time.ts';
import type { View } from '../view.ts';
import { type FeishuCardAnswer, toFeishuCard, toFeishuCardAnswer } from './messages.ts';

/** What every event has. */
export interface Happened {
  /** The same for every delivery of one event. */
  readonly eventId: string;
  readonly createdAtMs: number;
  readonly person: Person;
}

/** A message to the bot. */
export interface FeishuMessage extends Happened {
  readonly type: 'message';
  readonly messageId: string;
  /** Without mentions, and without a `/du` in front. */
  readonly text: string;
}

/** A click on a button of one of our cards. */
export interface FeishuClick extends Happened {
  readonly type: 'click';
  /** What the button carries. */
  readonly value: unknown;
}

// Feishu delivers an event again for up to seven hours, and a command that old must not be carried out any more
const MAX_EVENT_AGE_MS = 300_000;

/** The body of the HTTP answer to an event. Feishu delivers at least once, so a repeated event gets the same answer. */
export function answerFeishuEvent(
  event: FeishuMessage | FeishuClick,
  bot: FeishuBot,
  chat: ChatApp,
  call: Call,
): Promise<unknown> {
  return chat.feishuEvents.once(event.eventId, async () => {
    const ageMs = chat.runtime.now() - event.createdAtMs;
    const isLate = Math.abs(ageMs) > MAX_EVENT_AGE_MS;
    if (isLate) call.log.warn('chat.ignored', { service: 'feishu', reason: 'late', age_s: Math.round(ageMs / 1_000) });
    if (event.type === 'click') return answerClick(event, isLate, chat, call);
    if (!isLate) await replyTo(event, bot, chat, call);
    return {};
  });
}

async function replyTo(message: FeishuMessage, { client }: FeishuBot, chat: ChatApp, call: Call): Promise<void> {
  client.prefetch(call);
  const view = await chat.command(message.person, message.text, leaveTimeToPost(call));
  const card = toFeishuCard(toMessage(view, chat.texts));
  await client.reply(message.messageId, message.eventId, card, call);
}

async function answerClick(
  { person, value }: FeishuClick,
  isLate: boolean,
  chat: ChatApp,
  call: Call,
): Promise<FeishuCardAnswer> {
  const view: View = isLate ? { type: 'late' } : await chat.click(person, value, call);
  return toFeishuCardAnswer(toMessage(view, chat.texts), replaces(view));
}

/** Everybody in the chat sees the card, so it stays as it is after a click that is not carried out. */
function replaces({ type }: View): boolean {
  return type !== 'refused' && type !== 'foreign' && type !== 'unreadable' && type !== 'late';
}
