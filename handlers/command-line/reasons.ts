import type { ManyTask } from '../../lib/tasks/many-task.ts';

/** Why a task stays, or what its failure came to, for a person. Programs get the words of `--json`. */
export const REASON_IN_WORDS: Readonly<Record<ManyTask['reason'], string>> = {
  matched: 'to delete',
  due: 'to delete',
  over_cap: 'over the limit',
  out_of_time: 'not tried, no time left',
  not_tried: 'not tried, access refused',
  gone: 'gone already',
  finished: 'ended meanwhile',
  may_be_deleted: 'may be deleted',
  not_deleted: 'not deleted',
  not_shown: 'not deleted, cannot be read',
  not_listed: 'not deleted, no list',
  protected: 'protected by a rule',
  status_not_swept: 'status not swept',
  too_young: 'too young',
  newest_of_path: 'newest of its directory',
  filtered: 'filters not met any more',
  odd_id: 'odd id',
  unknown_status: 'unknown status',
  no_path: 'no path',
  odd_path: 'odd path',
  time_missing: 'no time',
  time_unreadable: 'unreadable time',
  time_in_future: 'time in the future',
  times_contradict: 'times contradict',
};
