import type { Target } from '../targets/target.ts';
import type { CheckSettings } from './context.ts';
import { type Attempted, type CheckRow, failed, ok } from './row.ts';

/** The list of shares, where tags choose which of them may be touched. */
export function judgeTags(listed: CheckRow, allowed: Attempted<Target>, settings: CheckSettings): CheckRow {
  const subject = { check: 'shares' } as const;
  if (listed.result === 'failed') return listed;
  if ('failure' in allowed) {
    return failed(subject, allowed.failure, settings, 'give the user sfsturbo:shares:getAllTag');
  }
  const { allowedShares } = allowed.value.settings;
  const count = allowedShares === '*' ? 0 : allowedShares.size;
  return ok(subject, `${listed.found}, ${count} with the tags`);
}
