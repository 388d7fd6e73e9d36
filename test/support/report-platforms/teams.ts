import { type Fields, type ReportPlatform, startPlatform, strange } from './platform.ts';

const SIG = 'deadbeef0teams';
const PATH = `/powerautomate/automations/direct/workflows/0a1b2c/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${SIG}`;
// "approximately 28 KB" (learn.microsoft.com/connectors/teams)
const MAX_BYTES = 28_000;

/**
 * A workflow that posts the Adaptive Card which it is sent. It is as strict about the card as the schema.
 *
 * @see https://adaptivecards.io/explorer/
 */
export function startTeamsReports(): Promise<ReportPlatform> {
  const refusal = (code: string) => ({ status: 400, body: JSON.stringify({ error: { code, message: code } }) });
  return startPlatform({
    entryAt: (origin) => `teams=${origin}${PATH}`,
    secrets: [SIG],
    success: { status: 202, body: '' },
    unreadable: refusal('InvalidRequestContent'),
    judge: ({ path, body: text }, body) => {
      if (path !== PATH) return { status: 401, body: '{"error":{"code":"DirectApiAuthorizationRequired"}}' };
      if (Buffer.byteLength(text) > MAX_BYTES) return { status: 413, body: '' };
      const [attachment, ...others] = (body['attachments'] ?? []) as Fields[];
      if (strange(body, ['type', 'attachments']) !== undefined || body['type'] !== 'message')
        return refusal('InvalidTemplate');
      if (attachment === undefined || others.length > 0) return refusal('InvalidTemplate');
      if (attachment['contentType'] !== 'application/vnd.microsoft.card.adaptive') return refusal('InvalidTemplate');
      const card = attachment['content'] as Fields;
      return faultOfCard(card) === undefined ? renderCard(card) : refusal('InvalidTemplate');
    },
  });
}

function faultOfCard(card: Fields): string | undefined {
  const elements = (card['body'] ?? []) as Fields[];
  if (strange(card, ['$schema', 'type', 'version', 'body']) !== undefined || elements.length === 0) return 'card';
  if (card['type'] !== 'AdaptiveCard' || card['version'] !== '1.4') return 'version';
  return elements.map(faultOfElement).find((fault) => fault !== undefined);
}

function faultOfElement(element: Fields): string | undefined {
  if (element['type'] === 'TextBlock') {
    // its text is Markdown, so no value from elsewhere may be in it
    const isPlain = /^[^*_[\]`{}\\]+$/.test(String(element['text']));
    return strange(element, ['type', 'text', 'size', 'weight', 'color', 'wrap']) ?? (isPlain ? undefined : 'markup');
  }
  if (element['type'] !== 'RichTextBlock') return 'element';
  const inlines = (element['inlines'] ?? []) as Fields[];
  return (
    strange(element, ['type', 'inlines']) ?? (inlines.length === 0 ? 'empty' : inlines.map(faultOfRun).find(Boolean))
  );
}

function faultOfRun(run: Fields): string | undefined {
  const isText = run['type'] === 'TextRun' && typeof run['text'] === 'string';
  // shown as a date
  if (/\{\{(DATE|TIME)\(/.test(String(run['text']))) return 'a function of dates';
  return isText ? strange(run, ['type', 'text', 'fontType', 'isSubtle']) : 'run';
}

function renderCard(card: Fields): string {
  return (card['body'] as Fields[])
    .map(({ text, inlines }) =>
      text === undefined ? (inlines as Fields[]).map((run) => run['text']).join('') : `# ${text}`,
    )
    .join('\n');
}
