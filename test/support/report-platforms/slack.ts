import { faultOfSlackMessage, renderSlack } from '../chat-platforms/slack-blocks.ts';
import { type ReportPlatform, startPlatform, strange, type Taken } from './platform.ts';

const TOKEN = 'deadbeef0slack';
const PATH = `/services/T0001/B0001/${TOKEN}`;
const HTML = { 'content-type': 'text/html' };
// posts of some 13,200 characters were seen to be refused (slackapi/bolt-js#2509)
const MAX_CHARS = 13_000;

/** An incoming webhook. @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function startSlackReports(onTaken?: (taken: Taken) => void): Promise<ReportPlatform> {
  return startPlatform({
    onTaken,
    entryAt: (origin) => `slack=${origin}${PATH}`,
    secrets: [TOKEN],
    success: { status: 200, body: 'ok', headers: HTML },
    unreadable: { status: 400, body: 'invalid_payload', headers: HTML },
    judge: ({ path, body: text }, body) => {
      if (path !== PATH) return { status: 404, body: 'no_service', headers: HTML };
      if (strange(body, ['text', 'blocks']) !== undefined)
        return { status: 400, body: 'invalid_payload', headers: HTML };
      const isGood = faultOfSlackMessage(body) === undefined && text.length <= MAX_CHARS;
      return isGood ? renderSlack(body) : { status: 400, body: 'invalid_blocks', headers: HTML };
    },
  });
}
