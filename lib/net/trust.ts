import type { Resend } from './request.ts';

// Longer than the gap between two calls of a burst. A function may be frozen in any longer pause, and its connections may be
// dropped meanwhile without a word.
const TRUSTED_PAUSE_MS = 1_000;
/** Gateways commonly keep an idle connection for a minute: nginx 75 s, AWS's load balancers 60 s. */
export const LONGEST_PAUSE_MS = 45_000;

const MIN_PROBE_MS = 200;
const MAX_PROBE_MS = 1_000;
// an answer that takes three times as long as the last one is late, and a dead connection never answers
const PROBE_ROUND_TRIPS = 3;

/** `probe`: use the connection, but do not wait long for its answer. `none`: open a new one. */
export type Trust = 'full' | 'probe' | 'none';

interface Idle {
  /** Since the last request or answer. Below zero where the clock was set back, so that the pause may be of any length. */
  readonly pauseMs: number;
  /** How many connections look open. */
  readonly connections: () => number;
  /** When the next request may go out again. */
  readonly resend: Resend;
}

/** How far connections can be trusted after a pause: a network may have dropped them, and said nothing. */
export function trustAfter({ pauseMs, connections, resend }: Idle): Trust {
  if (Math.abs(pauseMs) <= TRUSTED_PAUSE_MS) return 'full';
  // of several connections each would have to be probed
  const isProbed = resend === 'always' && pauseMs > 0 && pauseMs <= LONGEST_PAUSE_MS && connections() === 1;
  return isProbed ? 'probe' : 'none';
}

/** How long to wait for the first byte of an answer on a connection that may be dead. */
export function probeLimitMs(lastRoundTripMs: number): number {
  return Math.min(MAX_PROBE_MS, Math.max(MIN_PROBE_MS, PROBE_ROUND_TRIPS * lastRoundTripMs));
}
