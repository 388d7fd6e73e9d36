import { randomBytes } from 'node:crypto';
import { feishuMessage, startFeishu } from './feishu.ts';
import { renderCard } from './feishu-cards.ts';
import { type SignedRequest, slackCommand } from './slack.ts';

const ADA = { team: 'T0001', channel: 'C0001', user: 'U0001' };
const LIN = { tenant: '736588c9260f175d', chat: 'oc_a0553eda9014c201', user: 'ou_7d8a6e6df7621556' };

/** Both chats on the developer's own machine: Slack is a signed curl line, Feishu also a stand-in that shows the replies. */
export interface LocalChat {
  /** What lets the function `chat` take part. */
  readonly variables: Readonly<Record<string, string>>;
  /** A line that types `/du …` in Slack. */
  readonly slackCurl: (url: string, text: string) => string;
  /** A line that writes to the bot in Feishu. */
  readonly feishuCurl: (url: string, text: string) => string;
  readonly stop: () => Promise<void>;
}

/** @param onReply takes each card that the bot replies with, as text */
export async function startLocalChat(onReply: (text: string) => void): Promise<LocalChat> {
  const feishu = await startFeishu({ onReply: ({ card }) => onReply(renderCard(card)) });
  const signingSecret = randomBytes(16).toString('hex');
  return {
    variables: {
      SLACK_SIGNING_SECRETS: signingSecret,
      SLACK_ALLOWED: Object.values(ADA).join('/'),
      FEISHU_APP_ID: feishu.app.appId,
      FEISHU_APP_SECRET: feishu.app.appSecret,
      FEISHU_ENCRYPT_KEY: feishu.app.encryptKey,
      FEISHU_VERIFICATION_TOKEN: feishu.app.verificationToken,
      FEISHU_BASE_URL: feishu.origin,
      FEISHU_ALLOWED: Object.values(LIN).join('/'),
      CONFIRM_SECRET: randomBytes(24).toString('base64'),
    },
    slackCurl: (url, text) =>
      toCurl(`${url}/v1/slack/commands`, slackCommand(text, ADA, { secret: signingSecret, nowMs: Date.now() })),
    feishuCurl(url, text) {
      const message = feishuMessage(text, LIN, feishu.newMessageId(), { app: feishu.app, nowMs: Date.now() });
      return toCurl(`${url}/v1/feishu/events`, message);
    },
    stop: feishu.close,
  };
}

function toCurl(url: string, { headers, body }: SignedRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}' \\\n`);
  return `curl -i '${url}' \\\n${lines.join('')}  --data-raw '${body}'`;
}
