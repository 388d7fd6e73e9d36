import type { ShareName } from '../shares.ts';
import type { View } from '../view.ts';
import type { ChatContext } from './context.ts';

/** Does the work in the share that this alias or id names, or says that there is no such share here. */
export function inShare(
  { shares }: ChatContext,
  word: string,
  work: (share: ShareName) => Promise<View> | View,
): Promise<View> | View {
  const share = shares.find(word);
  return share === undefined ? { type: 'unknown_share', word, suggestion: shares.suggest(word) } : work(share);
}

/** The same where no share need be named: then the work is about every share. */
export function inShareIfNamed(
  context: ChatContext,
  word: string | undefined,
  work: (share: ShareName | undefined) => Promise<View> | View,
): Promise<View> | View {
  return word === undefined ? work(undefined) : inShare(context, word, work);
}
