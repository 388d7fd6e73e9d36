import { MONOSPACE, picture, type Span, textLine } from './svg.ts';

const FONT_PX = 13;
const COLUMN_PX = 7.83;
const LINE_PX = 19;
const MARGIN_PX = 18;
const BAR_PX = 30;

const PAPER = '#0d1117';
const INK = '#e6edf3';
const DIM = '#8b949e';
/** By the number of the ANSI colour. */
const COLOURS: Readonly<Record<number, string>> = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 36: '#79c0ff' };

/** What a terminal shows, with its colours, as a picture. */
export function terminal(title: string, output: string): string {
  const lines = output.split('\n').map(spansOf);
  const columns = Math.max(...lines.map((spans) => spans.reduce((sum, { text }) => sum + text.length, 0)));
  const width = Math.ceil(columns * COLUMN_PX) + 2 * MARGIN_PX;
  const height = BAR_PX + lines.length * LINE_PX + MARGIN_PX;
  const text = lines.map((spans, row) => textLine(spans, MARGIN_PX, BAR_PX + (row + 1) * LINE_PX - 5));
  return picture(
    { width, height },
    title,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>
<g fill="#30363d"><circle cx="20" cy="16" r="5"/><circle cx="38" cy="16" r="5"/><circle cx="56" cy="16" r="5"/></g>
<g font-family="${MONOSPACE}" font-size="${FONT_PX}">
${text.join('\n')}
</g>`,
  );
}

/** The pieces of a line between its ANSI codes. */
function spansOf(line: string): readonly Span[] {
  const spans: Span[] = [];
  let bold = false;
  let fill = INK;
  for (const piece of line.split(ANSI)) {
    if (/^\d+$/.test(piece)) {
      const code = Number(piece);
      // 0 and 39 take the colour back, 0 and 22 what is bold or dim
      if (code === 0 || code === 22) bold = false;
      if (code === 0 || code === 22 || code === 39) fill = INK;
      if (code === 1) bold = true;
      if (code === 2) fill = DIM;
      fill = COLOURS[code] ?? fill;
    } else if (piece !== '') spans.push({ text: piece, fill, bold });
  }
  return spans;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const ANSI = /\u001b\[(\d+)m/;
