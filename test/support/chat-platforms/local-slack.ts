import { randomBytes } from 'node:crypto';
import { type Shown, shownOnly, withNumbers } from './shown.ts';
import { type SignedRequest, slackClick, slackCommand, startSlack } from './slack.ts';
import { renderSlack, slackButtons } from './slack-blocks.ts';
import { startSlackTls } from './slack-tls.ts';

const ADA = { team: 'T0001', channel: 'C0001', user: 'U0001' };

/** A chat with one person in it, who writes to the bot and presses its buttons. */
export interface LocalChat {
  readonly variables: Readonly<Record<string, string>>;
  /** @param url of the functions */
  readonly write: (url: string, text: string) => Promise<Shown>;
  readonly press: (url: string, value: unknown) => Promise<Shown>;
  readonly stop: () => Promise<void>;
}

/** Slack on the developer's own machine. */
export async function startLocalSlack(): Promise<LocalChat> {
  const slack = await startSlack();
  const tls = await startSlackTls(slack.origin);
  const secret = randomBytes(16).toString('hex');
  return {
    variables: {
      SLACK_SIGNING_SECRETS: secret,
      SLACK_ALLOWED: Object.values(ADA).join('/'),
      LOCAL_SLACK: JSON.stringify({ port: tls.port, cert: tls.cert }),
    },
    async write(url, text) {
      const answer = await post(`${url}/v1/slack/commands`, slackCommand(text, ADA, { secret, nowMs: Date.now() }));
      return answer.ok ? show(JSON.parse(await answer.text())) : shownOnly(`${answer.status} ${await answer.text()}`);
    },
    async press(url, value) {
      const responseUrl = slack.responseUrl().replace(slack.origin, 'https://hooks.slack.com');
      const click = slackClick(String(value), ADA, { secret, nowMs: Date.now(), responseUrl });
      const before = slack.posts.length;
      const answer = await post(`${url}/v1/slack/interactions`, click);
      const posted = slack.posts[before]?.message;
      if (posted !== undefined) return show(posted);
      return shownOnly(`nothing was posted: ${answer.status} ${await answer.text()}`);
    },
    async stop() {
      await slack.close();
      await tls.close();
    },
  };
}

function show(message: Readonly<Record<string, unknown>>): Shown {
  return withNumbers(renderSlack(message), slackButtons(message));
}

export function post(url: string, { headers, body }: SignedRequest): Promise<Response> {
  return fetch(url, { method: 'POST', headers, body });
}
