import type { AllowEntry } from '../config/chat.ts';
import type { Caller } from '../core/caller.ts';

export const PLATFORMS = ['slack', 'feishu'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Who asks, and in which chat. The ids come from a signed request; names are never used. */
export interface Person {
  readonly platform: Platform;
  readonly tenant: string;
  readonly channel: string;
  readonly user: string;
}

/** The person as the audit log has it, e.g. `slack:T1/C2/U3`. */
export function callerOf(person: Person): string {
  return `${person.platform}:${entryOf(person)}`;
}

/** The person as a caller of use cases. Whoever may use the chat may use every allowed share. */
export function toCaller(person: Person): Caller {
  return { name: callerOf(person), shares: '*' };
}

/** The entry of `SLACK_ALLOWED` or `FEISHU_ALLOWED` that would let this person in. */
export function entryOf({ tenant, channel, user }: Person): string {
  return `${tenant}/${channel}/${user}`;
}

/** An empty list lets nobody in. `*` in an entry fits any id. */
export function isListed({ tenant, channel, user }: Person, entries: readonly AllowEntry[]): boolean {
  const fits = (listed: string, own: string): boolean => listed === '*' || listed === own;
  return entries.some((entry) => fits(entry.tenant, tenant) && fits(entry.channel, channel) && fits(entry.user, user));
}
