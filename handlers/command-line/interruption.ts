import type { World } from './world.ts';

// npm passes a Ctrl-C on that the terminal has already sent to every process: both are one
const SAME_KEY_MS = 500;

/** Aborted by the first Ctrl-C. @param onSecond called when somebody does not want to wait any longer */
export function createInterruption({ onInterrupt }: World, onFirst: () => void, onSecond: () => void): AbortSignal {
  const controller = new AbortController();
  let firstAtMs = 0;
  onInterrupt(() => {
    if (!controller.signal.aborted) {
      firstAtMs = performance.now();
      controller.abort();
      onFirst();
    } else if (performance.now() - firstAtMs > SAME_KEY_MS) {
      onSecond();
    }
  });
  return controller.signal;
}
