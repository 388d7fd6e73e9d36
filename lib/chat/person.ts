import type { AllowEntry } from '../config/chat.ts';
import type { Caller } from '../core/caller.ts';
import type { TargetNames } from '../targets/share-directory.ts';

export const PLATFORMS = ['slack', 'feishu'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Who asks, and in which chat. The ids come from a signed request; names are never used. */
export interface Person {
  readonly platform: Platform;
  readonly tenant: string;
  readonly channel: string;
  readonly user: string;
}

/** Somebody who may use the chat. */
export interface Member extends Person {
  /** The targets that the person may use. */
  readonly targets: TargetNames;
}

/** The person as the audit log has it, e.g. `slack:T1/C2/U3`. */
export function callerOf(person: Person): string {
  return `${person.platform}:${entryOf(person)}`;
}

/** The person as a caller of use cases, who may use every allowed share of the targets. */
export function toCaller(member: Member): Caller {
  const name = callerOf(member);
  if (member.targets === '*') return { name, shares: '*' };
  return { name, shares: new Set(), sharesByTarget: new Map([...member.targets].map((target) => [target, '*'])) };
}

/** The entry of `SLACK_ALLOWED` or `FEISHU_ALLOWED` that would let this person in. */
export function entryOf({ tenant, channel, user }: Person): string {
  return `${tenant}/${channel}/${user}`;
}

/**
 * The person with the targets of every entry that fits; an entry without targets is for all of them. An empty list lets
 * nobody in. `*` in an entry fits any id.
 */
export function toMember(person: Person, entries: readonly AllowEntry[]): Member | undefined {
  const { tenant, channel, user } = person;
  const fits = (listed: string, own: string): boolean => listed === '*' || listed === own;
  const fitting = entries.filter(
    (entry) => fits(entry.tenant, tenant) && fits(entry.channel, channel) && fits(entry.user, user),
  );
  if (fitting.length === 0) return undefined;
  const isForAll = fitting.some(({ targets }) => targets === undefined);
  return { ...person, targets: isForAll ? '*' : new Set(fitting.flatMap(({ targets = [] }) => targets)) };
}
