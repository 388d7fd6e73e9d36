import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { VARIABLES } from '../lib/config/read-config.ts';
import { ANSWER_BY_CODE } from '../lib/status.ts';

const readme = readFileSync('README.md', 'utf8');

/** The rows below every header that looks like this. */
function rowsUnder(header: string): readonly (readonly string[])[] {
  const lines = readme.split('\n');
  const heads = lines.flatMap((line, at) => (line === header ? [at] : []));
  return heads.flatMap((at) => {
    const end = lines.findIndex((line, row) => row > at && !line.startsWith('|'));
    return lines.slice(at + 2, end).map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  });
}

const code = (cell = '') => cell.replaceAll('`', '');

test('the statuses are those of the code', () => {
  const documented = rowsUnder('| case | status | errCode |').map(
    ([, status, errCode]) => `${status} ${code(errCode)}`,
  );
  const coded = Object.values(ANSWER_BY_CODE).map(({ status, errCode }) => `${status} ${errCode ?? "upstream's"}`);

  expect(documented.toSorted()).toEqual(coded.toSorted());
});

describe('the variables', () => {
  const documented = rowsUnder('| variable | meaning | default |').map(([name, , value]) => [code(name), code(value)]);

  test('are those of the code, with its defaults', () => {
    expect(Object.fromEntries(documented)).toEqual(VARIABLES);
  });

  test('are each described once', () => {
    expect(documented.length).toBe(Object.keys(VARIABLES).length);
  });
});

test('every dependency is there with a reason', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = rowsUnder('| package | why |').flatMap(([names = '']) => code(names).split(', '));

  expect(named.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted());
});

test('the picture of the house has every module', () => {
  const [, house = ''] = /## The house\n+```\n([\s\S]*?)```/.exec(readme) ?? [];
  const files = ['handlers', 'handlers/middleware', 'lib', 'lib/chat', 'lib/config'].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts')),
  );

  expect(files.filter((name) => !new RegExp(`(^|[\\s(])${name.replaceAll('.', '\\.')}`, 'm').test(house))).toEqual([]);
});
