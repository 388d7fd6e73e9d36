import { createHash } from 'node:crypto';
import type { World } from './world.ts';

/**
 * Remembers webhook deliveries that were carried out, so that one which arrives again is answered and not repeated.
 * Per instance only: what another instance carried out, a DELETE of the same task repeats without harm.
 */
export interface Deliveries<T> {
  /** Runs `deliver` for a delivery that is new, under way with others, or failed before; otherwise tells its result. */
  readonly once: (id: string, body: Buffer, deliver: () => Promise<T>) => Promise<T>;
}

// twice the window in which a signature is taken: a replay outside of it is refused for its timestamp
const REMEMBER_MS = 600_000;
const MAX_REMEMBERED = 1_000;

export function createDeliveries<T>(world: World): Deliveries<T> {
  const known = new Map<string, { readonly result: Promise<T>; readonly untilMs: number }>();

  return {
    async once(id, body, deliver) {
      // both are signed; a sender who uses an id twice for different bodies means two deliveries
      const key = createHash('sha256').update(`${id}.`).update(body).digest('base64');
      const earlier = known.get(key);
      if (earlier !== undefined && world.now() < earlier.untilMs) return earlier.result;

      const entry = { result: deliver(), untilMs: world.now() + REMEMBER_MS };
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
