import type { AllowEntry } from '../config/chat.ts';

export const PLATFORMS = ['slack', 'feishu'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Who asks, and where: ids from a request whose signature holds, never names. */
export interface Person {
  readonly platform: Platform;
  readonly tenant: string;
  readonly channel: string;
  readonly user: string;
}

const PLATFORM_ID = /^[\w-]{1,64}$/;

/** An id as the platforms make them: nothing else may be compared, signed or logged as one. */
export function isPlatformId(value: unknown): value is string {
  return typeof value === 'string' && PLATFORM_ID.test(value);
}

/** The person as the audit log has it, e.g. `slack:T1/C2/U3`. */
export function callerOf(person: Person): string {
  return `${person.platform}:${entryOf(person)}`;
}

/** The entry that would let this person in. */
export function entryOf({ tenant, channel, user }: Person): string {
  return `${tenant}/${channel}/${user}`;
}

/** Nobody is let in who is not listed. */
export function isListed({ tenant, channel, user }: Person, entries: readonly AllowEntry[]): boolean {
  const fits = (listed: string, own: string): boolean => listed === '*' || listed === own;
  return entries.some((entry) => fits(entry.tenant, tenant) && fits(entry.channel, channel) && fits(entry.user, user));
}
