import * as v from 'valibot';
import { toMemberFaults } from './member-faults.ts';
import { readStsUrl } from './service.ts';
import { lookupOf, overlayOf, type TargetMembers, targetMembers } from './target-members.ts';
import { both, type Lookup, type Section } from './variable.ts';

/** One entry of the list of targets. */
export interface ListedTarget<T> {
  /** `TARGETS[0]` */
  readonly place: string;
  /** Absent when the entry is not well formed. */
  readonly members: TargetMembers | undefined;
  readonly section: Section<T & { readonly stsUrl: string }>;
}

/**
 * Reads what the function needs of a target, from the variables as that target has them.
 *
 * @param placed says of a fault in which member of the target it is
 */
export type ReadTarget<T> = (lookup: Lookup, placed: (fault: string) => string) => Section<T>;

/**
 * A target is read by the sections of the variables, from a look-up in which its members stand for variables. So whatever
 * holds for a variable holds for the member, and what a target leaves out is as it is for all.
 */
export function readListedTarget<T>(
  place: string,
  entry: unknown,
  lookup: Lookup,
  readTarget: ReadTarget<T>,
): ListedTarget<T> {
  const parsed = v.safeParse(targetMembers, entry, { abortPipeEarly: true });
  if (!parsed.success) {
    return { place, members: undefined, section: { faults: toMemberFaults(place, parsed.issues) } };
  }
  const overlay = overlayOf(parsed.output);
  const own = lookupOf(overlay, lookup);
  // a fault names the variable; where a member stands for it, that is what was wrong
  const inMembers = (fault: string) =>
    overlay
      .reduce((text, { variable, member }) => text.replaceAll(variable, `${place}.${member}`), fault)
      .replace(' [', '[');
  const section = both(readTarget(own, inMembers), readStsUrl(own));
  if ('settings' in section) return { place, members: parsed.output, section };
  return { place, members: parsed.output, section: { faults: section.faults.map(inMembers) } };
}
