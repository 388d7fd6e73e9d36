import type { Invocation } from '../platform/invocation.ts';
import { parseTimerEvent } from '../requests/timer-event.ts';
import { adds } from './adds.ts';

/** What a schedule sent. */
export interface TimerEvent {
  readonly input: unknown;
  readonly invocation: Invocation;
}

/** What the event orders. Without it there is no sweep: the handler's types ask for it. */
export function timerOrder() {
  return adds('order', ({ input }: TimerEvent) => parseTimerEvent(input));
}
