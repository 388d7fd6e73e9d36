import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/clean-process.ts'],
    // child processes and property tests share two cores with everything else on a CI machine
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
