import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Page, pages } from '../support/handbook.ts';

const PAGES = pages();
const LONGEST_LINE = 160;
const LONGEST_PAGE = 300;
const LONGEST_FRONT_PAGE = 200;

describe.each(PAGES)('$path', (page) => {
  test('has no line that is too long to read', () => {
    const tooLong = proseOf(page).filter((line) => line.length > LONGEST_LINE);

    expect(tooLong).toEqual([]);
  });

  test('is no longer than a page may be', () => {
    const lines = page.text.trimEnd().split('\n').length;

    expect(lines).toBeLessThanOrEqual(page.path === 'README.md' ? LONGEST_FRONT_PAGE : LONGEST_PAGE);
  });

  test('has links and anchors that resolve', () => {
    const broken = linksOf(page).filter((link) => !resolves(link, page));

    expect(broken).toEqual([]);
  });
});

test('the front page leads to every page of the handbook', () => {
  const front = PAGES.find(({ path }) => path === 'README.md');
  const linked = new Set(linksOf(front ?? { path: '', text: '' }).map((link) => link.replace(/#.*/, '')));

  const unreachable = PAGES.map(({ path }) => path).filter((path) => path !== 'README.md' && !linked.has(path));
  expect(unreachable).toEqual([]);
});

/** Lines that are read as sentences: tables are not. */
function proseOf({ text }: Page): readonly string[] {
  return text.split('\n').filter((line) => !line.startsWith('|'));
}

/** Links to other files and to headings, without those to the web. */
function linksOf({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^https?:/.test(link));
}

function resolves(link: string, from: Page): boolean {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? from.path : join(dirname(from.path), file);
  if (!existsSync(path)) return false;
  if (anchor === undefined) return true;
  const target = PAGES.find((page) => page.path === path);
  return target !== undefined && anchorsOf(target).includes(anchor);
}

/** The anchors that code hosts make of headings. */
function anchorsOf({ text }: Page): readonly string[] {
  const outsideCode = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...outsideCode.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}
