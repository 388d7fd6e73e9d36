import { defineConfig } from 'vitest/config';

// Two files at a time keep two cores busy. Those that measure memory or time, or stop processes, must not be disturbed, so
// they run one at a time.
const ALONE = [
  'test/bench/*.test.ts',
  'test/bundles/*.test.ts',
  'test/cloud/faults.test.ts',
  'test/handlers/chat/{cancel-all,deadline,sweep}.test.ts',
  'test/handlers/reading.test.ts',
  'test/lab/*.test.ts',
  'test/lib/core/call.test.ts',
  'test/lib/net/*.test.ts',
  'test/lib/sweep/{kill,memory,sweep}.test.ts',
  'test/lib/sweep/targets/*.test.ts',
  'test/lib/tasks/deleting/rate-limiter.test.ts',
];

// these wait for commands that they start in processes of their own
const OF_COMMANDS = [
  'test/cloud/{demo,start}.test.ts',
  'test/deploy/**/*.test.ts',
  'test/docs/command-line.test.ts',
  'test/handlers/command-line/terminal.test.ts',
  'test/support/*.test.ts',
];

export default defineConfig({
  test: {
    // once, before all projects
    globalSetup: ['test/support/clean-process.ts'],
    projects: [
      {
        test: {
          name: 'commands',
          include: OF_COMMANDS,
          maxWorkers: 2,
          // on a busy CI machine a command takes long to load
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'others',
          include: ['test/**/*.test.ts'],
          exclude: [...OF_COMMANDS, ...ALONE],
          maxWorkers: 2,
          // property tests share two cores with everything else on a CI machine
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'alone',
          include: ALONE,
          maxWorkers: 1,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
