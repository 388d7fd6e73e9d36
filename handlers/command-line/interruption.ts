import type { World } from './world.ts';

// npm passes a Ctrl-C on that the terminal has already sent to every process, and is late on a busy machine
const PASSED_ON_WITHIN_MS = 2_000;

/** Aborted by the first Ctrl-C. @param onSecond called when somebody does not want to wait any longer */
export function createInterruption(
  { onInterrupt, variables }: World,
  onFirst: () => void,
  onSecond: () => void,
): AbortSignal {
  const controller = new AbortController();
  const isByNpm = variables['npm_lifecycle_event'] !== undefined;
  let passedOnUntilMs = 0;
  onInterrupt(() => {
    if (!controller.signal.aborted) {
      if (isByNpm) passedOnUntilMs = performance.now() + PASSED_ON_WITHIN_MS;
      controller.abort();
      onFirst();
    } else if (performance.now() < passedOnUntilMs) {
      // npm passes it on once: whoever presses again is heard
      passedOnUntilMs = 0;
    } else {
      onSecond();
    }
  });
  return controller.signal;
}
