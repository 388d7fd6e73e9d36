import { escaped, MONOSPACE, picture, SANS, type Span, textLine } from './svg.ts';

const WIDTH_PX = 620;
const MARGIN_PX = 20;
const LINE_PX = 22;
const BUTTON_PX = { height: 32, letter: 7.6, padding: 14, gap: 10 } as const;
const INK = '#1d1c1d';
const CODE = '#c01343';
const SMALL = '#616061';
const DANGER = '#e01e5a';

/** A row of a card, and how high it is. */
interface Row {
  readonly heightPx: number;
  readonly draw: (y: number) => string;
}

/**
 * A chat's message as a picture. The message comes as the stand-ins render it: `#` a header, `[ ]` a button, `[! ]` a
 * dangerous one, `>` small print, `` ` `` a value.
 */
export function card(title: string, rendered: string): string {
  const rows = rendered.split('\n').map(toRow);
  const height = rows.reduce((sum, { heightPx }) => sum + heightPx, 2 * MARGIN_PX);
  let y = MARGIN_PX;
  const drawn = rows.map(({ heightPx, draw }) => {
    const text = draw(y);
    y += heightPx;
    return text;
  });
  return picture(
    { width: WIDTH_PX, height },
    title,
    `<rect x="0.5" y="0.5" width="${WIDTH_PX - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#dddddd"/>
<g font-family="${SANS}" font-size="15">
${drawn.filter((text) => text !== '').join('\n')}
</g>`,
  );
}

function toRow(line: string): Row {
  if (line === '') return { heightPx: LINE_PX / 2, draw: () => '' };
  if (line.startsWith('[')) return { heightPx: BUTTON_PX.height + 6, draw: (y) => buttons(line, y) };
  if (line.startsWith('# ')) return textRow([{ text: line.slice(2), fill: INK, bold: true }], 19);
  if (line.startsWith('> ')) return textRow(spansOf(line.slice(2), SMALL), 12);
  return textRow(spansOf(line, INK), 15);
}

function textRow(spans: readonly Span[], sizePx: number): Row {
  return { heightPx: LINE_PX, draw: (y) => `<g font-size="${sizePx}">${textLine(spans, MARGIN_PX, y + 16)}</g>` };
}

/** What stands between backticks is a value. */
function spansOf(line: string, fill: string): readonly Span[] {
  return line
    .split('`')
    .map((text, index) => (index % 2 === 1 ? { text, fill: CODE, font: MONOSPACE } : { text, fill }))
    .filter(({ text }) => text !== '');
}

function buttons(line: string, y: number): string {
  let x = MARGIN_PX;
  return [...line.matchAll(/\[(! )?([^\]]+)\]/g)]
    .map(([, danger, label = '']) => {
      const width = Math.ceil(label.length * BUTTON_PX.letter) + 2 * BUTTON_PX.padding;
      const isDangerous = danger !== undefined;
      const box = `<rect x="${x}" y="${y}" width="${width}" height="${BUTTON_PX.height}" rx="5" fill="${isDangerous ? DANGER : '#ffffff'}" stroke="${isDangerous ? DANGER : '#bbbbbb'}"/>`;
      const text = `<text x="${x + width / 2}" y="${y + 21}" text-anchor="middle" font-weight="bold" fill="${isDangerous ? '#ffffff' : INK}">${escaped(label)}</text>`;
      x += width + BUTTON_PX.gap;
      return box + text;
    })
    .join('\n');
}
