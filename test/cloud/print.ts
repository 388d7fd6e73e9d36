const style = (code: number) => (text: string) => (process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = style(1);
export const dim = style(2);
export const red = style(31);
export const green = style(32);

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Columns that line up, indented by two. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`;
  return [dim(line(head)), ...rows.map(line)].map((text) => text.trimEnd()).join('\n');
}

const WIDTH = 100;
// a UUID, or 32 hexadecimal digits
const LONG_ID = /\b([0-9a-f]{8})(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b/g;

/** Ids by their first eight digits. */
export function shortIds(text: string): string {
  return text.replace(LONG_ID, '$1…');
}

/** Breaks lines at spaces and commas, so that they fit the terminal where their words do. */
export function wrap(text: string): string {
  return text.split('\n').map(wrapLine).join('\n');
}

function wrapLine(line: string): string {
  const indent = `${/^ */.exec(line)?.[0]}  `;
  const lines = [''];
  for (const piece of line.split(/(?<=[ ,])/)) {
    const current = lines.at(-1) ?? '';
    if (lengthOf(current + piece.trimEnd()) <= WIDTH || current.trim() === '') lines.push(`${lines.pop()}${piece}`);
    else lines.push(`${indent}${piece}`);
  }
  return lines.map((each) => each.trimEnd()).join('\n');
}

/** How many columns a text takes: Chinese characters take two, and colours none. */
function lengthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  const plain = text.replace(/\u001b\[\d+m/g, '');
  return plain.length + (plain.match(/[\u2e80-\uffdc]/g)?.length ?? 0);
}
