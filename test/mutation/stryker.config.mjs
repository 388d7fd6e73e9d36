// @ts-check

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // TypeScript 7 has no API to rewrite a tsconfig.json with, and none needs it here: a name that is not there leaves it be
  tsconfigFile: 'none',
  vitest: { configFile: 'test/mutation/vitest.config.mts' },
  mutate: [
    'lib/policy.ts',
    'lib/retry.ts',
    'lib/status.ts',
    'lib/errors.ts',
    'lib/credentials.ts',
    'lib/task.ts',
    'lib/error-body.ts',
    'lib/signer.ts',
    'lib/selection.ts',
    'lib/sweep-order.ts',
    'lib/duration.ts',
    'lib/config.ts',
  ],
  concurrency: 2,
  coverageAnalysis: 'perTest',
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false },
  thresholds: { high: 95, low: 90, break: 85 },
};
