import type { Call } from '../core/call.ts';

const POST_WITHIN_MS = 600;

/** The same call with an earlier deadline, so that there is time to post its answer in a request of its own. */
export function leaveTimeToPost(call: Call): Call {
  return { ...call, deadlineAtMs: call.deadlineAtMs - POST_WITHIN_MS };
}
