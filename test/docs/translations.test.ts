import { describe, expect, test } from 'vitest';
import { blocksOf, type Page, page, pages } from '../support/handbook.ts';

const translated = pages().filter(({ path }) => path.endsWith('.zh.md'));

test('the pages that people in China need are there in Chinese', () => {
  const names = translated.map(({ path }) => path);

  expect(names.toSorted()).toEqual([
    'docs/README.zh.md',
    'docs/chat.zh.md',
    'docs/configuration.zh.md',
    'docs/deploy-functiongraph.zh.md',
  ]);
});

describe.each(translated.filter(({ path }) => path !== 'docs/README.zh.md'))(
  '$path is held to the English page',
  (chinese) => {
    const english = page(chinese.path.replace('.zh.md', '.md'));

    test('by the levels of its headings', () => {
      expect(headingLevelsOf(chinese)).toEqual(headingLevelsOf(english));
    });

    test('by its blocks of code', () => {
      const codeOf = (of: Page) => blocksOf(of).map(({ language, text }) => ({ language, text }));

      expect(codeOf(chinese)).toEqual(codeOf(english));
    });

    test('by the rows of its tables and the code in each', () => {
      expect(tableCodeOf(chinese)).toEqual(tableCodeOf(english));
    });
  },
);

function headingLevelsOf({ text }: Page): readonly number[] {
  const outsideCode = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...outsideCode.matchAll(/^(#+) /gm)].map(([, hashes = '']) => hashes.length);
}

/** What stands between backticks in each row. */
function tableCodeOf({ text }: Page): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => [...line.matchAll(/`[^`]+`/g)].map(([code]) => code).toSorted());
}
