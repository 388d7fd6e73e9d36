import { readFileSync } from 'node:fs';

/** The blocks of shell commands under a heading of the README, with what a person puts in place of each `…`. */
export function stepsUnder(heading: string, replace: readonly (readonly [string, string])[]): readonly string[] {
  const readme = readFileSync('README.md', 'utf8');
  const [, section = ''] = readme.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const blocks = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map(([, , block = '']) => block);
  return blocks.map((block) => {
    let filled = block;
    for (const [placeholder, value] of replace) {
      filled = filled.replaceAll(placeholder, value);
    }
    return filled;
  });
}
