import { defineConfig } from 'vitest/config';

// these wait for commands that they start in processes of their own
const OF_COMMANDS = [
  'test/bench/bench.test.ts',
  'test/cloud/{demo,start}.test.ts',
  'test/deploy/**/*.test.ts',
  'test/docs/{command-line,commands}.test.ts',
  'test/handlers/command-line/terminal.test.ts',
  'test/support/*.test.ts',
];

// These measure memory or time, or stop processes. They wait more than they work, so that two of them leave each other the
// processor; what starts commands does not.
const OF_TIME = [
  'test/bench/{cold,network,options,targets}.test.ts',
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

const SHARED = {
  // two files at a time keep two cores busy
  maxWorkers: 2,
  // no module keeps state (test/architecture.test.ts), and to load all of them again for each file took a quarter of the time
  isolate: false,
  // property tests share two cores with everything else on a CI machine
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // once, before all projects
    globalSetup: ['test/support/clean-process.ts'],
    projects: [
      {
        test: {
          ...SHARED,
          name: 'commands',
          include: OF_COMMANDS,
          // on a busy CI machine a command takes long to load
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...SHARED,
          name: 'others',
          include: ['test/**/*.test.ts'],
          exclude: [...OF_COMMANDS, ...OF_TIME],
        },
      },
      {
        test: {
          ...SHARED,
          name: 'time',
          include: OF_TIME,
          testTimeout: 30_000,
          // after all others have ended
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
