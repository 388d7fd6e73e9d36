import type { Call } from '../../core/call.ts';
import type { TaskRecord } from '../../sfs-turbo/records.ts';
import type { ShareName } from '../../targets/share-place.ts';
import { type Member, toCaller } from '../person.ts';
import type { View } from '../view.ts';
import { attempt } from './attempt.ts';
import type { ChatContext } from './context.ts';
import { areFull, TASKS_PER_MESSAGE, toMs, toShownTask } from './shown-task.ts';

/** One page of a share's tasks, newest first. Pages count from 1. */
export function list(context: ChatContext, person: Member, share: ShareName, page: number, call: Call): Promise<View> {
  return attempt(context, { type: 'list', share }, call, async () => {
    const listing = await context.listWhole(share, toCaller(person), call);
    if (listing === 'unsupported') return { type: 'unsupported_share', share };
    const newestFirst = listing.tasks.toSorted((one, other) => beganAt(other) - beganAt(one));
    const total = newestFirst.length;
    const pages = Math.max(1, Math.ceil(total / TASKS_PER_MESSAGE));
    // the list may have become shorter since the button was made
    const shownPage = Math.min(page, pages);
    const first = (shownPage - 1) * TASKS_PER_MESSAGE;
    const records = newestFirst.slice(first, first + TASKS_PER_MESSAGE);
    return {
      type: 'list',
      share,
      tasks: records.map((record) => toShownTask(record, context.now())),
      total,
      page: shownPage,
      pages,
      complete: listing.complete,
      isFull: areFull(listing.tasks),
      canCancel: context.confirmSecret !== undefined,
    };
  });
}

/** Tasks whose begin time cannot be read come last. */
function beganAt({ begin }: TaskRecord): number {
  return toMs(begin) ?? 0;
}
