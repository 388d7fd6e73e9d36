import { defineConfig } from 'vitest/config';

// These wait for commands that they start in processes of their own, so that two files at a time keep two cores busy. The
// others run one file at a time: some of them measure memory or stop processes, and must not be disturbed.
const OF_COMMANDS = [
  'test/cloud/{demo,start}.test.ts',
  'test/deploy/**/*.test.ts',
  'test/docs/command-line.test.ts',
  'test/handlers/command-line/terminal.test.ts',
  'test/support/*.test.ts',
];

export default defineConfig({
  test: {
    // once, before both projects
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
          exclude: OF_COMMANDS,
          maxWorkers: 1,
          // child processes and property tests share two cores with everything else on a CI machine
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
