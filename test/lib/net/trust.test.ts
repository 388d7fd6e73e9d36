import { expect, test } from 'vitest';
import { probeLimitMs, trustAfter } from '../../../lib/net/trust.ts';

test.each([
  [0, 200],
  [60, 200],
  [100, 300],
  [333, 999],
  [400, 1_000],
  [60_000, 1_000],
])('after a round trip of %i ms a doubtful connection has %i ms for its first byte', (lastRoundTripMs, limitMs) => {
  expect(probeLimitMs(lastRoundTripMs)).toBe(limitMs);
});

test.each([
  [1_000, 1, 'always', 'full'],
  [-1_000, 1, 'never', 'full'],
  [1_001, 1, 'always', 'probe'],
  [1_001, 2, 'always', 'none'],
  [1_001, 0, 'always', 'none'],
  [1_001, 1, 'after_reset', 'none'],
  [45_001, 1, 'always', 'none'],
  [-1_001, 1, 'always', 'none'],
] as const)('after %i ms, with %i connections and a resend %s, trust is %s', (pauseMs, count, resend, trust) => {
  expect(trustAfter({ pauseMs, connections: () => count, resend })).toBe(trust);
});
