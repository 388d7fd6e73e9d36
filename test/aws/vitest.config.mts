import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // not `.test.ts`: `npm test` needs nothing but Node
    include: ['test/aws/*.moto.ts'],
    // a deployment packages, and asks moto dozens of questions
    testTimeout: 180_000,
    hookTimeout: 180_000,
    bail: 1,
  },
});
