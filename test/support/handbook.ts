import { readdirSync, readFileSync } from 'node:fs';

/** A page of the handbook, by its path in the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

const FRONT = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

/** Every page: the front page, the pages beside it, and `docs/`. */
export function pages(): readonly Page[] {
  const docs = readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return [...FRONT, ...docs].map(page);
}

export function page(path: string): Page {
  return { path, text: readFileSync(path, 'utf8') };
}

/** The cells of the rows below every header that looks like this, in any of the pages. */
export function rowsUnder(header: string, within: readonly Page[] = pages()): readonly (readonly string[])[] {
  return within.flatMap(({ text }) => {
    const lines = text.split('\n');
    const heads = lines.flatMap((line, at) => (line === header ? [at] : []));
    return heads.flatMap((at) => {
      const end = lines.findIndex((line, row) => row > at && !line.startsWith('|'));
      return lines.slice(at + 2, end).map(cellsOf);
    });
  });
}

/** The cells of a row; `\|` is no border. */
function cellsOf(row: string): readonly string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** A block of code of a page. */
export interface Block {
  readonly path: string;
  /** The heading above it. */
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

/** The blocks of code of a page, in order. */
export function blocksOf({ path, text }: Page): readonly Block[] {
  const blocks: Block[] = [];
  let heading = '';
  for (const [, title, indent = '', language = '', body = ''] of text.matchAll(
    /^#+ (.*)$|^( *)```([a-z]*)\n([\s\S]*?)^ *```$/gm,
  )) {
    if (title !== undefined) heading = title;
    else blocks.push({ path, heading, language, text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), '') });
  }
  return blocks;
}
