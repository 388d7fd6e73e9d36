import type { Part, Words } from '../../core/words.ts';
import type { ReportMessage } from '../message.ts';
import { type Kind, postJson, type Refusal, wrongStatus } from './kind.ts';

interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly fontType?: 'Monospace';
  readonly isSubtle?: true;
}

/** Unlike a TextBlock it has no Markdown. */
interface RichTextBlock {
  readonly type: 'RichTextBlock';
  readonly inlines: readonly TextRun[];
}

interface TextBlock {
  readonly type: 'TextBlock';
  readonly text: string;
  readonly size: 'Medium';
  readonly weight: 'Bolder';
  readonly color: 'Good' | 'Warning' | 'Attention';
  readonly wrap: true;
}

interface AdaptiveCard {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly body: readonly (TextBlock | RichTextBlock)[];
}

const COLOR_BY_TONE = { good: 'Good', warning: 'Warning', bad: 'Attention' } as const;

/**
 * A workflow "When a Teams webhook request is received".
 *
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 * @see https://adaptivecards.io/explorer/TextRun.html
 */
export const teams: Readonly<Kind> = {
  toRequest: ({ message }, { url }) => {
    const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', content: toCard(message) };
    return postJson(url, { type: 'message', attachments: [attachment] });
  },
  refusalIn: ({ status, body, ...others }): Refusal | undefined => {
    if (status === 202) return undefined;
    if (status !== 200) return wrongStatus({ status, body, ...others });
    // the older webhooks answer "1" to what was taken, and tell a failure in the body of a 200
    return /^1?$/.test(body.trim()) ? undefined : { reason: 'refused it' };
  },
};

function toCard({ tone, title, facts, details, source }: ReportMessage): AdaptiveCard {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', text: title, size: 'Medium', weight: 'Bolder', color: COLOR_BY_TONE[tone], wrap: true },
      ...facts.map((line) => toBlock(line, '')),
      ...details.map((line) => toBlock(line, '• ')),
      { type: 'RichTextBlock', inlines: source.map((part) => ({ ...toRun(part), isSubtle: true })) },
    ],
  };
}

function toBlock(line: Words, bullet: string): RichTextBlock {
  return { type: 'RichTextBlock', inlines: [...(bullet === '' ? [] : [bullet]), ...line].map(toRun) };
}

/** Teams shows `{{DATE(…)}}` in any text as a date. */
function toRun(part: Part): TextRun {
  if (typeof part === 'string') return { type: 'TextRun', text: part };
  return { type: 'TextRun', text: part.value.replaceAll('{{', '{ {'), fontType: 'Monospace' };
}
