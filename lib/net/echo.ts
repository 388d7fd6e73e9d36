import { parseJson } from '../core/json.ts';
import { upstreamRequestId } from './answers.ts';
import type { Reply } from './request.ts';

// a secret is recognised by its beginning; the rest of a token need not fit into a message
const ECHO_LENGTH = 32;

/** The answer as it may be passed on: without headers and body where they repeat a secret of the request. */
export function withoutEcho(reply: Reply, secrets: readonly (string | undefined)[]): Reply {
  // no text of a success is passed on; the text of a failure is decoded and written anew, so that no escape hides an echo
  const body = reply.status < 300 ? '' : (JSON.stringify(parseJson(reply.body)) ?? reply.body);
  const text = `${body}\n${upstreamRequestId(reply)}`;
  const isEcho = secrets.some((secret) => secret !== undefined && text.includes(secret.slice(0, ECHO_LENGTH)));
  return isEcho ? { ...reply, headers: {}, body: '' } : reply;
}
