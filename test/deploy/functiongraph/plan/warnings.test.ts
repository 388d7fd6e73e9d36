import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const { warningsOfVariables } = createRequire(import.meta.url)(
  '../../../../deploy/functiongraph/plan/warnings.cjs',
) as { warningsOfVariables: (plans: readonly object[]) => readonly string[] };

test('variables that some regions refuse are warned about, without a value', () => {
  const small = { key: 'http', userData: { A: 'a'.repeat(1000) }, encryptedUserData: { B: 'b'.repeat(1000) } };
  const large = { key: 'chat', userData: { A: 'a'.repeat(1000) }, encryptedUserData: { B: 'b'.repeat(1040) } };

  const warnings = warningsOfVariables([small, large]);

  expect(warnings).toEqual([
    'chat: its variables have 2056 characters. Some regions take 2048 and refuse more with FSS.1018.',
  ]);
});
