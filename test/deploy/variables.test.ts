import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readChatConfig, readHttpConfig, readTimerConfig } from '../../lib/config/read-config.ts';
import type { Lookup } from '../../lib/config/variable.ts';
import { LEAST_VARIABLES, lookupIn } from '../support/variables.ts';

interface Variable {
  readonly name: string;
  readonly functions: readonly string[];
  readonly aws: string;
  readonly functionGraph: string;
}
type FromEnvironment = Readonly<Record<string, string>>;

const { VARIABLES, aws, functionGraph } = createRequire(import.meta.url)('../../deploy/variables.cjs') as {
  VARIABLES: readonly Variable[];
  aws: Readonly<Record<string, FromEnvironment>>;
  functionGraph: Readonly<Record<string, { userData: FromEnvironment; encryptedUserData: FromEnvironment }>>;
};
const settings = parse(readFileSync('serverless.yml', 'utf8'));
const namesOf = (key: string) => VARIABLES.filter(({ functions }) => functions.includes(key)).map(({ name }) => name);

const FUNCTIONS: readonly { key: string; read: (lookup: Lookup) => unknown }[] = [
  { key: 'chat', read: readChatConfig },
  { key: 'http', read: readHttpConfig },
  { key: 'timer', read: readTimerConfig },
];

describe.each(FUNCTIONS)('the variables of $key', ({ key, read }) => {
  test('are those that its reader asks for', () => {
    const asked = new Set<string>();
    const lookup: Lookup = (name) => {
      asked.add(name);
      return lookupIn({ ...LEAST_VARIABLES, SWEEP_SHARES: '*' })(name);
    };
    read(lookup);

    // SECRETS_ID is read before the configuration
    const expected = [...asked, 'SECRETS_ID'];
    expect(namesOf(key).toSorted()).toEqual(expected.toSorted());
  });

  test('come from the list in serverless.yml, and each reaches the function on both clouds or has another place', () => {
    const fn = settings.functions[key];
    const at = (path: string) => `\${file(./deploy/variables.cjs):${path}}`;

    expect(fn.environment).toBe(at(`aws.${key}`));
    expect(fn.functiongraph.userData).toBe(at(`functionGraph.${key}.userData`));
    expect(Object.keys(functionGraph[key]?.encryptedUserData ?? {}).length > 0).toBe(
      fn.functiongraph.encryptedUserData === at(`functionGraph.${key}.encryptedUserData`),
    );
    expect(aws[key]?.['SECRETS_ID']).toMatch(/^\$\{(param|file)/);
    for (const { name, ...place } of VARIABLES.filter(({ functions }) => functions.includes(key))) {
      const value = `\${env:${name}, ''}`;
      if (place.aws !== 'parameter')
        expect(aws[key]?.[name], name).toBe(place.aws === 'environment' ? value : undefined);
      expect(functionGraph[key]?.userData[name], name).toBe(place.functionGraph === 'plain' ? value : undefined);
      expect(functionGraph[key]?.encryptedUserData[name], name).toBe(
        place.functionGraph === 'encrypted' ? value : undefined,
      );
    }
  });
});

test('the deployment to FunctionGraph goes to the cloud of the functions', () => {
  const { region, cloud } = settings.custom.functiongraph;

  expect({ region, cloud }).toEqual({ region: `\${env:HW_REGION_NAME, ''}`, cloud: `\${env:HW_CLOUD, ''}` });
});

test('the secrets of AWS are the encrypted variables of FunctionGraph, or credentials', () => {
  const secret = VARIABLES.filter(({ aws: place }) => place === 'secret');

  expect(new Set(secret.map(({ functionGraph: place }) => place))).toEqual(new Set(['encrypted', 'agency']));
  expect(
    VARIABLES.filter(({ functionGraph: place }) => place === 'encrypted').every((variable) =>
      secret.includes(variable),
    ),
  ).toBe(true);
});

test('a file with variables stays out of the repository', () => {
  const ignored = readFileSync('.gitignore', 'utf8').split('\n');

  expect(ignored).toContain('.env');
  expect(ignored).toContain('.env.*');
});
