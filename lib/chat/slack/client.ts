import type { Call } from '../../core/call.ts';
import type { Runtime } from '../../core/runtime.ts';
import { describeFailure } from '../../net/answers.ts';
import type { Transport } from '../../net/transport.ts';
import type { SlackMessage } from './messages.ts';
import { parseResponseUrl } from './response-url.ts';

export interface SlackClient {
  /** Posts a message to the `response_url` of a click. A failure is logged, not thrown. */
  readonly respond: (responseUrl: unknown, message: SlackMessage, call: Call) => Promise<void>;
}

interface Dependencies {
  readonly transport: Transport;
  readonly runtime: Runtime;
  readonly origins: readonly string[];
}

export function createSlackClient({ transport, runtime, origins }: Dependencies): SlackClient {
  async function send(url: URL, message: SlackMessage, call: Call): Promise<Outcome> {
    const limitMs = call.deadlineAtMs - runtime.now();
    if (limitMs <= 0) return { reason: 'no time left' };
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const sent = await transport.send({ method: 'POST', url, headers, body: JSON.stringify(message) }, limitMs);
    if ('failure' in sent) return { reason: describeFailure(sent.failure) };
    const { status } = sent.reply;
    return { status, reason: status === 200 ? undefined : 'refused' };
  }

  return {
    async respond(responseUrl, message, call) {
      const url = parseResponseUrl(responseUrl, origins);
      const { status, reason } = url === undefined ? { reason: 'bad response_url' } : await send(url, message, call);
      // but for its host, the URL stays out of the log: whoever knows it can post
      const fields = { service: 'slack', upstream_status: status, reason } as const;
      if (reason === undefined) call.log.debug('chat.reply', fields);
      else call.log.warn('chat.reply', fields);
    },
  };
}

interface Outcome {
  readonly status?: number;
  readonly reason: string | undefined;
}
