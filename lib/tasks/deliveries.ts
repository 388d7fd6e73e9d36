import { createHash } from 'node:crypto';
import type { Runtime } from '../core/runtime.ts';

/**
 * Remembers the deliveries that were carried out, so that a repeated one gets the same answer and is not carried out again.
 * Each instance has its own memory. Another instance may repeat a DELETE, which does no harm.
 */
export interface Deliveries<T> {
  /**
   * Carries out a delivery, unless one with the same key is under way or has succeeded: then its result is returned.
   *
   * @param key what the sender signed and repeats with every attempt
   */
  readonly once: (key: string, deliver: () => Promise<T>) => Promise<T>;
}

// twice the tolerance of a signed timestamp: an older delivery is refused before it comes here
const REMEMBER_MS = 600_000;
const MAX_REMEMBERED = 1_000;

export function createDeliveries<T>(runtime: Runtime): Deliveries<T> {
  const known = new Map<string, { readonly result: Promise<T>; readonly untilMs: number }>();

  return {
    async once(key, deliver) {
      const earlier = known.get(key);
      if (earlier !== undefined && runtime.now() < earlier.untilMs) return earlier.result;

      const entry = { result: deliver(), untilMs: runtime.now() + REMEMBER_MS };
      known.delete(key);
      known.set(key, entry);
      const [oldest] = known.keys();
      if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
      try {
        return await entry.result;
      } catch (error) {
        // the sender will try again, and then it must be carried out
        if (known.get(key) === entry) known.delete(key);
        throw error;
      }
    },
  };
}

/** The key of a delivery whose sender may use one id for different bodies: each body is a delivery of its own. */
export function deliveryKey(id: string, body: Buffer): string {
  return createHash('sha256').update(`${id}.`).update(body).digest('base64');
}
