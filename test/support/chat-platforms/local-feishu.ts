import { feishuClick, feishuMessage, startFeishu } from './feishu.ts';
import { feishuButtons, renderCard } from './feishu-cards.ts';
import { type LocalChat, post } from './local-slack.ts';
import { type Shown, shownOnly, withNumbers } from './shown.ts';

const LIN = { tenant: '736588c9260f175d', chat: 'oc_a0553eda9014c201', user: 'ou_7d8a6e6df7621556' };

/** Feishu on the developer's own machine. */
export async function startLocalFeishu(): Promise<LocalChat> {
  const feishu = await startFeishu();
  const { app } = feishu;
  return {
    variables: {
      FEISHU_APP_ID: app.appId,
      FEISHU_APP_SECRET: app.appSecret,
      FEISHU_ENCRYPT_KEY: app.encryptKey,
      FEISHU_VERIFICATION_TOKEN: app.verificationToken,
      FEISHU_BASE_URL: feishu.origin,
      FEISHU_ALLOWED: Object.values(LIN).join('/'),
    },
    async write(url, text) {
      const messageId = feishu.newMessageId();
      const message = feishuMessage(text, LIN, messageId, { app, nowMs: Date.now() });
      const answer = await post(`${url}/v1/feishu/events`, message);
      const reply = feishu.replies.find((each) => each.messageId === messageId);
      return reply === undefined ? shownOnly(`no reply: ${answer.status} ${await answer.text()}`) : show(reply.card);
    },
    async press(url, value) {
      const answer = await post(`${url}/v1/feishu/events`, feishuClick(value, LIN, { app, nowMs: Date.now() }));
      if (!answer.ok) return shownOnly(`${answer.status} ${await answer.text()}`);
      const { toast, card } = JSON.parse(await answer.text());
      const shown = card === undefined ? shownOnly('') : show(card.data);
      return { ...shown, text: `(${toast.content})\n\n${shown.text}`.trimEnd() };
    },
    stop: feishu.close,
  };
}

function show(card: Readonly<Record<string, unknown>>): Shown {
  return withNumbers(renderCard(card), feishuButtons(card));
}
