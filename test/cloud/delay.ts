import { setTimeout as sleep } from 'node:timers/promises';

const TIMER_LATE_MS = 2;

/** Until so many milliseconds after `sinceMs`, to a fraction of one: a timer alone comes up to two late. */
export async function delay(ms: number, sinceMs: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  const untilMs = sinceMs + ms;
  const timerMs = Math.floor(untilMs - performance.now()) - TIMER_LATE_MS;
  if (timerMs > 0) await sleep(timerMs, undefined, { signal });
  await new Promise<void>((resolve) => {
    const wait = (): void => void (performance.now() < untilMs ? setImmediate(wait) : resolve());
    wait();
  });
}
