import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

interface Checked {
  readonly key: string;
  readonly handler: string;
  readonly lookup: (name: string) => string | undefined;
  readonly hasAgency: boolean;
  readonly isWhole: boolean;
  readonly sourceOf: (name: string) => string;
}

const { faultLines } = createRequire(import.meta.url)('../../../deploy/check/faults.cjs') as {
  faultLines: (functions: readonly Checked[]) => readonly string[];
};

/** The function `http` on FunctionGraph, with these variables. */
function checked(variables: Readonly<Record<string, string>>): Checked {
  return {
    key: 'http',
    handler: 'handlers/http.handler',
    lookup: (name) => variables[name],
    hasAgency: true,
    isWhole: true,
    sourceOf: (name) => `the place of ${name}`,
  };
}

test('a fault of a target says where the list comes from', () => {
  const TARGETS = '[{"name":"prod","region":"X","shares":"*"},{"name":"prod","shares":"*"}]';

  const lines = faultLines([checked({ HW_REGION_NAME: 'cn-north-4', TARGETS })]);

  expect(lines).toEqual([
    'http: TARGETS[0].region must be lower-case letters, digits, dots and hyphens (it comes from the place of TARGETS)',
    'http: TARGETS[1].name must not be that of another target (it comes from the place of TARGETS)',
  ]);
});

test('a list in a file is read before anything is deployed', () => {
  const check = (file: string) => faultLines([checked({ HW_REGION_NAME: 'cn-north-4', TARGETS_FILE: file })]);

  expect(check('package.json')).toEqual([
    'http: TARGETS_FILE must name a JSON array of at least one target (it comes from the place of TARGETS_FILE)',
  ]);
  expect(check('config/nothing.json')).toEqual([
    "http: TARGETS_FILE must be the path of a file in the function's package (it comes from the place of TARGETS_FILE)",
  ]);
});
