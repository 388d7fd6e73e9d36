import type { TaskRecord } from '../../sfs-turbo/records.ts';
import type { StayVerdict } from './verdict.ts';

/** A task that was due when its share was first listed, and is not due by a later check. */
export interface NotDue {
  readonly type: 'not_due';
  readonly task: TaskRecord;
  readonly verdict: StayVerdict;
}

/** What came of a task that was to be deleted. */
export type Ending =
  | { readonly type: 'deleted' }
  /** Its DELETE did not find it. */
  | { readonly type: 'already_gone' }
  /** A check before its DELETE did not find it. */
  | { readonly type: 'gone' }
  | NotDue
  /** Its share could not be listed again, so it stays. */
  | { readonly type: 'unlisted' }
  /** The task was running and could not be shown, so it stays. */
  | { readonly type: 'unshown'; readonly error: unknown }
  | { readonly type: 'failed'; readonly error: unknown }
  /** Nothing was carried out. */
  | { readonly type: 'out_of_time' };

/** Whether the task is due and may still be there. */
export function isStillDue({ type }: Ending): boolean {
  return type === 'unlisted' || type === 'unshown' || type === 'failed' || type === 'out_of_time';
}
