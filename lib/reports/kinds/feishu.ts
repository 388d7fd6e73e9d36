import { createHmac } from 'node:crypto';
import { toPlainText } from '../../core/words.ts';
import type { ReportMessage } from '../message.ts';
import { type Kind, postJson, refusalByCode } from './kind.ts';

interface PlainText {
  readonly tag: 'plain_text';
  readonly content: string;
  readonly text_size?: 'notation';
  readonly text_color?: 'grey';
}

interface Div {
  readonly tag: 'div';
  readonly text: PlainText;
}

/** A card in the JSON 2.0 structure. Nothing in it is markup. */
interface ReportCard {
  readonly schema: '2.0';
  readonly config: { readonly update_multi: true };
  readonly header: { readonly title: PlainText; readonly template: 'green' | 'orange' | 'red' };
  readonly body: { readonly elements: readonly Div[] };
}

const TEMPLATE_BY_TONE = { good: 'green', warning: 'orange', bad: 'red' } as const;

/** @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export const feishu: Readonly<Kind> = {
  toRequest: ({ message }, { url, secret }, nowMs) => {
    const signature = secret === undefined ? {} : signed(secret, nowMs);
    return postJson(url, { ...signature, msg_type: 'interactive', card: toCard(message) });
  },
  // an older form of the answer has StatusCode alone
  refusalIn: (reply) => refusalByCode(reply, 'code', 'StatusCode'),
};

/** Here the text to sign is the key, and what is signed is empty. */
function signed(secret: string, nowMs: number) {
  const timestamp = String(Math.floor(nowMs / 1_000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') };
}

function toCard({ tone, title, facts, details, source }: ReportMessage): ReportCard {
  const small = { text_size: 'notation', text_color: 'grey' } as const;
  return {
    schema: '2.0',
    config: { update_multi: true },
    header: { title: plain(title), template: TEMPLATE_BY_TONE[tone] },
    body: {
      elements: [
        div(plain(facts.map(toPlainText).join('\n'))),
        ...details.map((line) => div(plain(`• ${toPlainText(line)}`))),
        div({ ...plain(toPlainText(source)), ...small }),
      ],
    },
  };
}

function div(text: PlainText): Div {
  return { tag: 'div', text };
}

function plain(content: string): PlainText {
  return { tag: 'plain_text', content };
}
