import type { Invocation } from '../platform/invocation.ts';
import { parseTimerEvent } from '../requests/timer-event.ts';
import { adds } from './adds.ts';

/** What a schedule sent. */
export interface TimerEvent {
  readonly input: unknown;
  readonly invocation: Invocation;
}

/** What the event narrows of the configuration. Without it there is no sweep: the handler's types ask for it. */
export function sweepOverrides() {
  return adds('overrides', ({ input }: TimerEvent) => parseTimerEvent(input));
}
