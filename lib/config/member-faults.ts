import type * as v from 'valibot';

// a member's name is the operator's own word: it is repeated where it looks like a name
const NAME = /^[a-zA-Z][\w-]{0,63}$/;
// members of members of members hold values, or names that are values
const MAX_DEPTH = 3;

/** The faults of a variable that is JSON: each with the place of its member, and never a value. */
export function toMemberFaults(variable: string, issues: readonly v.BaseIssue<unknown>[]): readonly string[] {
  const faults = issues.map(({ path = [], message }) => `${variable}${placeOf(path)} ${message}`);
  // each bad entry of a list has an issue of its own, with the same message
  return [...new Set(faults)];
}

function placeOf(path: readonly v.IssuePathItem[]): string {
  let place = '';
  for (const { key } of path.slice(0, MAX_DEPTH)) {
    if (typeof key === 'number' && place === '') place = `[${key}]`;
    else if (typeof key === 'string' && NAME.test(key)) place += `.${key}`;
    else break;
  }
  return place;
}
