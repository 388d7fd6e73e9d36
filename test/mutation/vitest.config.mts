import { defineConfig } from 'vitest/config';

// Each room's own tests must find what is wrong with it. The slowest ones, in processes of their own, are left out.
const ROOMS = ['config', 'core', 'iam', 'net', 'sfs-turbo', 'sweep', 'targets', 'tasks'];
const SLOW = ['sweep/kill', 'sweep/memory', 'sweep/targets/properties', 'net/connector'];

export default defineConfig({
  test: {
    include: ['test/docs/tables.test.ts', ...ROOMS.map((room) => `test/lib/${room}/**/*.test.ts`)],
    exclude: SLOW.map((module) => `test/lib/${module}.test.ts`),
    testTimeout: 30_000,
  },
});
