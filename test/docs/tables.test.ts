import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { readChatConfig, readHttpConfig, readTimerConfig } from '../../lib/config/read-config.ts';
import type { Lookup } from '../../lib/config/variable.ts';
import { ANSWER_BY_CODE } from '../../lib/core/status.ts';
import { page, rowsUnder } from '../support/handbook.ts';
import { faultsOf, LEAST_VARIABLES, lookupIn } from '../support/variables.ts';

const { VARIABLES } = createRequire(import.meta.url)('../../deploy/variables.cjs') as {
  VARIABLES: readonly { readonly name: string; readonly aws: string; readonly functionGraph: string }[];
};

const code = (cell = '') => cell.replaceAll('`', '');

test('the statuses are those of the code', () => {
  const documented = rowsUnder('| case | status | errCode |').map(
    ([, status, errCode]) => `${status} ${code(errCode)}`,
  );
  // it ends a wait inside a sweep, and answers no caller
  const { out_of_time, ...answers } = ANSWER_BY_CODE;
  const coded = Object.values(answers).map(({ status, errCode }) => `${status} ${errCode ?? "upstream's"}`);

  expect(documented.toSorted()).toEqual(coded.toSorted());
});

describe('the variables', () => {
  const rows = rowsUnder('| variable | meaning | default | AWS | FunctionGraph |').map(
    ([name, , value, aws, functionGraph]) => ({ name: code(name), value: code(value), aws, functionGraph }),
  );
  const least = { ...LEAST_VARIABLES, SWEEP_SHARES: '*' };
  const readAll = (lookup: Lookup) => [readHttpConfig(lookup), readTimerConfig(lookup), readChatConfig(lookup)];

  test('are those that the code reads, each described once', () => {
    // the one that is read before the configuration
    const names = new Set(['SECRETS_ID']);
    readAll((name) => {
      names.add(name);
      return lookupIn(least)(name);
    });

    expect(rows.map(({ name }) => name).toSorted()).toEqual([...names].toSorted());
  });

  test('go where the list of the deployments has them', () => {
    const listed = VARIABLES.map(({ name, aws, functionGraph }) => ({
      ...{ name, aws },
      functionGraph: ['agency', 'none'].includes(functionGraph) ? '–' : functionGraph,
    }));

    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    const documented = rows.map(({ name, aws, functionGraph }) => ({ name, aws, functionGraph }));
    expect(documented.toSorted(byName)).toEqual(listed.toSorted(byName));
  });

  test.each(rows.filter(({ value }) => value !== '' && value !== 'required'))(
    '$name is $value when it is not set',
    ({ name, value }) => {
      expect(readAll(lookupIn({ ...least, [name]: value }))).toEqual(readAll(lookupIn(least)));
    },
  );

  test.each(rows.filter(({ value }) => value === 'required'))('$name is required', ({ name }) => {
    expect(faultsOf(() => readTimerConfig(lookupIn({ ...least, [name]: '' })))).toEqual([`${name} is missing`]);
  });

  test('that have no default and are not required may be left out', () => {
    const named = rows.filter(({ value }) => value !== '').map(({ name }) => [name, lookupIn(least)(name) ?? '']);
    const agency = { hasAgency: true };
    const lookup = lookupIn(Object.fromEntries(named));

    for (const read of [readHttpConfig, readTimerConfig, readChatConfig]) {
      expect(faultsOf(() => read(lookup, agency))).toEqual([]);
    }
  });
});

test('every dependency is there with a reason', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = rowsUnder('| package | why |').flatMap(([names = '']) => code(names).split(', '));

  expect(named.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted());
});

test('the table of modules has every module by its path', () => {
  const listed = ['docs/modules.md', 'docs/modules-lib.md'].flatMap((path) =>
    [...page(path).text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, module = '']) => module),
  );

  const modules = ['handlers', 'lib', 'deploy'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|cjs|cts|mjs)$/.test(path) && !path.endsWith('.d.ts'))
      .map((path) => `${folder}/${path}`),
  );

  expect(listed.toSorted()).toEqual(modules.toSorted());
});

describe('what to do in operation', () => {
  const operations = page('docs/operations.md');

  test('is said of each alarm', () => {
    const alarms = readFileSync('deploy/aws/alarms.yml', 'utf8').matchAll(
      /^ {2}(\w+):\n {4}Type: AWS::CloudWatch::Alarm/gm,
    );

    const documented = rowsUnder('| alarm | what it means | what to do |', [operations]).map(([name]) => code(name));
    expect(documented.toSorted()).toEqual([...alarms].map(([, name]) => name).toSorted());
  });

  test('is said of each errCode of the function', () => {
    const coded = Object.values(ANSWER_BY_CODE).flatMap(({ errCode }) => errCode ?? []);

    const documented = rowsUnder('| errCode | what to do |', [operations]).flatMap(([codes]) =>
      code(codes).split(', '),
    );
    expect(documented).toEqual(expect.arrayContaining(coded.filter((errCode) => errCode.startsWith('FN.'))));
  });
});
