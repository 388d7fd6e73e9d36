/** Runs actions at their times, to a fraction of a millisecond. */
export interface Schedule {
  /** Actions that are due at the same time run in the order in which they came. */
  readonly at: (dueMs: number, action: () => void) => void;
}

// setTimeout alone comes up to two milliseconds late
const TIMER_LATE_MS = 2;

/** @param now milliseconds that only go forward */
export function createSchedule(now: () => number = () => performance.now()): Schedule {
  const waiting: { readonly dueMs: number; readonly action: () => void }[] = [];
  let woken = false;

  function wake(): void {
    woken = false;
    for (let head = waiting[0]; head !== undefined && head.dueMs <= now(); head = waiting[0]) {
      waiting.shift();
      head.action();
    }
    waitForHead();
  }

  function waitForHead(): void {
    const [head] = waiting;
    if (woken || head === undefined) return;
    woken = true;
    const timerMs = Math.floor(head.dueMs - now()) - TIMER_LATE_MS;
    if (timerMs > 0) setTimeout(wake, timerMs);
    else setImmediate(wake);
  }

  return {
    at(dueMs, action) {
      let place = waiting.length;
      while ((waiting[place - 1]?.dueMs ?? Number.NEGATIVE_INFINITY) > dueMs) place -= 1;
      waiting.splice(place, 0, { dueMs, action });
      waitForHead();
    },
  };
}
