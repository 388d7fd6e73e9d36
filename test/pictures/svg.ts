/** A piece of text in one style. */
export interface Span {
  readonly text: string;
  readonly fill: string;
  readonly bold?: boolean;
  readonly font?: string;
}

export const MONOSPACE = 'ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace';
export const SANS = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';

/** One line of text; its spaces are kept. */
export function textLine(spans: readonly Span[], x: number, y: number): string {
  const pieces = spans.map(
    ({ text, fill, bold, font }) =>
      `<tspan fill="${fill}"${bold === true ? ' font-weight="bold"' : ''}${font === undefined ? '' : ` font-family="${font}"`}>${escaped(text)}</tspan>`,
  );
  return `<text x="${x}" y="${y}" xml:space="preserve">${pieces.join('')}</text>`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A picture with a title for those who cannot see it. */
export function picture(
  size: { readonly width: number; readonly height: number },
  title: string,
  body: string,
): string {
  const { width, height } = size;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
${body}
</svg>
`;
}
