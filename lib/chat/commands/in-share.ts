import type { ShareName } from '../shares.ts';
import type { View } from '../view.ts';
import type { ChatContext } from './context.ts';

/** Does the work in the share that this alias or id names, or says that there is no such share here. */
export function inShare(
  { shares }: ChatContext,
  word: string,
  work: (share: ShareName) => Promise<View> | View,
): Promise<View> | View {
  const found = shares.find(word);
  return found.type === 'share' ? work(found.share) : { type: 'unknown_share', word, suggestion: found.suggestion };
}
