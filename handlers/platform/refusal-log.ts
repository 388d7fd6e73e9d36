import type { Runtime } from '../../lib/core/runtime.ts';

/** Counts refusals by reason. Returns how many came in this minute where that deserves a line, else nothing. */
type RefusalLog = (reason: string) => number | undefined;

const WINDOW_MS = 60_000;
const LINES_IN_FULL = 10;

/**
 * Bounds the lines about unauthenticated requests: of each reason, the first ten of a minute leave a line each, and after
 * that the 100th, the 1,000th and so on. So a flood without a key does not hide a sender whose clock is wrong, and its size
 * is known even if nothing follows it. Reasons are a closed set, so ten thousand refusals leave a few dozen lines.
 */
export function createRefusalLog(now: Runtime['now']): RefusalLog {
  const windows = new Map<string, { readonly startedAtMs: number; count: number }>();

  return (reason) => {
    const nowMs = now();
    let window = windows.get(reason);
    // a clock that was set back starts a new minute too
    if (window === undefined || Math.abs(nowMs - window.startedAtMs) >= WINDOW_MS) {
      window = { startedAtMs: nowMs, count: 0 };
      windows.set(reason, window);
    }
    window.count += 1;
    return window.count <= LINES_IN_FULL || /^10+$/.test(String(window.count)) ? window.count : undefined;
  };
}
