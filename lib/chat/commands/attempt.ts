import type { Call } from '../../core/call.ts';
import { type ServiceError, toServiceError } from '../../core/errors.ts';
import { describeBug } from '../../core/log.ts';
import type { Attempted, View } from '../view.ts';
import type { ChatContext } from './context.ts';

/** Does the work. A failure becomes the view that tells the person about it. */
export async function attempt(
  { shares }: ChatContext,
  attempted: Attempted,
  call: Call,
  work: () => Promise<View> | View,
): Promise<View> {
  try {
    return await work();
  } catch (thrown) {
    const error = toServiceError(thrown);
    if (isAboutShare(error) && 'share' in attempted) {
      const word = attempted.share.label;
      return { type: 'unknown_share', word, suggestion: shares.suggest(word) };
    }
    return toFailedView(error, attempted, call);
  }
}

/** SFS.TURBO.9000: there is no such share, or no permission for it. */
function isAboutShare({ code }: ServiceError): boolean {
  return code === 'upstream_forbidden' || code === 'forbidden';
}

function toFailedView(error: ServiceError, attempted: Attempted, { log, requestId }: Call): View {
  const { code, errCode, upstream, cause, why } = error;
  if (code === 'internal') log.error('bug', { bug: describeBug(cause) });
  return { type: 'failed', attempted, code, errCode, errMsg: upstream?.errMsg ?? '', requestId, why };
}
