import { blocksOf, page } from '../support/handbook.ts';

/** The blocks of shell commands of a page, without those that need an account, with what a person puts in place of each `…`. */
export function stepsOf(path: string, replace: readonly (readonly [string, string])[]): readonly string[] {
  const steps = blocksOf(page(path)).filter(
    ({ language, text }) => language === 'sh' && !text.startsWith('# needs an account'),
  );
  return steps.map(({ text }) =>
    replace.reduce((filled, [placeholder, value]) => filled.replaceAll(placeholder, value), text),
  );
}
