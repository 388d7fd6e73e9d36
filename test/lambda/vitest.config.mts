import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // not `.test.ts`: `npm test` needs nothing but Node, and the client is built natively
    include: ['test/lambda/*.client.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
