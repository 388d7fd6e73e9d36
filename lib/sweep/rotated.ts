import type { Runtime } from '../core/runtime.ts';

/** The same members from a random one on. */
export function rotated<T>(members: readonly T[], random: Runtime['random']): readonly T[] {
  const first = Math.floor(random() * members.length);
  return [...members.slice(first), ...members.slice(0, first)];
}
