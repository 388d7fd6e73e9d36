import type { Runtime } from '../../core/runtime.ts';

/** Why a task may be deleted, and for how long that counts. */
export interface Evidence {
  /** Milliseconds since the epoch. */
  readonly validUntilMs: number;
  readonly isValid: () => boolean;
}

export const EXPIRED: Readonly<Evidence> = { validUntilMs: Number.NEGATIVE_INFINITY, isValid: () => false };

/** What was seen at a moment, valid for so long. */
export function evidenceOf(seenAtMs: number, validForMs: number, now: Runtime['now']): Evidence {
  return {
    validUntilMs: seenAtMs + validForMs,
    isValid: () => {
      const ageMs = now() - seenAtMs;
      // below zero: the clock was set back, so the age is unknown
      return ageMs >= 0 && ageMs < validForMs;
    },
  };
}
