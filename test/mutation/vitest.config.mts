import { defineConfig } from 'vitest/config';

// Each room's own tests must find what is wrong with it.
const ROOMS = ['config', 'core', 'iam', 'net', 'sfs-turbo', 'sweep', 'targets', 'tasks'];
// what a run tells of itself is seen at its doors
const DOORS = ['cancel-many', 'fan-out', 'sweep-now', 'sweep-targets', 'timer'];
// In processes of their own, or so slow that each mutant that lives would take half a minute. Without them a score is too low.
const SLOW = [
  'net/connector',
  'sweep/kill',
  'sweep/memory',
  'sweep/policy-oracle',
  'sweep/targets/isolation',
  'sweep/targets/properties',
];
// one room is done in a part of the time, and mostly by its own tests
const room = process.env['MUTATION_ROOM'];

export default defineConfig({
  test: {
    include: [
      'test/docs/tables.test.ts',
      ...(room === undefined ? ROOMS : [room]).map((name) => `test/lib/${name}/**/*.test.ts`),
      ...(room === undefined || room === 'sweep' || room === 'tasks' ? DOORS : []).map(
        (name) => `test/handlers/${name}.test.ts`,
      ),
    ],
    exclude: SLOW.map((module) => `test/lib/${module}.test.ts`),
    testTimeout: 30_000,
  },
});
