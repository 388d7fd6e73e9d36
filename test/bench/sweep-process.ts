import { writeSync } from 'node:fs';

/** One sweep in a process of its own. */
export interface SweepRun {
  readonly wallMs: number;
  readonly deleted: number;
  /** Resident memory at its highest, beyond what the process had before the sweep. */
  readonly growthBytes: number;
}

/**
 * Loads the bundle of the function `timer` and lets it sweep once. The result goes to descriptor 3. Arguments: the bundle's file, the
 * event, and whether tasks may remain.
 */
async function run(): Promise<void> {
  const [bundle = '', event = '{}', mayRemain] = process.argv.slice(2);
  const { handler } = require(bundle);
  const beforeBytes = process.memoryUsage.rss();
  const startedAtMs = performance.now();
  const { deleted, remaining } = await handler(JSON.parse(event), {
    awsRequestId: 'bench-sweep',
    getRemainingTimeInMillis: () => 900_000,
  });
  const wallMs = performance.now() - startedAtMs;
  // with a cap there is more to delete than may be deleted
  if (remaining !== 0 && mayRemain === undefined) throw new Error(`${remaining} tasks remained`);
  const result: SweepRun = {
    wallMs,
    deleted,
    growthBytes: process.resourceUsage().maxRSS * 1_024 - beforeBytes,
  };
  writeSync(3, JSON.stringify(result));
  process.exit(0);
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
