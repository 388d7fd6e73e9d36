import { defineConfig } from 'vitest/config';

// A mutant of a table or a pattern at module level is met by every test here, so only quick files are listed: each
// module's own tests must be enough to find what is wrong with it.
const MODULES = [
  'config/*',
  'iam/credentials',
  'net/error-body',
  'core/errors',
  'sweep/policy',
  'net/retry',
  'sweep/choose-oldest',
  'iam/signer',
  'core/status',
  'sweep/overrides',
  'core/task',
];

export default defineConfig({
  test: {
    include: ['test/readme.test.ts', ...MODULES.map((module) => `test/lib/${module}.test.ts`)],
    testTimeout: 30_000,
  },
});
