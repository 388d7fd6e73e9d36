import type { ShareId } from '../../core/task.ts';
import type { ShareName, ShareRef } from '../../targets/share-place.ts';
import type { View } from '../view.ts';
import type { ChatContext } from './context.ts';

type Work<Share> = (share: Share) => Promise<View> | View;

/** Does the work in the share that this word names, or says that there is no such share here, or asks which one is meant. */
export function inShare({ shares }: ChatContext, word: string, work: Work<ShareName>): Promise<View> | View {
  const found = shares.find(word);
  switch (found.type) {
    case 'found':
      return work(found.share);
    case 'several':
      return { type: 'several_shares', word, shares: found.shares };
    case 'unknown':
      return { type: 'unknown_share', word, suggestion: shares.suggest(word) };
    default:
      found satisfies never;
      throw new TypeError('unknown result');
  }
}

/** The same where no share need be named: then the work is about every share. */
export function inShareIfNamed(
  context: ChatContext,
  word: string | undefined,
  work: Work<ShareName | undefined>,
): Promise<View> | View {
  return word === undefined ? work(undefined) : inShare(context, word, work);
}

/** Does the work in the share of a button, or says that there is no such share here any more. */
export function atShare({ shares }: ChatContext, ref: ShareRef, work: Work<ShareName>): Promise<View> | View {
  const share = shares.at(ref);
  if (share !== undefined) return work(share);
  return { type: 'unknown_share', word: ref.shareId, suggestion: shares.suggest(ref.shareId) };
}

/** The same where no share need be named. */
export function atShareIfNamed(
  context: ChatContext,
  { shareId, target }: { readonly shareId?: ShareId | undefined; readonly target?: string | undefined },
  work: Work<ShareName | undefined>,
): Promise<View> | View {
  return shareId === undefined ? work(undefined) : atShare(context, { shareId, target }, work);
}
